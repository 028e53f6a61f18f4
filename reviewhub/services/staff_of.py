"""Who holds a role at an issuer now, to be written to."""

from sqlmodel import col, select

from reviewhub.domain.access import Role
from reviewhub.models import Conflict, Membership, Person, Submission
from reviewhub.queries.revealed import told
from reviewhub.services.kit import Tx


def staff_of(tx: Tx, issuer_id: int, role: Role, *, without: int | None = None) -> list[Person]:
    """The people by id; `without` leaves one out, such as the learner whom the letter is about."""
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


def leads_of(tx: Tx, submission: Submission) -> list[Person]:
    """The leads who may take what comes of this submission: none who is, or knows, its learner."""
    apart = select(Conflict.assessor_id).where(
        Conflict.learner_id == submission.learner_id, col(Conflict.ended_at).is_(None)
    )
    knowing = told(tx.session, submission.learner_id) | set(tx.session.exec(apart))
    leads = staff_of(tx, submission.issuer_id, Role.LEAD, without=submission.learner_id)
    return [person for person in leads if person.id not in knowing]
