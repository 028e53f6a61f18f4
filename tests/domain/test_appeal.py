from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.appeal import Told, in_time, last_day
from reviewhub.domain.calendar import Calendar

CALENDAR = Calendar()
FRIDAY = date(2026, 3, 6)


def test_the_days_are_working_days():
    assert last_day(CALENDAR, Told(FRIDAY), 10) == date(2026, 3, 20)


def test_a_question_in_time_stops_the_count_and_the_answer_begins_it_anew():
    asked = Told(FRIDAY, date(2026, 3, 20))
    assert last_day(CALENDAR, asked, 10) is None
    answered = Told(FRIDAY, date(2026, 3, 20), date(2026, 4, 3))
    assert last_day(CALENDAR, answered, 10) == date(2026, 4, 17)


@pytest.mark.parametrize("answered", [None, date(2026, 4, 3)])
def test_a_question_that_comes_too_late_changes_nothing(answered):
    assert last_day(CALENDAR, Told(FRIDAY, date(2026, 3, 21), answered), 10) == date(2026, 3, 20)


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 30), st.integers(0, 60))
def test_in_time_up_to_and_including_the_last_day(released, days, later):
    told, today = Told(released), released + timedelta(later)
    assert in_time(CALENDAR, told, days, today) == (today <= last_day(CALENDAR, told, days))


def test_while_the_answer_is_awaited_it_is_always_in_time():
    assert in_time(CALENDAR, Told(FRIDAY, FRIDAY), 1, date(2030, 1, 1))
