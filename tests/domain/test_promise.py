from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.promise import (
    RELEASE_DAYS,
    Pace,
    Remains,
    after_stop,
    moved,
    needed,
    recounted,
    stopped_since,
)

MONDAY = date(2026, 11, 2)
plain = Calendar()
usual = Pace(review=7, promise=14)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
calendars = st.builds(
    Calendar,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2026, 1, 1), date(2027, 3, 31)), max_size=40),
)
paces = st.integers(1, 30).flatmap(lambda review: st.builds(Pace, st.just(review), st.integers(review, 60)))
remains = st.builds(
    Remains,
    st.sampled_from(["completeness", "scoring", "adjudication", "release"]),
    st.lists(days, max_size=3).map(tuple),
    st.booleans(),
)


@pytest.mark.parametrize(
    ("review", "promise", "reserve"),
    [
        (7, 14, 7),  # what the rubric sets aside
        (7, 30, 8),  # no more than an adjudicator and the release take
        (7, 7, 0),
        (5, 11, 6),
        (7, 5, 0),
    ],
)
def test_the_reserve_is_what_the_rubric_sets_aside_within_reason(review, promise, reserve):
    assert Pace(review, promise).reserve == reserve


def test_a_completeness_check_is_part_of_what_was_promised():
    pace, whole = Pace(review=7, promise=14, check=1), plain.add_working_days(MONDAY, 14)
    assert pace.reserve == 6
    assert needed(plain, MONDAY, pace, Remains("completeness", empty=True)) == whole
    assert needed(plain, date(2026, 11, 3), pace, Remains("scoring", empty=True)) == whole


@given(days, st.integers(1, 30), st.integers(0, 30), st.integers(0, 1))
def test_nothing_moves_on_the_day_of_arrival(today, review, more, check):
    """As many days as the rubric allows for the review and the check are enough for what is promised."""
    pace = Pace(review, review + check + more, check)
    promised = plain.add_working_days(today, pace.promise)
    step = "completeness" if check else "scoring"
    assert needed(plain, today, pace, Remains(step, empty=True)) <= promised


def test_at_the_beginning_it_needs_what_was_promised():
    empty = needed(plain, MONDAY, usual, Remains("scoring", empty=True))
    seated = needed(plain, MONDAY, usual, Remains("scoring", (plain.add_working_days(MONDAY, 7),) * 2))
    assert empty == seated == plain.add_working_days(MONDAY, 14)


@pytest.mark.parametrize(
    ("remains", "working_days"),
    [
        (Remains("release"), 1),
        (Remains("adjudication", empty=True), 8),
        (Remains("adjudication", (date(2026, 11, 4),)), 3),
        (Remains("adjudication"), 1),  # the final sheet is in
        (Remains("scoring"), 7),  # both sheets are in: the reserve
        (Remains("scoring", (MONDAY,)), 7),  # due today is not overdue
        (Remains("scoring", (date(2026, 11, 4),)), 9),
        (Remains("scoring", (date(2026, 11, 4),), empty=True), 14),
        (Remains("scoring", (date(2026, 10, 30), date(2026, 11, 4))), 14),  # overdue: as if empty
        (Remains("completeness", (date(2026, 11, 3),)), 15),
    ],
)
def test_what_remains_in_working_days_from_a_monday(remains, working_days):
    assert needed(plain, MONDAY, usual, remains) == plain.add_working_days(MONDAY, working_days)


def test_holidays_between_now_and_then_are_not_counted():
    closed = Calendar(closed=frozenset({date(2026, 11, 3), date(2026, 11, 4)}))
    assert needed(closed, MONDAY, usual, Remains("release")) == date(2026, 11, 5)


@given(calendars, days, paces, remains)
def test_what_is_needed_is_a_working_day_after_today(calendar, today, pace, remains):
    day = needed(calendar, today, pace, remains)
    assert day > today
    assert calendar.is_open(day)
    assert all(day >= due for due in remains.due if remains.step != "release")


@given(calendars, days, paces, remains, days)
def test_one_more_open_review_never_brings_it_nearer(calendar, today, pace, remains, due):
    more = Remains(remains.step, (*remains.due, due), remains.empty)
    if remains.step != "release" and (remains.due or remains.empty or due >= today):
        assert needed(calendar, today, pace, more) >= needed(calendar, today, pace, remains)


