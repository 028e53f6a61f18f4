"""Who works for an issuer, for its manager: members with their roles, and who was invited."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.models import Invitation, Membership, Person
from reviewhub.queries.manager import managed_issuer

MOST = 500
"""Members and invitations that are shown."""


@dataclass(frozen=True, slots=True)
class ManagerPeople:
    """Members as (name, roles), invitations that wait as (address, role, until)."""

    slug: str
    name: str
    members: tuple[tuple[str, tuple[str, ...]], ...]
    invited: tuple[tuple[str, str, datetime], ...]


def manager_people(session: Session, actor: Actor, slug: str, now: datetime) -> ManagerPeople:
    """Three statements. NotFound where the actor does not manage it."""
    issuer = managed_issuer(session, actor, slug)
    rows = session.exec(
        select(Person.id, Person.name, Membership.role)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Membership.issuer_id == issuer.id, col(Membership.ended_at).is_(None))
        .order_by(Person.name, col(Person.id), Membership.role)
        .limit(MOST)
    )
    members: dict[int | None, tuple[str, tuple[str, ...]]] = {}
    for key, name, role in rows:
        members[key] = (name, (*members.get(key, (name, ()))[1], role))
    invited = session.exec(
        select(Invitation.email, Invitation.role, Invitation.expires_at)
        .where(
            Invitation.issuer_id == issuer.id, col(Invitation.used_at).is_(None), Invitation.expires_at > now
        )
        .order_by(Invitation.email)
        .limit(MOST)
    )
    return ManagerPeople(issuer.slug, issuer.name, tuple(members.values()), tuple(invited))
