"""Resubmission: a new attempt that starts as a copy of the one before."""

from dataclasses import replace

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.models import Artifact, Attempt, CleanCopy
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.move_rubric import set_aside
from reviewhub.services.own_work import OwnWork, artifacts_of, attempts_left, lock_own


def start_next(kit: Kit, actor: Actor, submission: str) -> int:
    """Open the next attempt with all evidence of the last one; returns its number.

    Refused while there is nothing to resubmit, when the attempts are used up, or when it is open already.
    """
    with kit.write() as tx:
        work = lock_own(tx, actor, submission)
        left = attempts_left(work.rubric, work.submission, work.attempt.number)
        facts = replace(work.facts, attempts_left=left)
        assert work.submission.id is not None
        attempt = Attempt(
            public_id=public_id(),
            submission_id=work.submission.id,
            number=work.attempt.number + 1,
            choices=dict(work.attempt.choices),
            anchors=dict(work.attempt.anchors),
            created_at=tx.now,
        )
        about = {"attempt": attempt.public_id, "copied_from": work.attempt.public_id}
        tx.move(work.submission, work.submission, Action.START_ATTEMPT, actor, facts, about=about)
        tx.session.add(attempt)
        tx.session.flush()
        _copy_all(tx, work, attempt)
        set_aside(tx, attempt, work.whole)
        return attempt.number


def _copy_all(tx: Tx, work: OwnWork, attempt: Attempt) -> None:
    """The same objects under new ids: an assessor cannot tell from them that there was an attempt before."""
    for old in artifacts_of(tx, work.attempt):
        if old.state == "checked":
            _copy(tx, old, attempt)


def _copy(tx: Tx, old: Artifact, attempt: Attempt) -> None:
    assert attempt.id is not None
    new = Artifact(
        public_id=public_id(),
        attempt_id=attempt.id,
        requirement_id=old.requirement_id,
        kind=old.kind,
        position=old.position,
        state=old.state,
        title=old.title,
        media_type=old.media_type,
        size=old.size,
        sha256=old.sha256,
        key=old.key,
        body=old.body,
        url=old.url,
        finding=old.finding,
        issuer_check=old.issuer_check,
        clean_state=old.clean_state,
        clean_note=old.clean_note,
        copied_from_id=old.id,
        created_at=tx.now,
    )
    tx.session.add(new)
    tx.session.flush()
    assert new.id is not None
    pages = tx.session.exec(
        select(CleanCopy).where(CleanCopy.artifact_id == old.id).order_by(col(CleanCopy.position))
    )
    for page in pages:
        tx.session.add(
            CleanCopy(
                public_id=public_id(),
                artifact_id=new.id,
                position=page.position,
                kind=page.kind,
                media_type=page.media_type,
                key=page.key,
                size=page.size,
                sha256=page.sha256,
                width=page.width,
                height=page.height,
            )
        )
