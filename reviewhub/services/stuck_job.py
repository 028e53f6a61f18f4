"""A job that failed too often: shown as a hold to its coordinators, who may ask for one more try."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts, may
from reviewhub.domain.errors import NotFound, Stale
from reviewhub.models import (
    Artifact,
    Attempt,
    Feedback,
    Hold,
    Issuer,
    LetterRow,
    Membership,
    Outbox,
    Promise,
    Review,
    Round,
    Submission,
)
from reviewhub.services.coordinated import need_reason
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx

log = logging.getLogger("reviewhub.jobs")


def hold_job(tx: Tx, row: Outbox, code: str, *, goes_on: bool = False) -> None:
    """Show an outbox row as a hold; stuck, unless it `goes_on`. A letter's issuer is that of its reader."""
    assert row.id is not None
    row.stuck_at = None if goes_on else tx.now
    shown = select(Hold.id).where(
        Hold.subject == "job", Hold.subject_id == row.id, col(Hold.closed_at).is_(None)
    )
    if tx.session.exec(shown).first() is not None:
        return
    issuer_id, submission_id = _concerns(tx.session, row.args)
    if issuer_id is None:
        # Such as a letter to somebody who has no part anywhere yet: no coordinator may see it.
        log.warning("job %s o%d concerns no issuer: nobody but this log says that it fails", row.job, row.id)
    tx.session.add(
        Hold(
            public_id=public_id(),
            issuer_id=issuer_id,
            submission_id=submission_id,
            subject="job",
            subject_id=row.id,
            code="job_failed",
            detail=f"{row.job}: {code}",
            opened_at=tx.now,
        )
    )


def retry_job(kit: Kit, actor: Actor, hold_pid: str, reason: str) -> None:
    """Let a stuck job run once more, at once. NotFound, Invalid (reason), Stale when somebody was faster."""
    words = need_reason(reason)
    with kit.write() as tx:
        row = tx.session.exec(select(Hold).where(Hold.public_id == hold_pid, Hold.subject == "job")).first()
        if row is None or not may(actor, Action.COORDINATE, Facts(issuer_id=row.issuer_id)):
            raise NotFound
        assert row.issuer_id is not None
        root = tx.lock(Submission, row.submission_id) if row.submission_id else tx.lock(Issuer, row.issuer_id)
        tx.session.refresh(row)
        if row.closed_at is not None:
            raise Stale
        row.closed_at, row.closed_by = tx.now, actor.person_id
        job = tx.session.get_one(Outbox, row.subject_id)
        job.stuck_at, job.next_try_at, job.last_error = None, tx.now, ""
        tx.event(root, "job.retried", actor, facts={"job": job.job, "outbox": row.subject_id}, text=words)


def _concerns(session: Session, args: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """Issuer and submission of a job, by the ids it was given."""
    if "letter_id" in args:
        reader = select(LetterRow.person_id).where(LetterRow.id == args["letter_id"])
        return _issuer_of(session, session.exec(reader).one()), None
    if "person_id" in args:
        return _issuer_of(session, args["person_id"]), None
    of = select(Submission.issuer_id, Submission.id)
    if "submission_id" in args:
        return session.exec(of.where(Submission.id == args["submission_id"])).first() or (None, None)
    attempt = next((found(args[name]) for name, found in _ATTEMPT_OF.items() if name in args), None)
    if attempt is None:
        return args.get("issuer_id"), None
    of = of.join(Attempt, col(Attempt.submission_id) == Submission.id)
    return session.exec(of.where(col(Attempt.id).in_(attempt))).first() or (None, None)


_ATTEMPT_OF: Mapping[str, Callable[[int], Any]] = {
    "attempt_id": lambda key: [key],
    "artifact_id": lambda key: select(Artifact.attempt_id).where(Artifact.id == key),
    "round_id": lambda key: select(Round.attempt_id).where(Round.id == key),
    "review_id": lambda key: (
        select(Round.attempt_id).join(Review, col(Review.round_id) == Round.id).where(Review.id == key)
    ),
    "feedback_id": lambda key: select(Feedback.attempt_id).where(Feedback.id == key),
    "promise_id": lambda key: select(Promise.attempt_id).where(Promise.id == key),
}
"""The attempt that a job is about, by the name of its argument."""


def _issuer_of(session: Session, person_id: int | None) -> int | None:
    """Where somebody works, or else learns, last."""
    works = select(Membership.issuer_id).where(
        Membership.person_id == person_id, col(Membership.ended_at).is_(None)
    )
    learns = select(Submission.issuer_id).where(Submission.learner_id == person_id)
    return (
        session.exec(works.order_by(col(Membership.id).desc()).limit(1)).first()
        or session.exec(learns.order_by(col(Submission.id).desc()).limit(1)).first()
    )
