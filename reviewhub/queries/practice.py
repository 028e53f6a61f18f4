"""How an issuer works, for the coordinator who may change it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound
from reviewhub.models import Attempt, Event, EventText, Issuer, Person, Review, Round, Submission
from reviewhub.queries.audit_counts import AuditCounts, audit_counts
from reviewhub.services.candidates import OPEN
from reviewhub.services.practice import Practice, practice_of
from reviewhub.services.promise import OVER, RUNNING

MOST = 1_000
CHANGES = 5
"""How many of the newest changes the page shows."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, by whom, why, and the columns that it touched."""

    at: datetime
    who: str
    reason: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PracticePage:
    """The practice that is set now. Counts are 1,001 at most."""

    slug: str
    name: str
    practice: Practice
    today: date
    promises: int
    """Learners who wait for a result on a promised day."""
    due: int
    """Reviews that somebody has not handed in yet."""
    audits: AuditCounts
    changes: tuple[Change, ...]


def own_practices(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """(slug, name) of the issuers that the actor coordinates."""
    rows = session.exec(
        select(Issuer.slug, Issuer.name)
        .where(col(Issuer.id).in_(actor.issuers(Role.COORDINATOR)))
        .order_by(Issuer.name)
    )
    return tuple((slug, name) for slug, name in rows)


def practice_page(session: Session, actor: Actor, slug: str, now: datetime) -> PracticePage:
    """Nine statements. NotFound for another's issuer."""
    issuer = session.exec(select(Issuer).where(Issuer.slug == slug)).first()
    if issuer is None or not may(actor, Action.SET_PRACTICE, Facts(issuer_id=issuer.id)):
        raise NotFound
    practice = practice_of(issuer)
    return PracticePage(
        slug=issuer.slug,
        name=issuer.name,
        practice=practice,
        today=practice.calendar.today(now),
        promises=_promises(session, issuer),
        due=_due(session, issuer),
        audits=audit_counts(session, actor, issuer.id or 0),
        changes=_changes(session, issuer),
    )


def _promises(session: Session, issuer: Issuer) -> int:
    some = (
        select(Attempt.id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Submission.issuer_id == issuer.id, col(Attempt.state).in_(RUNNING))
        .limit(MOST + 1)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(some)).one()


def _due(session: Session, issuer: Issuer) -> int:
    some = (
        select(Review.id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Submission.issuer_id == issuer.id, col(Round.state).not_in(OVER), col(Review.state).in_(OPEN))
        .limit(MOST + 1)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(some)).one()


def _changes(session: Session, issuer: Issuer) -> tuple[Change, ...]:
    rows = session.execute(
        columns(Event, col(EventText.text), col(Person.name))
        .outerjoin(EventText, col(EventText.event_id) == Event.id)
        .outerjoin(Person, col(Person.id) == Event.actor_id)
        .where(
            col(Event.aggregate) == "issuer",
            col(Event.aggregate_id) == issuer.id,
            col(Event.action) == Action.SET_PRACTICE.value,
        )
        .order_by(col(Event.seq).desc())
        .limit(CHANGES)
    )
    return tuple(
        Change(event.at, name or "", text or "", tuple(sorted(event.facts))) for event, text, name in rows
    )
