from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.calendar import MOST_CLOSED, Calendar, calendar_problems

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (6, 7, 8, 9))
ZONES = (
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "Asia/Kathmandu",
    "Africa/Cairo",
    "America/Havana",
    "Australia/Lord_Howe",
)
dates = st.dates(date(2000, 1, 1), date(2100, 1, 1))
counts = st.integers(0, 400)
weeks = st.frozensets(st.integers(0, 6), min_size=1)
closings = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=60)
near = st.dates(date(2025, 12, 1), date(2026, 5, 1))
calendars = st.builds(Calendar, weeks, closings, st.sampled_from(ZONES))
moments = st.integers(0, 20 * 365 * 86_400).map(
    lambda n: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)
plain = Calendar()


def slowly(calendar, start, days):
    """Day by day, as one would on paper."""
    at = start
    while at.weekday() not in calendar.week or at in calendar.closed:
        at += timedelta(1)
    while days:
        at += timedelta(1)
        days -= at.weekday() in calendar.week and at not in calendar.closed
    return at


@given(calendars, near, st.integers(0, 60))
def test_it_counts_as_on_paper(calendar, start, days):
    assert calendar.add_working_days(start, days) == slowly(calendar, start, days)


@given(calendars, near, st.integers(0, 60))
def test_the_result_is_a_working_day(calendar, start, days):
    assert calendar.is_open(calendar.add_working_days(start, days))
    assert calendar.next_open(start) == calendar.add_working_days(start, 0)


@given(calendars, near, st.integers(0, 60))
def test_what_was_added_is_what_lies_between(calendar, start, days):
    start = calendar.next_open(start)
    assert calendar.working_days_between(start, calendar.add_working_days(start, days)) == days


@given(calendars, near, near)
def test_between_is_the_same_backwards_with_a_minus(calendar, one, other):
    assert calendar.working_days_between(one, other) == -calendar.working_days_between(other, one)


@given(calendars, near, near, near)
def test_between_adds_up(calendar, one, two, three):
    between = calendar.working_days_between
    assert between(one, two) + between(two, three) == between(one, three)


@given(calendars, near, near, st.integers(0, 60), st.integers(0, 20))
def test_adding_is_monotone(calendar, one, other, days, more):
    first, last = sorted((one, other))
    assert calendar.add_working_days(first, days) <= calendar.add_working_days(last, days)
    assert calendar.add_working_days(one, days) <= calendar.add_working_days(one, days + more)


@given(calendars, near, st.integers(0, 60), st.dates(date(2026, 1, 1), date(2026, 3, 31)))
def test_one_more_closed_day_never_brings_a_day_nearer(calendar, start, days, holiday):
    fewer = Calendar(calendar.week, calendar.closed | {holiday}, calendar.zone)
    assert fewer.add_working_days(start, days) >= calendar.add_working_days(start, days)


@given(st.sampled_from(ZONES), moments)
def test_a_day_begins_at_its_first_moment(zone, now):
    calendar = Calendar(zone=zone)
    begin = calendar.begins(calendar.today(now))
    assert begin <= now < calendar.begins(calendar.today(now) + timedelta(1))
    assert calendar.today(begin) == calendar.today(now)
    assert calendar.today(begin - timedelta(microseconds=1)) == calendar.today(now) - timedelta(1)


@pytest.mark.parametrize(
    ("zone", "now", "today"),
    [
        ("UTC", "2026-11-02T09:00", date(2026, 11, 2)),
        # both sides of the date line: the same moment, two days apart in the calendar
        ("Pacific/Kiritimati", "2026-11-02T10:30", date(2026, 11, 3)),
        ("Pacific/Niue", "2026-11-02T10:30", date(2026, 11, 1)),
        # an hour before and after clocks go forward and back
        ("Europe/Lisbon", "2026-03-28T23:59", date(2026, 3, 28)),
        ("Europe/Lisbon", "2026-03-29T00:00", date(2026, 3, 29)),
        ("Europe/Lisbon", "2026-03-29T23:00", date(2026, 3, 30)),
        ("America/New_York", "2026-11-01T03:59", date(2026, 10, 31)),
        ("America/New_York", "2026-11-02T04:59", date(2026, 11, 1)),
        ("America/New_York", "2026-11-02T05:00", date(2026, 11, 2)),
    ],
)
def test_today_is_the_date_where_the_issuer_is(zone, now, today):
    assert Calendar(zone=zone).today(datetime.fromisoformat(now).replace(tzinfo=UTC)) == today


