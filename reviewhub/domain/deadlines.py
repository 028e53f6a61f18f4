"""What is due when: the notices before a day, what follows after it, and when to look again.

Days begin and end at the issuer. Each question is asked anew of the days as they stand now: one that was
asked late, twice or under a clock that jumped gets the answer for today, and nothing is taken from anybody
who was not told before.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reviewhub.domain.calendar import Calendar

REMIND_DAYS = 2
"""Working days before a due day on which its assessor is reminded."""
FIRST_NOTICE, LAST_NOTICE = timedelta(30), timedelta(7)
"""Before a learner's work lapses."""
OLD_DAYS = 1
"""Working days after which what waits for a coordinator or a lead is written about."""
LOOK_SOONEST, LOOK_LATEST = timedelta(hours=1), timedelta(days=1)
"""Between two looks for somebody who may take an empty seat."""
_MORNING = timedelta(hours=7)
_DAY = timedelta(1)

_NOTICES = ("", "soon", "today", "late")


@dataclass(frozen=True, slots=True)
class Told:
    """The last notice: about which day, which one, and on which day it was given."""

    about: date
    step: str
    on: date


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done now, and the moment to look again.

    For a review "soon", "today", "late", "expire"; for work "first", "last", "lapse"; "" for nothing.
    """

    step: str
    again: datetime


def morning(calendar: Calendar, day: date) -> datetime:
    """When letters of this day are written: some hours into it at the issuer, on every day of the year."""
    return calendar.begins(day) + _MORNING


def review_due(
    calendar: Calendar, due_on: date, offered_on: date, grace_days: int, now: datetime, told: Told | None
) -> Due:
    """An open review: a reminder before the due day and on it, one notice that it is late, then its end.

    It ends when the day after `grace_days` working days begins; never with 0, and never before its assessor
    was told, on a day before, that it is late. Nobody is written to on a day on which nobody works; of
    notices that were missed only the newest is given.
    """
    today = calendar.today(now)
    soon = _working_days_before(calendar, due_on, REMIND_DAYS)
    late = calendar.next_open(due_on + _DAY)
    last = calendar.add_working_days(due_on, grace_days)
    known = told if told is not None and told.about == due_on else None
    step = ""
    if today >= late:
        step = "late"
    elif today == due_on:
        step = "today"
    elif max(soon, offered_on + _DAY) <= today < due_on:
        step = "soon"
    if known is not None and known.step == "late":
        over = grace_days > 0 and today > last and known.on != today
        step = "expire" if over else ""
    elif not calendar.is_open(today) or (
        known is not None and _NOTICES.index(step) <= _NOTICES.index(known.step)
    ):
        step = ""
    return Due(step, _review_again(calendar, (max(soon, offered_on + _DAY), due_on, late), last, today))


def _review_again(calendar: Calendar, notices: tuple[date, ...], last: date, today: date) -> datetime:
    coming = next((day for day in sorted(notices) if day > today), None)
    if not calendar.is_open(today):
        coming = min(calendar.next_open(today), coming or date.max)
    if coming is not None:
        return morning(calendar, coming)
    return calendar.begins(max(last, today) + _DAY)


def _working_days_before(calendar: Calendar, day: date, days: int) -> date:
    while days:
        day -= _DAY
        days -= calendar.is_open(day)
    return day


def waited_since(calendar: Calendar, now: datetime) -> datetime:
    """What waits since before this moment has waited for more than OLD_DAYS working days."""
    return calendar.begins(_working_days_before(calendar, calendar.today(now), OLD_DAYS))


def kept_until(calendar: Calendar, active_at: datetime, idle_days: int) -> date:
    """The last day on which work that nobody touches is kept; the next one begins without it."""
    return calendar.today(active_at) + timedelta(idle_days)


def active_for(calendar: Calendar, last_day: date, idle_days: int) -> datetime:
    """When somebody must have been active for the work to be kept until this day."""
    return calendar.begins(last_day - timedelta(idle_days)) + _DAY / 2


def idle_due(
    calendar: Calendar, active_at: datetime, idle_days: int, now: datetime, told: Told | None
) -> Due:
    """Work that is its learner's turn: two notices, then it lapses.

    "last" may come too late for the day that it is about: whoever gives it then keeps the work as long as
    the notice says, see `active_for`. Nothing lapses without it.
    """
    today, until = calendar.today(now), kept_until(calendar, active_at, idle_days)
    first, second = until - FIRST_NOTICE, until - LAST_NOTICE
    known = told.step if told is not None and told.about == until else ""
    step = ""
    if today > until and known == "last":
        step = "lapse"
    elif today >= second and known != "last":
        step = "last"
    elif calendar.today(active_at) < first <= today < second and not known:
        step = "first"
    days = [day for day in (first, second) if day > today]
    again = morning(calendar, days[0]) if days else calendar.begins(max(until, today) + _DAY)
    return Due(step, again)


def look_for_people(since: datetime, now: datetime) -> datetime:
    """When to look again for somebody who may take a seat that has been empty `since` then.

    People finish work, and absences end, without a word to those who wait: at first each hour, then after
    an eighth of the time that it has taken so far, so that what waits for weeks costs little.
    """
    return now + min(max((now - since) / 8, LOOK_SOONEST), LOOK_LATEST)
