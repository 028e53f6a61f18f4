"""How an issuer works: set with a reason, never behind anybody's back, and never to an earlier promise."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.errors import Invalid, NotFound, Stale
from reviewhub.jobs import run_due
from reviewhub.models import Attempt, Event, EventText, Issuer, LetterRow, Outbox, Review
from reviewhub.services.practice import LIMITS, ClosedDay, Practice, practice_of
from reviewhub.services.recount_days import BATCH
from reviewhub.services.set_practice import set_practice
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH

FIRST = Calendar().add_working_days(date(2026, 11, 2), 14)
HOLIDAY = ClosedDay(date(2026, 11, 11), "Founders' Day")


@pytest.fixture
def issuer(kit, house):
    def read():
        with kit.read() as session:
            return session.get_one(Issuer, house.micro.issuer_id)

    return read


@pytest.fixture
def change(kit, house, issuer):
    """Set the practice as it is but for these values."""

    def act(actor=None, seen=None, reason="Agreed on Monday.", move=False, **values):
        now = practice_of(issuer())
        return set_practice(
            kit, actor or house.cora, "harbor", seen or now.stamp, replace(now, **values), reason, move=move
        )

    return act


@pytest.fixture
def scoring(house):
    return house.cases.scoring(house.learner, house.micro, house.ana, house.ben)


@pytest.fixture
def days_of(kit):
    def read(case):
        with kit.read() as session:
            query = select(Review.due_on).where(Review.round_id == case.round.id).order_by(col(Review.id))
            return session.get_one(Attempt, case.attempt.id).promised_on, session.exec(query).all()

    return read


def letters(kit, kind):
    with kit.read() as session:
        return session.exec(select(LetterRow).where(LetterRow.kind == kind)).all()


@BOTH
def test_everything_is_set_at_once_with_its_reason(kit, house, issuer, change):
    wanted = Practice(
        zone="Pacific/Auckland",
        week=frozenset({0, 1, 2, 3}),
        closed=(HOLIDAY,),
        assignment="both",
        claim_hours=24,
        grace_days=5,
        idle_days=90,
        appeal_days=15,
        audit_percent=10,
    )
    seen = practice_of(issuer()).stamp
    assert set_practice(kit, house.cora, "harbor", seen, wanted, " Summer term. ", move=False)
    assert practice_of(issuer()) == wanted
    with kit.read() as session:
        event = session.exec(select(Event).where(Event.action == "issuer.set_practice")).one()
        assert (
            session.exec(select(EventText.text).where(EventText.event_id == event.id)).one() == "Summer term."
        )
    assert event.actor_id == house.person.id
    assert event.facts["zone"] == ["UTC", "Pacific/Auckland"]
    assert event.facts["week"] == [[0, 1, 2, 3, 4], [0, 1, 2, 3]]
    assert event.facts["closed"] == [[], ["2026-11-11"]]
    assert event.facts["grace_days"] == [3, 5]
    assert "Founders" not in str(event.facts)


def test_only_what_changed_is_in_the_event(kit, change):
    assert change(grace_days=4)
    assert change(closed=(HOLIDAY,))
    with kit.read() as session:
        query = select(Event.facts).where(Event.action == "issuer.set_practice").order_by(col(Event.id))
        first, second = session.exec(query).all()
    assert first == {"grace_days": [3, 4]}
    assert set(second) == {"zone", "week", "closed"}


def test_nothing_is_written_when_nothing_changed(kit, change):
    assert not change()
    with kit.read() as session:
        assert session.exec(select(Event)).all() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Mars/Base"),
        ("week", frozenset()),
        ("week", frozenset({7})),
        ("closed", (HOLIDAY, HOLIDAY)),
        ("closed", (replace(HOLIDAY, name=""),)),
        ("closed", (replace(HOLIDAY, name="x" * 81),)),
        ("closed", tuple(ClosedDay(date(2026, 1, 1) + timedelta(n), "Closed") for n in range(401))),
        ("assignment", "lottery"),
        ("idle_days", 7),
        *[(name, least - 1) for name, (least, _) in LIMITS.items()],
        *[(name, most + 1) for name, (_, most) in LIMITS.items()],
    ],
)
def test_what_cannot_be_is_said_at_its_field(change, issuer, field, value):
    before = practice_of(issuer())
    with pytest.raises(Invalid) as invalid:
        change(**{field: value})
    assert {p.field for p in invalid.value.problems} == {field}
    assert practice_of(issuer()) == before


def test_a_reason_is_needed_and_all_problems_come_at_once(change):
    with pytest.raises(Invalid) as invalid:
        change(reason=" ", grace_days=-1)
    assert {p.field for p in invalid.value.problems} == {"reason", "grace_days"}


def test_nobody_else_may(kit, house, strangers, change, issuer):
    for actor in strangers:
        with pytest.raises(NotFound):
            change(actor=actor, grace_days=9)
    with pytest.raises(NotFound):
        set_practice(kit, house.cora, "nowhere", "x", practice_of(issuer()), "Why.", move=False)


@BOTH
def test_whoever_looked_at_an_older_practice_overwrites_nothing(issuer, change):
    seen = practice_of(issuer()).stamp
    change(grace_days=4)
    with pytest.raises(Stale):
        change(seen=seen, grace_days=9)
    assert issuer().grace_days == 4


def test_other_acts_at_the_issuer_are_no_clash(kit, house, issuer, change):
    seen = practice_of(issuer()).stamp
    with kit.write() as tx:
        tx.lock(Issuer, house.micro.issuer_id)
    assert change(seen=seen, grace_days=9)


@BOTH
def test_a_changed_calendar_moves_nothing_by_itself(kit, change, scoring, days_of):
    before = days_of(scoring)
    change(closed=(HOLIDAY,))
    run_due(kit)
    assert days_of(scoring) == before
    assert letters(kit, "promise_moved") == []


@BOTH
def test_with_the_tick_due_days_and_promises_move_later(kit, house, clock, change, scoring, days_of):
    promised, due = days_of(scoring)
    clock.move(hours=1)
    change(closed=(HOLIDAY,), move=True)
    run_due(kit)
    assert days_of(scoring) == (promised + timedelta(3), due)
    (letter,) = letters(kit, "promise_moved")
    assert "the days on which the issuer works have changed" in letter.body
    clock.move(hours=1)
    change(closed=(HOLIDAY, ClosedDay(due[0], "Closed")), move=True)
    run_due(kit)
    assert days_of(scoring)[1] == [day + timedelta(1) for day in due]
    assert verify_all(kit)[0]


def test_a_day_that_would_be_earlier_stays(kit, clock, change, scoring, days_of):
    change(closed=(HOLIDAY,), move=True)
    run_due(kit)
    clock.move(days=1)
    before = days_of(scoring)
    change(closed=(), week=frozenset(range(7)), move=True)
    run_due(kit)
    assert days_of(scoring) == before


def test_what_was_given_after_the_change_is_not_counted_twice(kit, house, clock, change, days_of):
    change(closed=(HOLIDAY,), move=True)
    late = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    before = days_of(late)
    run_due(kit)
    assert days_of(late) == before


def test_many_are_moved_in_batches(kit, house, clock, change, days_of):
    cases = [house.cases.waiting(house.world.person(f"Learner {n}"), house.micro) for n in range(BATCH + 2)]
    clock.move(hours=1)
    change(closed=(HOLIDAY,), move=True)
    run_due(kit)
    assert {days_of(case)[0] for case in cases} == {FIRST + timedelta(3)}
    with kit.read() as session:
        rows = session.exec(select(Outbox).where(Outbox.job == "recount_days")).all()
    assert len(rows) == 2
    assert all(row.done_at for row in rows)


def test_a_released_result_is_left_alone(kit, house, clock, change, scoring, days_of):
    house.cases.change(scoring.attempt, state="released")
    house.cases.change(scoring.submission, state="met")
    before = days_of(scoring)[0]
    clock.move(hours=1)
    change(closed=(HOLIDAY,), move=True)
    run_due(kit)
    assert days_of(scoring)[0] == before