@given(days, days)
def test_a_promise_never_moves_to_an_earlier_day(promised, needs):
    assert moved(promised, needs) >= promised
    assert moved(promised, needs) in {promised, needs}


def at(day, hour=9):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("holds", "since"),
    [
        ([(at(2), None)], at(2)),
        ([(at(2), at(3)), (at(5), None)], at(5)),  # the first was counted when it ended
        ([(at(2), at(6)), (at(4), None)], at(6)),  # overlap: from the end before
        ([(at(2), None), (at(4), None)], at(2)),  # the first of two that both still stand ends
        ([(at(2), None), (at(4), at(6))], at(6)),  # and the second
        ([(at(2), at(4)), (at(4), None)], at(4)),  # one after the other in the same moment
        ([], at(10)),
    ],
)
def test_what_was_not_counted_yet_of_a_stop(holds, since):
    assert stopped_since(holds, at(10)) == since


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=6)


@given(spans)
def test_overlapping_holds_count_each_day_once(lengths):
    """However holds overlap, what is counted at their ends adds up to the days on which something stood."""
    start = at(1)
    holds = [(start + timedelta(a), start + timedelta(a + n)) for a, n in lengths]
    ends = sorted(holds, key=lambda span: span[1])
    counted, known = timedelta(), [(begin, None) for begin, _ in ends]
    for number, (_, end) in enumerate(ends):
        so_far = [span for span in known if span[0] <= end]
        counted += end - min(end, stopped_since(so_far, end))
        known[number] = ends[number]
    stood = {n for a, length in lengths for n in range(a, a + length)}
    assert counted == timedelta(len(stood))


def test_a_hold_over_a_weekend_and_a_holiday_moves_by_the_working_days():
    """Held on Friday, a holiday on Monday, released on Tuesday: one working day."""
    closed = Calendar(closed=frozenset({date(2026, 11, 9)}))
    assert after_stop(closed, date(2026, 11, 18), date(2026, 11, 6), date(2026, 11, 10)) == date(2026, 11, 19)


@given(calendars, days, days, st.integers(0, 60))
def test_a_stop_moves_a_day_by_the_days_that_went_by(calendar, day, stopped, length):
    day, today = calendar.next_open(day), stopped + timedelta(length)
    after = after_stop(calendar, day, stopped, today)
    assert after >= day
    assert calendar.working_days_between(day, after) == calendar.working_days_between(stopped, today)


@given(calendars, calendars, days, days)
def test_a_changed_calendar_never_brings_a_day_nearer(old, new, day, today):
    assert recounted(old, new, day, today) >= day
    again = recounted(old, old, old.next_open(day), today)
    assert again == old.next_open(day)


def test_a_changed_calendar_keeps_the_working_days_that_are_left():
    closed = Calendar(closed=frozenset({date(2026, 11, 5)}))
    assert recounted(plain, closed, date(2026, 11, 9), MONDAY) == date(2026, 11, 10)
    assert recounted(plain, closed, date(2026, 11, 4), MONDAY) == date(2026, 11, 4)
    assert recounted(closed, plain, date(2026, 11, 9), MONDAY) == date(2026, 11, 9)
    assert recounted(plain, closed, MONDAY - timedelta(3), MONDAY) == MONDAY - timedelta(3)
    assert recounted(plain, closed, date(2026, 11, 5), date(2026, 11, 1)) == date(2026, 11, 6)
    assert recounted(plain, closed, date(2026, 11, 5), date(2026, 11, 4)) == date(2026, 11, 6)


def test_the_release_is_given_a_day():
    assert RELEASE_DAYS == 1


def test_under_a_clock_that_was_put_back_a_stop_moves_nothing():
    assert after_stop(plain, date(2026, 11, 4), date(2026, 11, 6), MONDAY) == date(2026, 11, 4)


def test_a_day_that_is_today_stays_also_where_nobody_works_on_it_any_more():
    assert recounted(plain, Calendar(closed=frozenset({MONDAY})), MONDAY, MONDAY) == MONDAY
