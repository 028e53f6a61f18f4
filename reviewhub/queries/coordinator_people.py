"""The people of a coordinator's issuers: roles, qualifications, load, conflicts, open invitations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, or_
from sqlalchemy import select as columns
from sqlmodel import Session, and_, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.models import (
    Conflict,
    Invitation,
    Issuer,
    Membership,
    MicroCredential,
    Person,
    Qualification,
    Review,
)
from reviewhub.queries.coordinator import NOT_IN

PAGE = 50
INVITED = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One person with their open roles; `load` counts open reviews at whatever issuer."""

    public_id: str
    name: str
    email: str
    roles: tuple[str, ...]
    load: int
    cap: int
    qualifications: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that nobody has taken up yet."""

    email: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class People:
    """A page of members by name; `older` is the opaque start of the next."""

    members: tuple[Member, ...]
    older: str
    invited: tuple[Invited, ...]


def people(session: Session, actor: Actor, now: datetime, after: str = "") -> People:
    """Six statements, however many people there are."""
    issuers = actor.issuers(Role.COORDINATOR)
    query = (
        select(Person)
        .where(col(Person.id).in_(select(Membership.person_id).where(member(issuers))))
        .order_by(col(Person.name), col(Person.id))
        .limit(PAGE + 1)
    )
    if after:
        name = select(Person.name).where(Person.public_id == after).scalar_subquery()
        key = select(Person.id).where(Person.public_id == after).scalar_subquery()
        query = query.where(or_(col(Person.name) > name, and_(Person.name == name, col(Person.id) > key)))
    rows = session.exec(query).all()
    shown = rows[:PAGE]
    ids = [person.id for person in shown if person.id is not None]
    roles = _roles(session, issuers, ids)
    loads, qualified, conflicts = _counts(session, issuers, ids, now)
    members = tuple(
        Member(
            person.public_id,
            person.name,
            person.email or "",
            roles.get(person.id or 0, ()),
            loads.get(person.id or 0, 0),
            person.load_cap,
            qualified.get(person.id or 0, 0),
            conflicts.get(person.id or 0, 0),
        )
        for person in shown
    )
    older = members[-1].public_id if len(rows) > PAGE else ""
    return People(members, older, _invited(session, issuers, now))


def member(issuers: Iterable[int]) -> ColumnElement[bool]:
    """Memberships that hold at these issuers."""
    return and_(col(Membership.issuer_id).in_(list(issuers)), col(Membership.ended_at).is_(None))


def _roles(session: Session, issuers: Iterable[int], ids: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for person_id, role in session.exec(
        select(Membership.person_id, Membership.role)
        .where(member(issuers), col(Membership.person_id).in_(ids))
        .order_by(Membership.role)
        .distinct()
    ):
        found[person_id] = (*found.get(person_id, ()), role)
    return found


def _counts(
    session: Session, issuers: Iterable[int], ids: list[int], now: datetime
) -> tuple[Mapping[int, int], Mapping[int, int], Mapping[int, int]]:
    """Per person open reviews, qualifications that hold now, open conflicts."""
    loads = session.execute(
        columns(col(Review.assessor_id), func.count())
        .where(col(Review.assessor_id).in_(ids), col(Review.state).in_(NOT_IN))
        .group_by(col(Review.assessor_id))
    )
    qualified = session.execute(
        columns(col(Qualification.person_id), func.count())
        .join(MicroCredential, col(MicroCredential.id) == Qualification.micro_credential_id)
        .where(
            col(Qualification.person_id).in_(ids),
            col(MicroCredential.issuer_id).in_(list(issuers)),
            holds(now),
        )
        .group_by(col(Qualification.person_id))
    )
    conflicts = session.execute(
        columns(col(Conflict.assessor_id), func.count())
        .where(
            col(Conflict.assessor_id).in_(ids),
            col(Conflict.issuer_id).in_(list(issuers)),
            col(Conflict.ended_at).is_(None),
        )
        .group_by(col(Conflict.assessor_id))
    )
    return _dict(loads), _dict(qualified), _dict(conflicts)


def _dict(rows: Iterable[Row[int, int]]) -> dict[int, int]:
    return {person_id: count for person_id, count in rows}  # noqa: C416 - rows are no pairs to a type checker


def holds(now: datetime) -> ColumnElement[bool]:
    """A qualification that lets somebody score at this moment."""
    return and_(
        col(Qualification.revoked_at).is_(None),
        col(Qualification.from_at) <= now,
        or_(col(Qualification.until_at).is_(None), col(Qualification.until_at) > now),
    )


def _invited(session: Session, issuers: Iterable[int], now: datetime) -> tuple[Invited, ...]:
    rows = session.exec(
        select(Invitation)
        .where(
            col(Invitation.issuer_id).in_(list(issuers)),
            col(Invitation.used_at).is_(None),
            col(Invitation.expires_at) > now,
        )
        .order_by(col(Invitation.id).desc())
        .limit(INVITED)
    )
    return tuple(Invited(row.email, row.role, row.expires_at) for row in rows)


def scorers(session: Session, issuer_id: int) -> tuple[tuple[str, str], ...]:
    """(public id, name) of all assessors and leads of an issuer, by name."""
    rows = session.exec(
        select(Person.public_id, Person.name)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(member([issuer_id]), col(Membership.role).in_([Role.ASSESSOR.value, Role.LEAD.value]))
        .order_by(Person.name)
        .distinct()
    )
    return tuple((public_id, name) for public_id, name in rows)


def own_issuers(session: Session, actor: Actor) -> tuple[tuple[int, str, str], ...]:
    """(key, slug, name) of the issuers that the actor coordinates, by name."""
    rows = session.exec(
        select(Issuer.id, Issuer.slug, Issuer.name)
        .where(col(Issuer.id).in_(actor.issuers(Role.COORDINATOR)))
        .order_by(Issuer.name)
    )
    return tuple((key, slug, name) for key, slug, name in rows if key is not None)
