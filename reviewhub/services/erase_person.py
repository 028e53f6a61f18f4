"""Erase a person: name, address, sign-in, words and files. Rows, ids, states and results stay.

The record stays whole: events hold ids and commitments, and the words go. Whatever is still running has to be
ended first, so that nobody waits for what is gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, func, or_, select

from reviewhub.domain.access import SYSTEM, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.domain.giveaway import given_away, marks_of_person
from reviewhub.domain.workflow.review import SEATED
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import (
    Attempt,
    Invitation,
    Issuer,
    LetIn,
    Membership,
    Person,
    Qualification,
    Review,
    Round,
    Submission,
    Token,
)
from reviewhub.models import Session as SignIn
from reviewhub.services.account_rules import clean_email
from reviewhub.services.coordinated import need_reason
from reviewhub.services.erase_person_files import ERASE_FILES
from reviewhub.services.erase_person_traces import Traces, blank_in_letters, look, texts_since
from reviewhub.services.erase_person_words import (
    ERASED,
    blank_evidence,
    blank_letters,
    blank_reasons,
    blank_typed,
)
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.open_seats import UNFINISHED


@dataclass(frozen=True, slots=True)
class Known:
    """Who would be erased, for whoever confirms it."""

    name: str
    email: str
    submissions: int
    roles: int


def known(kit: Kit, email: str) -> Known:
    """The person with this address. NotFound."""
    with kit.read() as session:
        person = _person(session, email)
        roles = select(func.count()).where(Membership.person_id == person.id, _open_role())
        submissions = select(func.count()).where(Submission.learner_id == person.id)
        return Known(
            person.name, person.email or "", session.exec(submissions).one(), session.exec(roles).one()
        )


def erase_person(kit: Kit, email: str, reason: str) -> None:
    """Erase whoever has this address, at once; their files follow by a job.

    NotFound. Invalid: reason (it stays on record, so it may not name them). Refused while they learn, hold a
    seat, are scored again, or are an issuer's last coordinator. Stale when something began meanwhile.
    """
    reason = need_reason(reason)
    with kit.read() as session:
        person = _person(session, email)
    if given_away(reason, marks_of_person(person.name, person.email)):
        raise Invalid(Problem("reason", "Give a reason without their name or address: it stays on record."))
    found = look(kit, person)
    with kit.write() as tx:
        submissions = _lock(tx, found.id)
        _refuse(tx, found.id, submissions)
        ids = [row.id for row in submissions if row.id is not None]
        blank_evidence(tx, ids)
        blank_typed(tx, found.id)
        blank_reasons(tx, ids, [*found.texts, *texts_since(tx, found)])
        blank_letters(tx, found.id, found.person.email or "")
        blank_in_letters(tx, found)
        issuers = _end_roles(tx, found.id, submissions)
        _forget(tx, found)
        roots: list[Submission | Issuer] = [*submissions, *issuers]
        for root in roots:
            tx.event(root, "person.erased", SYSTEM, facts={"person": found.person.public_id}, text=reason)
        tx.later(ERASE_FILES, person_id=found.id)


def _person(session: Session, email: str) -> Person:
    person = session.exec(select(Person).where(Person.email == clean_email(email))).first()
    if person is None:
        raise NotFound("Nobody has this address.")
    return person


# ---------------------------------------------------------------- what runs


def _lock(tx: Tx, person_id: int) -> list[Submission]:
    """Their submissions, then themselves: nothing new of theirs can begin before the commit."""
    mine = select(Submission.id).where(Submission.learner_id == person_id).order_by(col(Submission.id))
    locked = [tx.lock(Submission, row_id) for row_id in tx.session.exec(mine).all() if row_id is not None]
    tx.session.exec(select(Person.id).where(Person.id == person_id).with_for_update())
    if len(tx.session.exec(mine).all()) != len(locked):
        raise Stale
    return locked


def _refuse(tx: Tx, person_id: int, submissions: Sequence[Submission]) -> None:
    running = [row.public_id for row in submissions if row.state not in {state.value for state in ENDED}]
    if running:
        raise Refused(f"They have work that is not over. Withdraw it first: {', '.join(running)}.", "running")
    unfinished = (
        select(Submission.public_id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Round, col(Round.attempt_id) == Attempt.id)
        .where(col(Round.state).in_([*UNFINISHED, "held"]))
    )
    again = tx.session.exec(unfinished.where(Submission.learner_id == person_id)).all()
    if again:
        raise Refused(f"Their work is being scored again. Wait until that is over: {again[0]}.", "scored")
    seats = tx.session.exec(
        unfinished.join(Review, col(Review.round_id) == Round.id).where(
            Review.assessor_id == person_id, col(Review.state).in_([state.value for state in SEATED])
        )
    ).all()
    if seats:
        raise Refused(f"They hold seats. Give them to others first: {', '.join(seats)}.", "seats")
    for issuer in _alone(tx, person_id):
        raise Refused(f"They are the last coordinator of {issuer}. Make somebody else one first.", "last")


def _alone(tx: Tx, person_id: int) -> Sequence[str]:
    """Issuers that nobody else coordinates."""
    mine = select(Membership.issuer_id).where(
        Membership.person_id == person_id, Membership.role == Role.COORDINATOR.value, _open_role()
    )
    return tx.session.exec(
        select(Issuer.slug)
        .join(Membership, col(Membership.issuer_id) == Issuer.id)
        .where(col(Issuer.id).in_(mine), Membership.role == Role.COORDINATOR.value, _open_role())
        .group_by(col(Issuer.slug))
        .having(func.count() == 1)
    ).all()


def _open_role() -> ColumnElement[bool]:
    return col(Membership.ended_at).is_(None)


# ---------------------------------------------------------------- what goes


def _end_roles(tx: Tx, person_id: int, submissions: Sequence[Submission]) -> list[Issuer]:
    """End their roles and qualifications; gives every issuer that knew them, locked, in order."""
    mine = select(Membership.issuer_id).where(Membership.person_id == person_id)
    ids = {*tx.session.exec(mine), *(row.issuer_id for row in submissions)}
    issuers = [tx.lock(Issuer, issuer_id) for issuer_id in sorted(ids)]
    tx.session.execute(
        update(Membership).where(col(Membership.person_id) == person_id, _open_role()).values(ended_at=tx.now)
    )
    tx.session.execute(
        update(Qualification)
        .where(col(Qualification.person_id) == person_id, col(Qualification.revoked_at).is_(None))
        .values(revoked_at=tx.now)
    )
    return issuers


def _forget(tx: Tx, found: Traces) -> None:
    """Sign-ins, links, invitations and the account itself; the row stays, without what names anybody."""
    tx.session.execute(delete(SignIn).where(col(SignIn.person_id) == found.id))
    tx.session.execute(delete(Token).where(col(Token.person_id) == found.id))
    invited = or_(Invitation.email == found.person.email, col(Invitation.used_by) == found.id)
    tx.session.execute(
        update(Invitation).where(invited, col(Invitation.used_at).is_(None)).values(expires_at=tx.now)
    )
    tx.session.execute(update(Invitation).where(invited).values(email=""))
    tx.session.execute(delete(LetIn).where(col(LetIn.email) == found.person.email))
    tx.session.execute(
        update(Person)
        .where(col(Person.id) == found.id)
        .values(
            email=None,
            name=ERASED,
            password_hash=None,
            verified_at=None,
            zone="UTC",
            away_until=None,
            erased_at=tx.now,
            version=Person.version + 1,
        )
    )
