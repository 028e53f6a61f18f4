"""Ask for the first look at something that has a deadline. The looks themselves: services/watch_*.py."""

from datetime import date, datetime

from reviewhub.domain.deadlines import Told
from reviewhub.models import Feedback, Review, Submission
from reviewhub.services.kit import Tx

WATCH_REVIEW, WATCH_WORK, WATCH_FEEDBACK = "watch_review", "watch_work", "watch_feedback"
WATCH_CLAIM = "watch_claim"


def watch(tx: Tx, thing: Review | Submission | Feedback, at: datetime) -> None:
    """From this moment on somebody looks at what is due for a stored thing. Asking twice asks once."""
    assert thing.id is not None
    if isinstance(thing, Review):
        tx.later(WATCH_REVIEW, due_at=at, dedup=f"{WATCH_REVIEW}:{thing.id}", review_id=thing.id)
    elif isinstance(thing, Submission):
        tx.later(WATCH_WORK, due_at=at, dedup=f"{WATCH_WORK}:{thing.id}", submission_id=thing.id)
    else:
        tx.later(WATCH_FEEDBACK, due_at=at, dedup=f"{WATCH_FEEDBACK}:{thing.id}", feedback_id=thing.id)


def carry(told: Told | None) -> dict[str, str]:
    """The last notice as arguments of the next row."""
    if told is None:
        return {}
    return {"about": told.about.isoformat(), "step": told.step, "on": told.on.isoformat()}


def carried(about: str, step: str, on: str) -> Told | None:
    """The last notice as the row before carried it."""
    return Told(date.fromisoformat(about), step, date.fromisoformat(on)) if about else None
