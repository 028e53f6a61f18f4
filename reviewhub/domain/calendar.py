"""An issuer's working days: its week, the days on which it is closed, and the zone its days begin in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from reviewhub.domain.errors import Problem

MONDAY_TO_FRIDAY = frozenset(range(5))
MOST_CLOSED = 400
"""Closed days that a calendar may name; so every count below ends after a bounded number of steps."""
_WEEK = frozenset(range(7))
_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an issuer works. `week`: working days, Monday 0. `zone`: a name of the IANA database.

    A week without a working day is a ValueError: counting would never end. What people typed is asked
    beforehand, see `calendar_problems`.
    """

    week: frozenset[int] = MONDAY_TO_FRIDAY
    closed: frozenset[date] = frozenset()
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if not self.week or not self.week <= _WEEK:
            raise ValueError("a week has working days, numbered from 0 (Monday) to 6")

    def today(self, now: datetime) -> date:
        """The date at the issuer at this aware moment."""
        if now.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return now.astimezone(ZoneInfo(self.zone)).date()

    def begins(self, day: date) -> datetime:
        """The moment, in UTC, at which the day begins at the issuer.

        Where clocks skip midnight, or the whole day, the first moment after the gap.
        """
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def is_open(self, day: date) -> bool:
        """Whether somebody works on this day."""
        return day.weekday() in self.week and day not in self.closed

    def next_open(self, day: date) -> date:
        """The first working day from `day` on: after 7 days for each closed one at the latest."""
        for _ in range(7 * (len(self.closed) + 1)):
            if self.is_open(day):
                return day
            day += _DAY
        raise AssertionError("more days are closed than the calendar names")

    def add_working_days(self, start: date, days: int) -> date:
        """The date `days` working days after `start`; 0 gives the first working day from start on."""
        if days < 0:
            raise ValueError("days counts forward")
        at = self.next_open(start)
        for _ in range(days):
            at = self.next_open(at + _DAY)
        return at

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when end is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        weeks, rest = divmod((end - start).days, 7)
        odd = sum(1 for n in range(1, rest + 1) if (start + n * _DAY).weekday() in self.week)
        closed = sum(1 for day in self.closed if start < day <= end and day.weekday() in self.week)
        return weeks * len(self.week) + odd - closed


def calendar_problems(zone: str, week: Collection[int], closed: Collection[date]) -> list[Problem]:
    """What keeps this from being a calendar (fields zone, week, closed), in words for whoever typed it."""
    problems = []
    if zone not in available_timezones():
        message = f"“{zone}” is not a time zone. Choose one from the list, such as Europe/Lisbon."
        problems.append(Problem("zone", message, zone))
    if not set(week) & _WEEK or not set(week) <= _WEEK:
        problems.append(Problem("week", "Choose at least one day of the week on which somebody works."))
    if len(closed) > MOST_CLOSED:
        message = f"Name at most {MOST_CLOSED} closed days; these are {len(closed)}. Remove past ones."
        problems.append(Problem("closed", message))
    return problems
