"""What somebody may have to score yet, although it is not in their queue."""

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Review, Round
from reviewhub.services.candidates import CLAIM_OVER

_OVER = (RoundState.RESOLVED.value, RoundState.VOID.value)


def may_be_claimed_again() -> ColumnElement[bool]:
    """For a statement that selects from Review and Round: a claim that went back to the pile, with its draft.

    As long as its round may want it: whoever claims it again goes on where they left it (rule 16).
    """
    return and_(
        col(Review.state) == ReviewState.EXPIRED.value,
        col(Review.end_reason) == CLAIM_OVER,
        col(Round.state).not_in(_OVER),
    )
