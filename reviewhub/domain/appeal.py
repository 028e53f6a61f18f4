"""When a learner may appeal against a result (rule 18)."""

from dataclasses import dataclass
from datetime import date

from reviewhub.domain.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Told:
    """What the learner was told, by days of the issuer; `asked` and `answered`: the one question."""

    released_on: date
    asked_on: date | None = None
    answered_on: date | None = None


def last_day(calendar: Calendar, told: Told, days: int) -> date | None:
    """The last day for an appeal: `days` working days after the release.

    A question that was asked in time stops the count: it begins anew with the answer. None while it
    is awaited, so nobody loses the right to appeal by asking first.
    """
    until = calendar.add_working_days(told.released_on, days)
    if told.asked_on is None or told.asked_on > until:
        return until
    if told.answered_on is None:
        return None
    return calendar.add_working_days(told.answered_on, days)


def in_time(calendar: Calendar, told: Told, days: int, today: date) -> bool:
    """Whether an appeal is in time today."""
    until = last_day(calendar, told, days)
    return until is None or today <= until
