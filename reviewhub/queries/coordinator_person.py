"""One member of a coordinator's issuers: roles, qualifications, open work, conflicts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import NotFound
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import (
    Attempt,
    Conflict,
    Issuer,
    Membership,
    MicroCredential,
    Person,
    Qualification,
    Review,
    Round,
    Submission,
)
from reviewhub.queries.coordinator import NOT_IN, coordinated
from reviewhub.queries.coordinator_people import member
from reviewhub.queries.todays import Todays, todays
from reviewhub.services.candidates import is_away
from reviewhub.services.end_membership import lost_seats

MOST = 100
"""Rows of one kind on the page."""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role at one of the coordinator's issuers."""

    issuer: str
    slug: str
    role: str
    since: datetime


@dataclass(frozen=True, slots=True)
class HeldQualification:
    """A qualification that was not revoked; `now` False once its last day is past."""

    micro_credential: str
    name: str
    standard: str
    from_at: datetime
    until: date | None
    """The last day on which it holds, where the issuer is."""
    now: bool


@dataclass(frozen=True, slots=True)
class OpenReview:
    """Work on somebody's desk: the coordinator knows whose it is."""

    submission: str
    learner: str
    name: str
    role: str
    state: str
    due_on: date
    overdue: bool
    issuer: str
    """Its slug."""


@dataclass(frozen=True, slots=True)
class HeldConflict:
    """Somebody whom this person must not score."""

    learner_id: str
    learner: str
    kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One member, now or once. `credentials`: (public id, name) of what they can be qualified for."""

    public_id: str
    name: str
    email: str
    cap: int
    roles: tuple[HeldRole, ...]
    qualifications: tuple[HeldQualification, ...]
    reviews: tuple[OpenReview, ...]
    conflicts: tuple[HeldConflict, ...]
    credentials: tuple[tuple[str, str], ...]
    away_until: date | None

    @property
    def not_begun(self) -> int:
        """How many of the open reviews can be handed over in one go."""
        return sum(1 for one in self.reviews if one.state == ReviewState.OFFERED)

    def handed_over(self, slug: str, role: str) -> tuple[OpenReview, ...]:
        """What others get when this role at this issuer ends."""
        left = [one.role for one in self.roles if one.slug == slug and one.role != role]
        lost = lost_seats(left)
        return tuple(one for one in self.reviews if one.issuer == slug and one.role in lost)

    @property
    def scores(self) -> bool:
        """Whether a qualification means anything for them."""
        return any(role.role in {Role.ASSESSOR, Role.LEAD} for role in self.roles)


def person_page(session: Session, actor: Actor, public_id: str, now: datetime) -> PersonPage:
    """Seven statements. NotFound for whoever never had a role at the actor's issuers."""
    issuers = actor.issuers(Role.COORDINATOR)
    person = session.exec(
        select(Person).where(
            Person.public_id == public_id,
            col(Person.id).in_(select(Membership.person_id).where(col(Membership.issuer_id).in_(issuers))),
        )
    ).first()
    if person is None or person.id is None:
        raise NotFound
    dates = todays(session, actor, now, Role.COORDINATOR)
    return PersonPage(
        public_id=public_id,
        name=person.name,
        email=person.email or "",
        cap=person.load_cap,
        roles=_held_roles(session, issuers, person.id),
        qualifications=_qualifications(session, dates, person.id, now),
        reviews=_reviews(session, actor, person.id, dates),
        conflicts=_conflicts(session, issuers, person.id),
        credentials=_credentials(session, issuers),
        away_until=person.away_until if is_away(person, now) else None,
    )


def _held_roles(session: Session, issuers: Iterable[int], person_id: int) -> tuple[HeldRole, ...]:
    rows = session.exec(
        select(Issuer.name, Issuer.slug, Membership.role, Membership.granted_at)
        .join(Membership, col(Membership.issuer_id) == Issuer.id)
        .where(member(issuers), Membership.person_id == person_id)
        .order_by(Issuer.name, Membership.role)
    )
    return tuple(HeldRole(*row) for row in rows)


def _qualifications(
    session: Session, dates: Todays, person_id: int, now: datetime
) -> tuple[HeldQualification, ...]:
    rows = session.exec(
        select(Qualification, MicroCredential)
        .join(MicroCredential, col(MicroCredential.id) == Qualification.micro_credential_id)
        .where(
            Qualification.person_id == person_id,
            col(MicroCredential.issuer_id).in_(list(dates.days)),
            col(Qualification.revoked_at).is_(None),
        )
        .order_by(MicroCredential.name)
        .limit(MOST)
    )
    return tuple(
        HeldQualification(
            micro.public_id,
            micro.name,
            row.standard,
            row.from_at,
            dates.day_of(micro.issuer_id, row.until_at) if row.until_at else None,
            row.until_at is None or row.until_at > now,
        )
        for row, micro in rows
    )


def _reviews(session: Session, actor: Actor, person_id: int, dates: Todays) -> tuple[OpenReview, ...]:
    rows = session.execute(
        columns(
            col(Submission.public_id),
            col(Person.name),
            col(MicroCredential.name),
            col(Review.role),
            col(Review.state),
            col(Review.due_on),
            col(Issuer.id),
            col(Issuer.slug),
        )
        .select_from(Review)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .join(Issuer, col(Issuer.id) == Submission.issuer_id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .join(MicroCredential, col(MicroCredential.id) == Submission.micro_credential_id)
        .where(
            col(Review.assessor_id) == person_id,
            col(Review.state).in_(NOT_IN),
            coordinated(actor),
        )
        .order_by(col(Review.due_on), col(Review.id))
        .limit(MOST)
    )
    return tuple(
        OpenReview(submission, learner, name, role, state, due_on, due_on < dates.of(issuer), slug)
        for submission, learner, name, role, state, due_on, issuer, slug in rows
    )


def _conflicts(session: Session, issuers: Iterable[int], person_id: int) -> tuple[HeldConflict, ...]:
    rows = session.exec(
        select(Person.public_id, Person.name, Conflict.kind, Conflict.recorded_at)
        .join(Conflict, col(Conflict.learner_id) == Person.id)
        .where(
            Conflict.assessor_id == person_id,
            col(Conflict.issuer_id).in_(list(issuers)),
            col(Conflict.ended_at).is_(None),
        )
        .order_by(col(Conflict.id).desc())
        .limit(MOST)
    )
    return tuple(HeldConflict(*row) for row in rows)


def _credentials(session: Session, issuers: Iterable[int]) -> tuple[tuple[str, str], ...]:
    rows = session.exec(
        select(MicroCredential.public_id, MicroCredential.name)
        .where(col(MicroCredential.issuer_id).in_(list(issuers)), MicroCredential.state != "retired")
        .order_by(MicroCredential.name)
    )
    return tuple((public_id, name) for public_id, name in rows)
