"""The days that a learner was promised, first to last, with why each was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from reviewhub.models import Promise


@dataclass(frozen=True, slots=True)
class Promised:
    """One promised day; `reason` is one of models.work.PROMISE_REASONS."""

    day: date
    reason: str


def promises_of(session: Session, attempt_ids: Sequence[int]) -> dict[int, tuple[Promised, ...]]:
    """By attempt, oldest first, in one statement."""
    found: dict[int, tuple[Promised, ...]] = {}
    rows = session.exec(
        select(Promise).where(col(Promise.attempt_id).in_(attempt_ids)).order_by(col(Promise.id))
    )
    for row in rows:
        found[row.attempt_id] = (*found.get(row.attempt_id, ()), Promised(row.day, row.reason))
    return found
