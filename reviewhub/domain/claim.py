"""How long a claim lasts, and when a pile has been left alone for too long."""

from datetime import UTC, datetime, timedelta

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import morning

PILE_DAYS = 2
"""A seat has lain long in a pile on the morning of so many working days after the day it was put there."""
_BEFORE_LETTERS = timedelta(minutes=30)
"""So that the coordinators' letter of that morning says it already."""


def claim_ends(now: datetime, hours: int) -> datetime:
    """So many whole hours after this aware moment, in UTC.

    Counted in UTC: eight hours are eight hours on the day on which clocks change, and in every zone.
    """
    if now.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return now.astimezone(UTC) + timedelta(hours=hours)


def pile_ends(calendar: Calendar, piled_at: datetime) -> datetime:
    """The morning at the issuer on which a seat has lain long: a coordinator is told, or it is given out."""
    day = calendar.add_working_days(calendar.today(piled_at), PILE_DAYS)
    return morning(calendar, day) - _BEFORE_LETTERS
