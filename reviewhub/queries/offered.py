"""How one micro-credential is offered, for its manager: who may start it, and who is at work on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import NotFound
from reviewhub.domain.offering import OFFERING
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import Event, EventText, LetIn, MicroCredential, Person, RubricVersion, Submission
from reviewhub.queries.manager import managed_issuer

MOST = 500
"""Addresses that are shown."""
CHANGES = 5
"""How many of the newest changes the page shows."""


@dataclass(frozen=True, slots=True)
class Invited:
    """An address that was let into the pilot; `begun` where its person has started."""

    email: str
    since: datetime
    by_link: bool
    begun: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What was chosen: when, by whom, why; `to` is the state."""

    at: datetime
    who: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One micro-credential as its manager offers it. `choices` are what can be chosen next."""

    issuer_slug: str
    issuer: str
    slug: str
    name: str
    state: str
    shipped: bool
    version: str
    running: int
    choices: tuple[str, ...]
    link: str
    """The secret of the pilot's link, "" where there is none."""
    let_in: tuple[Invited, ...]
    changes: tuple[Change, ...]


def offered(session: Session, actor: Actor, issuer_slug: str, slug: str) -> Offered:
    """Five statements. NotFound where the actor does not manage it."""
    issuer = managed_issuer(session, actor, issuer_slug)
    found = session.exec(
        select(MicroCredential, RubricVersion.rubric_version)
        .outerjoin(RubricVersion, col(RubricVersion.id) == col(MicroCredential.rubric_version_id))
        .where(MicroCredential.issuer_id == issuer.id, MicroCredential.slug == slug)
    ).first()
    if found is None:
        raise NotFound
    row, version = found
    return Offered(
        issuer_slug=issuer.slug,
        issuer=issuer.name,
        slug=row.slug,
        name=row.name,
        state=row.state,
        shipped=row.shipped,
        version=version or "",
        running=_running(session, row),
        choices=OFFERING[row.state] if row.shipped else (),
        link=row.pilot_link,
        let_in=_let_in(session, row),
        changes=_changes(session, row),
    )


def _running(session: Session, row: MicroCredential) -> int:
    query = (
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.micro_credential_id == row.id,
            col(Submission.state).not_in([state.value for state in ENDED]),
        )
    )
    return session.exec(query).one()


def _let_in(session: Session, row: MicroCredential) -> tuple[Invited, ...]:
    begun = (
        select(Submission.id)
        .join(Person, col(Person.id) == Submission.learner_id)
        .where(Person.email == LetIn.email, Submission.micro_credential_id == row.id)
        .correlate(LetIn)
        .exists()
    )
    rows = session.exec(
        select(LetIn.email, LetIn.let_in_at, LetIn.let_in_by, begun)
        .where(LetIn.micro_credential_id == row.id)
        .order_by(col(LetIn.email))
        .limit(MOST)
    )
    return tuple(Invited(email, at, by is None, has) for email, at, by, has in rows)


def _changes(session: Session, row: MicroCredential) -> tuple[Change, ...]:
    rows = session.execute(
        columns(Event, col(EventText.text), col(Person.name))
        .outerjoin(EventText, col(EventText.event_id) == Event.id)
        .outerjoin(Person, col(Person.id) == Event.actor_id)
        .where(
            col(Event.aggregate) == "issuer",
            col(Event.aggregate_id) == row.issuer_id,
            col(Event.action) == "micro_credential.offered",
            col(Event.facts)["micro_credential"].as_string() == row.public_id,
        )
        .order_by(col(Event.seq).desc())
        .limit(CHANGES)
    )
    return tuple(Change(event.at, name or "", event.to_state, text or "") for event, text, name in rows)