def test_today_needs_a_moment_with_a_zone():
    with pytest.raises(ValueError, match="zone"):
        plain.today(datetime(2026, 11, 2, tzinfo=UTC).replace(tzinfo=None))


def test_a_day_that_a_zone_skipped_begins_with_the_next():
    samoa = Calendar(zone="Pacific/Apia")
    assert samoa.begins(date(2011, 12, 30)) == samoa.begins(date(2011, 12, 31))
    assert samoa.today(samoa.begins(date(2011, 12, 30))) == date(2011, 12, 31)


def test_a_day_whose_midnight_is_skipped_begins_after_the_gap():
    cairo = Calendar(zone="Africa/Cairo")
    begin = cairo.begins(date(2026, 4, 24))
    assert begin.astimezone(ZoneInfo("Africa/Cairo")).isoformat() == "2026-04-24T01:00:00+03:00"


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
        # a leap day counts, and its absence does too
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2027, 2, 26), 1, date(2027, 3, 1)),
    ],
)
def test_some_by_hand(start, days, end):
    assert plain.add_working_days(start, days) == end


def test_holidays_in_a_row_are_stepped_over():
    closed = frozenset(date(2026, 12, day) for day in range(24, 32)) | {date(2027, 1, 1)}
    calendar = Calendar(closed=closed)
    assert calendar.add_working_days(date(2026, 12, 23), 1) == date(2027, 1, 4)
    assert calendar.working_days_between(date(2026, 12, 23), date(2027, 1, 4)) == 1
    assert calendar.next_open(date(2026, 12, 24)) == date(2027, 1, 4)


def test_a_week_from_sunday_to_thursday():
    calendar = Calendar(frozenset({6, 0, 1, 2, 3}))
    assert calendar.add_working_days(date(2026, 11, 5), 1) == SUNDAY
    assert calendar.next_open(FRIDAY) == SUNDAY


def test_the_longest_search_ends():
    """One working day a week, and as many of them closed as may be named."""
    mondays = frozenset(MONDAY + timedelta(weeks=n) for n in range(MOST_CLOSED))
    calendar = Calendar(frozenset({0}), mondays)
    assert calendar.next_open(MONDAY) == MONDAY + timedelta(weeks=MOST_CLOSED)


def test_backwards_is_an_error():
    with pytest.raises(ValueError, match="forward"):
        plain.add_working_days(MONDAY, -1)


@pytest.mark.parametrize("week", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_a_week_needs_a_working_day(week):
    with pytest.raises(ValueError, match="working days"):
        Calendar(week)
    assert [p.field for p in calendar_problems("UTC", week, ())] == ["week"]


def test_what_is_not_a_calendar_is_said_field_by_field():
    assert calendar_problems("Europe/Lisbon", {0, 5}, [MONDAY]) == []
    many = [MONDAY + timedelta(n) for n in range(MOST_CLOSED + 1)]
    found = calendar_problems("Mars/Base", (), many)
    assert [(p.field, p.value) for p in found] == [("zone", "Mars/Base"), ("week", ""), ("closed", "")]


def test_a_week_may_be_whole_and_four_hundred_days_may_be_closed():
    assert MOST_CLOSED == 400
    assert calendar_problems("UTC", range(7), many_closed(400)) == []
    assert [p.field for p in calendar_problems("UTC", range(7), many_closed(401))] == ["closed"]


def many_closed(number):
    return [MONDAY + timedelta(n) for n in range(number)]
