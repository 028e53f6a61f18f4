"""Who is there, and what the account pages show."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.models import Invitation, Issuer, Membership, Person
from reviewhub.models import Session as SessionRow

AHEAD = timedelta(days=2)
"""A clock may be put back by a day or two. A sign-in from further ahead would be good for too long."""


@dataclass(frozen=True, slots=True)
class Found:
    """The session behind a cookie, with its person as actor."""

    actor: Actor
    session_id: int
    seen_at: datetime


def session_of(session: Session, token_hash: str, now: datetime) -> Found | None:
    """Session, person and open memberships in one statement; None when it ended or never was."""
    rows = session.exec(
        select(SessionRow, Person, Membership.issuer_id, Membership.role)
        .join(Person, col(Person.id) == SessionRow.person_id)
        .outerjoin(Membership, (col(Membership.person_id) == Person.id) & col(Membership.ended_at).is_(None))
        .where(
            SessionRow.token_hash == token_hash,
            col(SessionRow.revoked_at).is_(None),
            SessionRow.expires_at > now,
            SessionRow.seen_at < now + AHEAD,
            col(Person.erased_at).is_(None),
        )
    ).all()
    if not rows:
        return None
    row, person, _, _ = rows[0]
    assert row.id is not None
    held = frozenset((issuer, Role(role)) for _, _, issuer, role in rows if role)
    actor = Actor(
        person_id=person.id,
        memberships=held,
        name=person.name,
        email=person.email or "",
        public_id=person.public_id,
        zone=person.zone,
    )
    return Found(actor, row.id, row.seen_at)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One sign-in on the account page."""

    public_id: str
    device: str
    created_at: datetime
    seen_at: datetime
    current: bool


def own_sessions(session: Session, actor: Actor, current: int, now: datetime) -> tuple[OwnSession, ...]:
    """The actor's open sessions, this one first, then by last use; at most 50."""
    rows = session.exec(
        select(SessionRow)
        .where(
            SessionRow.person_id == actor.person_id,
            col(SessionRow.revoked_at).is_(None),
            SessionRow.expires_at > now,
        )
        .order_by(col(SessionRow.seen_at).desc())
        .limit(50)
    ).all()
    shown = [OwnSession(r.public_id, r.device, r.created_at, r.seen_at, r.id == current) for r in rows]
    return tuple(sorted(shown, key=lambda s: not s.current))


@dataclass(frozen=True, slots=True)
class OwnRole:
    """One membership on the account page."""

    issuer: str
    role: str
    granted_at: datetime


def own_roles(session: Session, actor: Actor) -> tuple[OwnRole, ...]:
    """The actor's open memberships by issuer and role."""
    rows = session.exec(
        select(Issuer.name, Membership.role, Membership.granted_at)
        .join(Issuer, col(Issuer.id) == Membership.issuer_id)
        .where(Membership.person_id == actor.person_id, col(Membership.ended_at).is_(None))
        .order_by(Issuer.name, Membership.role)
    ).all()
    return tuple(OwnRole(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as its page shows it."""

    issuer: str
    contact_email: str
    role: str
    email: str
    has_account: bool


def offer_of(session: Session, invitation: Invitation) -> Offer:
    """The words around an invitation; whether its address has an account decides what is asked for."""
    issuer_name, contact, verified = session.exec(
        select(Issuer.name, Issuer.contact_email, Person.verified_at)
        .outerjoin(Person, col(Person.email) == invitation.email)
        .where(Issuer.id == invitation.issuer_id)
    ).one()
    return Offer(issuer_name, contact, invitation.role, invitation.email, verified is not None)
