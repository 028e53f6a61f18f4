"""A coordinator records that somebody must not score a learner, or that this is over."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Conflict, Issuer, Membership, Person, Submission
from reviewhub.services.coordinated import need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.late_conflict import Parted, part
from reviewhub.services.look_again import look_again
from reviewhub.services.open_seats import lock_seats


def record_conflict(kit: Kit, actor: Actor, submission_pid: str, assessor_pid: str, reason: str) -> Parted:
    """Keep a member from scoring this submission's learner, now and later; gives what followed.

    What they hold of the learner is excluded and refilled, also where its result is not released yet; it
    stays in the log and never counts. A result that was released is scored again beside it.
    NotFound, Refused (recorded already), Invalid (reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        submission_id, issuer_id, learner_id = _submission(tx, actor, submission_pid)
        assessor_id = _member(tx, assessor_pid, issuer_id)
        if assessor_id == learner_id:
            raise Refused("This is the learner; nobody can score their own work.", "learner")
        also = [submission_id]
        seats = lock_seats(tx, assessor_id, issuer_id, learner_id=learner_id, also=also, resolved=True)
        added = _add(tx, actor, issuer_id, assessor_id, learner_id)
        submission = tx.session.get_one(Submission, submission_id)
        about = {"assessor_id": assessor_id}
        tx.event(submission, Action.RECORD_CONFLICT.value, actor, facts=about, text=words)
        parted = part(tx, actor, seats, words)
        if not added and parted == Parted():
            raise Refused("This conflict is on record already.", "already")
        return parted


def end_conflict(kit: Kit, actor: Actor, assessor_pid: str, learner_pid: str, reason: str) -> None:
    """Let an assessor be asked for this learner again. NotFound, Invalid (reason)."""
    words = need_reason(reason)
    with kit.write() as tx:
        row = tx.session.exec(
            select(Conflict).where(
                Conflict.assessor_id
                == select(Person.id).where(Person.public_id == assessor_pid).scalar_subquery(),
                Conflict.learner_id
                == select(Person.id).where(Person.public_id == learner_pid).scalar_subquery(),
                col(Conflict.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
                col(Conflict.ended_at).is_(None),
            )
        ).first()
        if row is None:
            raise NotFound
        issuer = tx.lock(Issuer, row.issuer_id)
        row.ended_at = tx.now
        about = {"assessor_id": row.assessor_id, "learner_id": row.learner_id}
        tx.event(issuer, "conflict.ended", actor, facts=about, text=words)
        look_again(tx, Submission.issuer_id == row.issuer_id, Submission.learner_id == row.learner_id)


def _submission(tx: Tx, actor: Actor, public_id: str) -> tuple[int, int, int]:
    row = tx.session.exec(
        select(Submission.id, Submission.issuer_id, Submission.learner_id).where(
            Submission.public_id == public_id
        )
    ).first()
    if row is None or row[0] is None:
        raise NotFound
    if not may(actor, Action.RECORD_CONFLICT, Facts(issuer_id=row[1], learner_id=row[2])):
        raise NotFound
    return row[0], row[1], row[2]


def _member(tx: Tx, public_id: str, issuer_id: int) -> int:
    """Anybody who is or was an assessor or lead there."""
    found = tx.session.exec(
        select(Person.id)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(
            Person.public_id == public_id,
            Membership.issuer_id == issuer_id,
            col(Membership.role).in_([Role.ASSESSOR.value, Role.LEAD.value]),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def _add(tx: Tx, actor: Actor, issuer_id: int, assessor_id: int, learner_id: int) -> bool:
    """False where this issuer has one open between the two already.

    One of another issuer keeps them apart everywhere, and stays that issuer's: whoever records the same here
    is not told that there is one.
    """
    known = tx.session.exec(
        select(Conflict.issuer_id).where(
            Conflict.assessor_id == assessor_id,
            Conflict.learner_id == learner_id,
            col(Conflict.ended_at).is_(None),
        )
    ).first()
    if known is not None:
        return known != issuer_id
    assert actor.person_id is not None
    tx.session.add(
        Conflict(
            issuer_id=issuer_id,
            assessor_id=assessor_id,
            learner_id=learner_id,
            kind="recorded",
            recorded_by=actor.person_id,
            recorded_at=tx.now,
        )
    )
    tx.session.flush()
    return True
