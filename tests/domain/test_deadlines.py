from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.deadlines import (
    Told,
    active_for,
    idle_due,
    kept_until,
    look_for_people,
    review_due,
    waited_since,
)

DAY = timedelta(1)
WEDNESDAY = date(2026, 11, 11)
ZONES = ("UTC", "Pacific/Auckland", "America/New_York", "Pacific/Kiritimati", "America/Havana")
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
calendars = st.builds(
    Calendar,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.frozensets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=30),
    st.sampled_from(ZONES),
)


def at(zone, *moment):
    return datetime(*moment, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def follow(ask, calendar, now, looks=40, *, until):
    """Look whenever one is told to; what was to be done, with the local day."""
    told, done = None, []
    for _ in range(looks):
        due = ask(now, told)
        if due.step:
            done.append((due.step, calendar.today(now)))
            told = Told(until(), due.step, calendar.today(now))
        if due.step in {"expire", "lapse"}:
            break
        assert due.again > now
        now = due.again
    return done


def review(calendar, now, due_on=WEDNESDAY, grace=3, looks=40):
    offered = calendar.today(now)
    return follow(
        lambda now, told: review_due(calendar, due_on, offered, grace, now, told),
        calendar,
        now,
        looks,
        until=lambda: due_on,
    )


@pytest.mark.parametrize("zone", ZONES)
def test_the_days_of_a_review(zone):
    calendar = Calendar(zone=zone)
    assert review(calendar, at(zone, 2026, 11, 4, 15)) == [
        ("soon", date(2026, 11, 9)),
        ("today", WEDNESDAY),
        ("late", date(2026, 11, 12)),
        ("expire", date(2026, 11, 17)),  # the Tuesday after Thursday, Friday and Monday
    ]


def test_nobody_is_written_to_on_a_day_on_which_nobody_works():
    calendar = Calendar(closed=frozenset({date(2026, 11, 12), date(2026, 11, 9)}))
    assert review(calendar, at("UTC", 2026, 11, 4, 15)) == [
        ("soon", date(2026, 11, 6)),
        ("today", WEDNESDAY),
        ("late", date(2026, 11, 13)),
        ("expire", date(2026, 11, 18)),
    ]


def test_whoever_was_asked_today_is_not_reminded_today():
    assert review(Calendar(), at("UTC", 2026, 11, 9, 8))[0] == ("soon", date(2026, 11, 10))
    assert review(Calendar(), at("UTC", 2026, 11, 10, 8))[0] == ("today", WEDNESDAY)


def test_without_days_of_grace_nothing_ends():
    assert review(Calendar(), at("UTC", 2026, 11, 4, 15), grace=0, looks=300)[-1] == (
        "late",
        date(2026, 11, 12),
    )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
@pytest.mark.parametrize("grace", [1, 3])
def test_it_ends_when_the_day_after_the_last_begins_there_and_not_before(zone, grace):
    calendar = Calendar(zone=zone)
    told = Told(WEDNESDAY, "late", date(2026, 11, 12))
    ends = at(zone, 2026, 11, 13 if grace == 1 else 17)

    def step(now):
        return review_due(calendar, WEDNESDAY, date(2026, 11, 2), grace, now, told).step

    assert step(ends - timedelta(seconds=1)) == ""
    assert step(ends) == "expire"


@pytest.mark.parametrize(
    ("zone", "due_on", "hours"),
    [
        ("America/New_York", date(2026, 3, 6), 72 + 24 - 1),  # clocks go forward on Sunday, 8 March
        ("America/New_York", date(2026, 10, 30), 72 + 24 + 1),  # and back on Sunday, 1 November
        ("Pacific/Auckland", date(2026, 9, 25), 72 + 24 - 1),
        ("Pacific/Auckland", date(2026, 4, 2), 24 + 24),  # no change in between
    ],
)
def test_days_on_which_clocks_are_set_are_whole_days(zone, due_on, hours):
    """A lease of ORA2's ended after 3 hours instead of 8: it was computed with a naive time."""
    calendar, begins = Calendar(zone=zone), Calendar(zone=zone).begins(due_on)
    told = Told(due_on, "late", due_on + DAY)
    again = review_due(calendar, due_on, due_on - 9 * DAY, 1, begins + timedelta(hours=hours - 9), told).again
    assert again - begins == timedelta(hours=hours)


@given(calendars, moments, st.integers(0, 30), st.integers(0, 9), st.integers(0, 400))
def test_looking_late_gives_the_newest_notice_and_ends_nothing_untold(calendar, now, days, grace, late):
    due_on = calendar.add_working_days(calendar.today(now), days)
    offered = calendar.today(now)
    first = review_due(calendar, due_on, offered, grace, now + late * DAY, None)
    assert first.step != "expire"
    assert first.again > now + late * DAY
    if first.step == "late":
        told = Told(due_on, "late", calendar.today(now + late * DAY))
        same = review_due(calendar, due_on, offered, grace, now + late * DAY, told)
        assert same.step == ""


@given(calendars, moments, st.integers(0, 30), st.integers(1, 9))
def test_each_notice_is_given_once_in_order_and_none_after_the_end(calendar, now, days, grace):
    due_on = calendar.add_working_days(calendar.today(now), days)
    steps = [step for step, _ in review(calendar, now, due_on, grace)]
    assert steps in (
        ["soon", "today", "late", "expire"],
        ["today", "late", "expire"],
        ["late", "expire"],  # asked and due on one day
    )


def test_a_day_that_moves_is_told_anew():
    told = Told(WEDNESDAY, "late", date(2026, 11, 12))
    moved = date(2026, 11, 20)
    due = review_due(Calendar(), moved, date(2026, 11, 2), 3, at("UTC", 2026, 11, 12, 9), told)
    assert (due.step, due.again) == ("", at("UTC", 2026, 11, 18, 7))


# ---------------------------------------------------------------- a learner's work


def work(calendar, active, days, now=None, looks=40):
    """With the notice that comes late keeping the work as long as it says."""
    state = {"active": active}

    def ask(now, told):
        due = idle_due(calendar, state["active"], days, now, told)
        today = calendar.today(now)
        if due.step == "last" and kept_until(calendar, state["active"], days) < today + 7 * DAY:
            state["active"] = active_for(calendar, today + 7 * DAY, days)
            due = type(due)("last", idle_due(calendar, state["active"], days, now, None).again)
        return due

    return follow(
        ask, calendar, now or active, looks, until=lambda: kept_until(calendar, state["active"], days)
    )


@pytest.mark.parametrize("zone", ZONES)
def test_the_days_of_work_that_nobody_touches(zone):
    calendar = Calendar(zone=zone)
    assert work(calendar, at(zone, 2026, 5, 1, 22), 180) == [
        ("first", date(2026, 9, 28)),
        ("last", date(2026, 10, 21)),
        ("lapse", date(2026, 10, 29)),  # kept until the 28th
    ]


def test_a_short_time_has_one_notice():
    assert work(Calendar(), at("UTC", 2026, 11, 2, 9), 21) == [
        ("last", date(2026, 11, 16)),
        ("lapse", date(2026, 11, 24)),
    ]


@given(calendars, moments, st.integers(1, 400), st.integers(0, 900))
def test_nothing_lapses_without_a_week_s_notice(calendar, active, days, late):
    done = work(calendar, active, days, active + late * DAY)
    last = next(day for step, day in done if step == "last")
    assert done[-1][0] == "lapse"
    assert done[-1][1] - last >= 7 * DAY
    assert done[-1][1] > kept_until(calendar, active, days)
    assert [step for step, _ in done] in (["first", "last", "lapse"], ["last", "lapse"])


@given(calendars, moments, st.integers(1, 400))
def test_what_is_kept_until_a_day_was_active_that_long_before(calendar, now, days):
    day = calendar.today(now)
    assert kept_until(calendar, active_for(calendar, day, days), days) == day


# ---------------------------------------------------------------- one look at a time


def look(day, told=None, *, due_on=WEDNESDAY, offered=date(2026, 11, 2), grace=3):
    """What a look in the morning of this day of November 2026 asks for, and when it looks again."""
    due = review_due(Calendar(), due_on, offered, grace, at("UTC", 2026, 11, day, 9), told)
    return due.step, due.again


def test_a_second_look_on_the_same_day_says_nothing():
    for day, step in ((9, "soon"), (11, "today"), (12, "late")):
        told = Told(WEDNESDAY, step, date(2026, 11, day))
        assert look(day)[0] == step
        assert look(day, told)[0] == ""


def test_a_clock_that_was_put_back_says_nothing_again():
    assert look(6, Told(WEDNESDAY, "soon", date(2026, 11, 9)))[0] == ""
    assert look(9, Told(WEDNESDAY, "today", WEDNESDAY))[0] == ""
    assert look(10, offered=WEDNESDAY) == ("", at("UTC", 2026, 11, 11, 7))


def test_a_notice_about_another_day_is_none():
    assert look(10, Told(WEDNESDAY, "soon", date(2026, 11, 9)), due_on=date(2026, 11, 12))[0] == "soon"


def test_on_a_closed_day_nothing_is_said_that_is_due_by_then():
    monday = date(2026, 11, 9)
    assert look(7, due_on=monday) == ("", at("UTC", 2026, 11, 9, 7))
    assert look(7, due_on=monday, offered=date(2026, 11, 7)) == ("", at("UTC", 2026, 11, 8, 7))


def test_what_waits_since_before_the_last_working_day_has_waited_long():
    assert waited_since(Calendar(), at("UTC", 2026, 11, 11, 9)) == at("UTC", 2026, 11, 10)
    assert waited_since(Calendar(), at("UTC", 2026, 11, 9, 9)) == at("UTC", 2026, 11, 6)


ACTIVE, UNTIL = at("UTC", 2026, 5, 1, 22), date(2026, 10, 28)


def idle(month, day, told="", *, about=UNTIL, days=180):
    known = Told(about, told, date(2026, 9, 1)) if told else None
    due = idle_due(Calendar(), ACTIVE, days, at("UTC", 2026, month, day, 9), known)
    return due.step, due.again


def test_what_the_learner_was_told_is_not_told_again():
    assert idle(9, 28) == ("first", at("UTC", 2026, 10, 21, 7))
    assert idle(9, 28, "first")[0] == ""
    assert idle(10, 21, "first") == ("last", at("UTC", 2026, 10, 29))
    assert idle(10, 21, "last")[0] == ""
    assert idle(10, 28, "last") == ("", at("UTC", 2026, 10, 29))
    assert idle(10, 29, "last")[0] == "lapse"
    assert idle(10, 29, "last", about=UNTIL - DAY)[0] == "last"
    assert idle(11, 5, "first") == ("last", at("UTC", 2026, 11, 6))


def test_thirty_days_leave_no_room_for_a_first_notice():
    assert idle(5, 1, days=30)[0] == ""
    assert idle(5, 2, days=31)[0] == "first"


def test_activity_is_counted_from_the_middle_of_its_day():
    assert active_for(Calendar(), UNTIL, 180) == at("UTC", 2026, 5, 1, 12)


@pytest.mark.parametrize(("waited", "hours"), [(0, 1), (8, 1), (12, 1.5), (192, 24), (2000, 24), (-5, 1)])
def test_the_longer_a_seat_is_empty_the_less_often_somebody_is_looked_for(waited, hours):
    now = at("UTC", 2026, 11, 11, 9)
    assert look_for_people(now - timedelta(hours=waited), now) == now + timedelta(hours=hours)
