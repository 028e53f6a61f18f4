"""Who holds a role at an issuer now, to be written to."""

from sqlmodel import col, select

from reviewhub.domain.access import Role
from reviewhub.models import Membership, Person
from reviewhub.services.kit import Tx


def staff_of(tx: Tx, issuer_id: int, role: Role, *, without: int | None = None) -> list[Person]:
    """The people by id; `without` leaves one out, such as the learner of the thing that the letter is about."""
    query = (
        select(Person)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(
            Membership.issuer_id == issuer_id,
            Membership.role == role.value,
            col(Membership.ended_at).is_(None),
        )
        .order_by(col(Person.id))
    )
    return [person for person in tx.session.exec(query) if person.id != without]
