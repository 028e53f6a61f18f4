from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.calendar import add_working_days, working_days_between

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (6, 7, 8, 9))
dates = st.dates(date(2000, 1, 1), date(2100, 1, 1))
counts = st.integers(0, 400)


def slowly(start, days):
    """Day by day, as one would on paper."""
    at = start
    while at.weekday() > 4:
        at += timedelta(1)
    while days:
        at += timedelta(1)
        days -= at.weekday() < 5
    return at


@given(dates, counts)
def test_it_counts_as_on_paper(start, days):
    assert add_working_days(start, days) == slowly(start, days)


@given(dates, counts)
def test_the_result_is_a_working_day(start, days):
    assert add_working_days(start, days).weekday() < 5


@given(dates, counts)
def test_what_was_added_is_what_lies_between(start, days):
    if start.weekday() < 5:
        assert working_days_between(start, add_working_days(start, days)) == days


@given(dates, dates)
def test_between_is_the_same_backwards_with_a_minus(one, other):
    assert working_days_between(one, other) == -working_days_between(other, one)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (FRIDAY, 0, FRIDAY),
        (SATURDAY, 0, MONDAY),
        (SUNDAY, 0, MONDAY),
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, date(2026, 11, 10)),
        (MONDAY, 5, date(2026, 11, 16)),
        (MONDAY, 14, date(2026, 11, 27)),
    ],
)
def test_some_by_hand(start, days, end):
    assert add_working_days(start, days) == end


def test_backwards_is_an_error():
    with pytest.raises(ValueError, match="forward"):
        add_working_days(MONDAY, -1)
