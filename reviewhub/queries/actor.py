"""Who is asking: the person with the memberships that hold now."""

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.models import Membership, Person


def load_actor(session: Session, person_id: int) -> Actor:
    """The actor for a person's id, in one statement. Anonymous if there is none, or it was erased."""
    rows = session.exec(
        select(Person, Membership.issuer_id, Membership.role)
        .join(
            Membership,
            (col(Membership.person_id) == Person.id) & col(Membership.ended_at).is_(None),
            isouter=True,
        )
        .where(Person.id == person_id, col(Person.erased_at).is_(None))
    ).all()
    if not rows:
        return Actor()
    person = rows[0][0]
    return Actor(
        person_id=person.id,
        memberships=frozenset((issuer, Role(role)) for _, issuer, role in rows if role),
        name=person.name,
        email=person.email or "",
        public_id=person.public_id,
        zone=person.zone,
    )
