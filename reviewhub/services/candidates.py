"""What assignment knows of the people who could score one round, in a fixed number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from reviewhub.domain.access import IDENTITY_ROLES, Role
from reviewhub.domain.assignment import Candidate
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Attempt, Conflict, Membership, Person, Qualification, Review, Round
from reviewhub.services.scope import Scope, stored

OPEN = (ReviewState.OFFERED.value, ReviewState.CLAIMED.value)
"""States of a review that is still somebody's work."""
REOPENED = "reopened"
"""End reason of an adjudicator's review that was taken back before its blind sheet: may be offered again."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The people of one role at the issuer, and each as a candidate for the round."""

    people: dict[int, Person]
    candidates: tuple[Candidate, ...]


def load_pool(session: Session, scope: Scope, role: Role, now: datetime, *, lock: bool = True) -> Pool:
    """Everybody who holds the role at the issuer now, with every fact that may bar them from this round.

    Locks the people (PostgreSQL; SQLite has one writer anyhow), so that two rounds filled at once
    count the load that the other gives. Their order by id keeps two such locks from waiting on each other.
    Whoever only looks does not `lock`.
    """
    query = (
        select(Person)
        .where(
            col(Person.id).in_(
                select(Membership.person_id).where(
                    Membership.issuer_id == scope.submission.issuer_id,
                    Membership.role == role.value,
                    col(Membership.ended_at).is_(None),
                )
            )
        )
        .order_by(col(Person.id))
    )
    if lock:
        query = query.with_for_update(key_share=True)
    people = {stored(person.id): person for person in session.exec(query).all()}
    # A lead adjudicates by being the lead; others need the qualification where the rubric asks for it.
    free = role is Role.LEAD or not scope.rubric.policies.eligibility.qualification
    qualified = set(people) if free else _qualified(session, scope.submission.micro_credential_id, now)
    knowing = _knowing(session, scope.submission.issuer_id)
    conflicts = _conflicts(session, scope.submission.learner_id)
    seated, before = _seated(session, scope), _scored_before(session, scope)
    load = _load(session, people)
    return Pool(
        people,
        tuple(
            Candidate(
                person_id=pid,
                load=load.get(pid, 0),
                cap=person.load_cap,
                active=person.erased_at is None and person.verified_at is not None,
                qualified=pid in qualified,
                conflict=pid in conflicts,
                knows_identity=pid in knowing,
                is_learner=pid == scope.submission.learner_id,
                seated=pid in seated,
                scored_before=pid in before,
            )
            for pid, person in people.items()
        ),
    )


def _qualified(session: Session, micro_credential_id: int, now: datetime) -> set[int]:
    return set(
        session.exec(
            select(Qualification.person_id).where(
                Qualification.micro_credential_id == micro_credential_id,
                Qualification.from_at <= now,
                or_(col(Qualification.until_at).is_(None), col(Qualification.until_at) > now),
                or_(col(Qualification.revoked_at).is_(None), col(Qualification.revoked_at) > now),
            )
        ).all()
    )


def _knowing(session: Session, issuer_id: int) -> set[int]:
    """Whoever holds or held a role that sees learners' names here; ended memberships count (rule 4)."""
    return set(
        session.exec(
            select(Membership.person_id).where(
                Membership.issuer_id == issuer_id,
                col(Membership.role).in_([role.value for role in IDENTITY_ROLES]),
            )
        ).all()
    )


def _conflicts(session: Session, learner_id: int) -> set[int]:
    return set(
        session.exec(
            select(Conflict.assessor_id).where(
                Conflict.learner_id == learner_id, col(Conflict.ended_at).is_(None)
            )
        ).all()
    )


def _seated(session: Session, scope: Scope) -> set[int]:
    """Whoever has or had a seat here, save an adjudicator called back before seeing a sheet."""
    return set(
        session.exec(
            select(Review.assessor_id).where(Review.round_id == scope.round_id, Review.end_reason != REOPENED)
        ).all()
    )


def _scored_before(session: Session, scope: Scope) -> set[int]:
    return set(
        session.exec(
            select(Review.assessor_id)
            .join(Round, col(Round.id) == Review.round_id)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(
                Attempt.submission_id == scope.submission_id,
                Attempt.id != scope.attempt_id,
                Review.state == ReviewState.FINAL.value,
            )
        ).all()
    )


def _load(session: Session, people: Iterable[int]) -> dict[int, int]:
    """Open reviews of each person, at whatever issuer."""
    rows = session.exec(
        select(Review.assessor_id, func.count())
        .where(col(Review.assessor_id).in_(list(people)), col(Review.state).in_(OPEN))
        .group_by(col(Review.assessor_id))
    ).all()
    return dict(rows)
