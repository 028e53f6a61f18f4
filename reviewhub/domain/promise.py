"""The day that a learner was promised: when it moves, and to which day.

One principle in all rules: a new day is computed from what remains to be done, so it is never later than
that needs; and it is never earlier than what was promised, so nobody who planned with it is surprised.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from reviewhub.domain.calendar import Calendar

RELEASE_DAYS = 1
"""Working days in which a lead reads a feedback and releases it."""
Step = Literal["completeness", "scoring", "adjudication", "release"]
Span = tuple[datetime, datetime | None]
"""A hold: from, until; None while it is open."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a rubric allows: working days for one review, and from the evidence's arrival to the result.

    `check`: for the look at completeness before, 0 where there is none.
    """

    review: int
    promise: int
    check: int = 0

    @property
    def reserve(self) -> int:
        """Working days from the last blind sheet to the result, in case that somebody has to adjudicate.

        What the rubric itself sets aside, and at most what an adjudicator and the release take.
        """
        return min(max(self.promise - self.check - self.review, 0), self.review + RELEASE_DAYS)


@dataclass(frozen=True, slots=True)
class Remains:
    """The step that an attempt is at; the due days of its open reviews; whether a seat of it is empty."""

    step: Step
    due: tuple[date, ...] = ()
    empty: bool = False


def needed(calendar: Calendar, today: date, pace: Pace, remains: Remains) -> date:
    """The first day by which all that remains can honestly be done, always after today.

    An empty seat takes the days of a whole review from today. So does a review that is overdue: it may have
    to go to somebody else. After a check for completeness comes the scoring; after the scoring, the reserve.
    Whatever is left, the release takes its time.
    """
    soonest = calendar.add_working_days(today, RELEASE_DAYS)
    if remains.step == "release":
        return soonest
    checks = remains.step == "completeness"
    whole = calendar.add_working_days(today, pace.check if checks else pace.review)
    late = any(day < today for day in remains.due)
    end = max((*remains.due, whole) if remains.empty or late else remains.due or (today,))
    if remains.step == "adjudication":
        return calendar.add_working_days(end, RELEASE_DAYS)
    after = pace.review if checks else 0
    return max(soonest, calendar.add_working_days(end, after + pace.reserve))


def moved(promised: date, needs: date) -> date:
    """The day that is promised from now on: what is needed, and never earlier than before."""
    return max(promised, needs)


def stopped_since(holds: Iterable[Span], now: datetime) -> datetime:
    """From when on a stop that ends now was not counted yet.

    `holds` are all that a submission ever had, with the one that ends now still open. Holds that overlap are
    one stop: each end counts what went by since the end before, so that two reasons at once count once.
    """
    spans = tuple(holds)
    begun = min((start for start, end in spans if end is None), default=now)
    return max([begun, *(end for _, end in spans if end is not None)])


def after_stop(calendar: Calendar, day: date, stopped: date, today: date) -> date:
    """A day after a stop: as many working days later as went by, from the day `stopped` up to today."""
    return calendar.add_working_days(day, max(0, calendar.working_days_between(stopped, today)))


def recounted(old: Calendar, new: Calendar, day: date, today: date) -> date:
    """A day under a changed calendar: as many working days from today as before, and never an earlier day.

    A day that is past, or today, stays.
    """
    left = old.working_days_between(today, day)
    if day <= today:
        return day
    tomorrow = new.next_open(today + timedelta(1))
    return max(new.next_open(day), new.add_working_days(tomorrow, left - 1) if left else day)
