"""Working days: Monday to Friday. Issuers' own holidays come with their calendars."""

from datetime import date, timedelta

_SATURDAY = 5


def add_working_days(start: date, days: int) -> date:
    """The date `days` working days after `start`; 0 gives the first working day from start on."""
    if days < 0:
        raise ValueError("days counts forward")
    at = start
    while at.weekday() >= _SATURDAY:
        at += timedelta(days=1)
    weeks, rest = divmod(days, 5)
    at += timedelta(weeks=weeks)
    while rest:
        at += timedelta(days=1)
        if at.weekday() < _SATURDAY:
            rest -= 1
    return at


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and including `end`; negative when end is earlier."""
    if end < start:
        return -working_days_between(end, start)
    weeks, rest = divmod((end - start).days, 7)
    extra = sum(1 for i in range(1, rest + 1) if (start + timedelta(days=i)).weekday() < _SATURDAY)
    return weeks * 5 + extra
