"""The record of one submission: who did what, when and why, for its coordinator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select as columns
from sqlmodel import Session, col

from reviewhub.models import Event, EventText, Person
from reviewhub.queries.coordinator_case import CasePage, SeatRow

MOST = 200
_NOISE = frozenset(
    {
        "artifact.checked",
        "attempt.edit",
        "review.save",
        "round.back_to",
        "round.open",
        "round.seated",
        "round.unseated",
    }
)
"""Small steps that follow from what stands beside them."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: `who` is "" for the system; `about` names the assessor it concerns, `seat` their seat."""

    at: datetime
    action: str
    who: str
    about: str
    role: str
    seat: int
    outcome: str
    reason: str
    day: date | None
    """A day that was set: promised, or due."""
    why: str
    """The code of its reason, see models.work.PROMISE_REASONS."""


@dataclass(frozen=True, slots=True)
class Record:
    """The newest events, oldest first; `cut` when there are more than 200."""

    events: tuple[Happened, ...]
    cut: bool


def record(session: Session, page: CasePage) -> Record:
    """The events of a submission that the actor may see, in one statement."""
    rows = session.execute(
        columns(Event, col(EventText.text), col(Person.name))
        .outerjoin(EventText, col(EventText.event_id) == Event.id)
        .outerjoin(Person, col(Person.id) == Event.actor_id)
        .where(col(Event.aggregate) == "submission", col(Event.aggregate_id) == page.id)
        .where(col(Event.action).not_in(_NOISE))
        .order_by(col(Event.seq).desc())
        .limit(MOST + 1)
    ).all()
    seats = _seats(page)
    events = [_happened(event, text or "", name or "", seats) for event, text, name in rows[:MOST]]
    return Record(tuple(reversed(events)), len(rows) > MOST)


def _seats(page: CasePage) -> dict[str, SeatRow]:
    return {
        seat.public_id: seat
        for attempt in page.attempts
        for round_ in attempt.rounds
        for seat in round_.seats
    }


def _happened(event: Event, reason: str, who: str, seats: Mapping[str, SeatRow]) -> Happened:
    seat = seats.get(event.facts.get("review", ""))
    return Happened(
        at=event.at,
        action=event.action,
        who=who,
        about=seat.assessor if seat else "",
        role=seat.role if seat else "",
        seat=seat.seat if seat else 0,
        outcome=str(event.facts.get("outcome", "")),
        reason=reason,
        day=date.fromisoformat(event.facts["day"]) if "day" in event.facts else None,
        why=str(event.facts.get("reason", "")),
    )
