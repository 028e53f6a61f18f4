"""The day a learner is promised: made, moved by what remains, never earlier, and told once a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from reviewhub.domain.calendar import Calendar
from reviewhub.jobs import run_due
from reviewhub.models import (
    Attempt,
    Event,
    Hold,
    Issuer,
    LetterRow,
    Outbox,
    Promise,
    Review,
    Round,
    Submission,
)
from reviewhub.services.hold import hold, release_hold, resume
from reviewhub.services.ids import public_id
from reviewhub.services.judged import Dispute
from reviewhub.services.kit import Job
from reviewhub.services.late_promise import check_promise
from reviewhub.services.promise import promise, remake_promise
from reviewhub.services.reassign import reassign
from reviewhub.services.recorded import record_judgement
from reviewhub.services.scope import lock_round
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH

plain = Calendar()
START = date(2026, 11, 2)
FIRST = plain.add_working_days(START, 14)
HOLIDAYS = (date(2026, 11, 5), date(2026, 11, 9))


@pytest.fixture
def promised(kit):
    """The promises of a case as (day, reason), oldest first; the last one is the attempt's."""

    def read(case):
        with kit.read() as session:
            rows = session.exec(
                select(Promise).where(Promise.attempt_id == case.attempt.id).order_by(col(Promise.id))
            ).all()
            assert session.get_one(Attempt, case.attempt.id).promised_on == rows[-1].day
            return [(row.day, row.reason) for row in rows]

    return read


@pytest.fixture
def moved_letters(kit):
    def read():
        with kit.read() as session:
            query = select(LetterRow).where(LetterRow.kind == "promise_moved").order_by(col(LetterRow.id))
            return session.exec(query).all()

    return read


@pytest.fixture
def due_days(kit):
    def read(case):
        with kit.read() as session:
            query = select(Review).where(Review.round_id == case.round.id).order_by(col(Review.id))
            return [review.due_on for review in session.exec(query)]

    return read


@pytest.fixture
def scoring(house):
    return house.cases.scoring(house.learner, house.micro, house.ana, house.ben)


def close_on(kit, house, *days):
    with kit.write() as tx:
        issuer = tx.session.get_one(Issuer, house.micro.issuer_id)
        issuer.closed = [{"day": day.isoformat(), "name": "Closed"} for day in days]


def at(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def go_to(clock, day, hour=9):
    clock.move(seconds=(at(day, hour) - clock.now()).total_seconds())


def stop(kit, house, case):
    hold(kit, house.cora, case.submission.public_id, "Wait.")


def start_again(kit, house, case):
    release_hold(kit, house.cora, case.submission.public_id, "Go on.")


def remake(kit, case, reason):
    with kit.write() as tx:
        submission = tx.lock(Submission, case.submission.id)
        return remake_promise(tx, submission, tx.session.get_one(Attempt, case.attempt.id), reason)


def record(kit, case, day, reason):
    with kit.write() as tx:
        submission = tx.lock(Submission, case.submission.id)
        promise(tx, submission, tx.session.get_one(Attempt, case.attempt.id), day, reason)


@BOTH
def test_a_hold_over_a_weekend_with_a_holiday(kit, house, clock, scoring, promised, due_days, moved_letters):
    close_on(kit, house, *HOLIDAYS)
    house.cases.change(scoring.attempt, promised_on=date(2026, 11, 20))
    before = due_days(scoring)
    go_to(clock, date(2026, 11, 6))
    stop(kit, house, scoring)
    go_to(clock, date(2026, 11, 10))
    start_again(kit, house, scoring)
    assert promised(scoring)[-1] == (date(2026, 11, 23), "hold")
    closed = Calendar(closed=frozenset(HOLIDAYS))
    assert due_days(scoring) == [closed.add_working_days(day, 1) for day in before]
    (letter,) = moved_letters()
    assert letter.person_id == house.learner.id
    for words in ("Friday 20 November 2026", "Monday 23 November 2026", "it was on hold", "Dana Field"):
        assert words in letter.body
    assert verify_all(kit)[0]


def test_two_holds_one_after_the_other_move_it_twice(kit, house, clock, scoring, promised):
    for begin, end in ((3, 5), (9, 10)):
        go_to(clock, date(2026, 11, begin))
        stop(kit, house, scoring)
        go_to(clock, date(2026, 11, end))
        start_again(kit, house, scoring)
    days = [day for day, _ in promised(scoring)]
    assert days == [FIRST, plain.add_working_days(FIRST, 2), plain.add_working_days(FIRST, 3)]


@BOTH
def test_two_holds_at_once_count_each_day_once(kit, house, clock, promised):
    """A fault of the rules from Tuesday to Thursday, a coordinator's hold from Wednesday to Friday."""
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben, state="final")
    go_to(clock, date(2026, 11, 3))
    house.cases.change(case.round, state="held", held_from="resolving")
    house.world.add(
        Hold(
            public_id=public_id(),
            issuer_id=case.submission.issuer_id,
            submission_id=case.submission.id,
            subject="round",
            subject_id=case.round.id,
            code="plugin_fault",
            back_to="resolving",
            opened_at=kit.clock.now(),
        )
    )
    go_to(clock, date(2026, 11, 4))
    stop(kit, house, case)
    go_to(clock, date(2026, 11, 5))
    resume(kit, house.cora, case.submission.public_id, "Mended.")
    go_to(clock, date(2026, 11, 6))
    start_again(kit, house, case)
    assert promised(case)[-1] == (plain.add_working_days(FIRST, 3), "hold")


def test_a_hold_of_some_hours_moves_nothing(kit, house, clock, scoring, promised, due_days):
    before = due_days(scoring)
    stop(kit, house, scoring)
    clock.move(hours=5)
    start_again(kit, house, scoring)
    assert promised(scoring) == [(FIRST, "arrived")]
    assert due_days(scoring) == before


def test_a_hold_while_evidence_is_checked_promises_nothing(kit, house, clock):
    case = house.cases.open(house.learner, house.micro)
    house.cases.change(case.attempt, state="checking", sent_at=kit.clock.now())
    stop(kit, house, case)
    clock.move(days=7)
    start_again(kit, house, case)
    with kit.read() as session:
        assert session.exec(select(Promise)).all() == []
        assert session.get_one(Attempt, case.attempt.id).promised_on is None


def test_whoever_was_asked_during_a_hold_is_given_the_days_since(kit, house, clock, scoring, due_days):
    go_to(clock, date(2026, 11, 3))
    stop(kit, house, scoring)
    go_to(clock, date(2026, 11, 5))
    with kit.read() as session:
        (seat, _) = session.exec(select(Review).where(Review.round_id == scoring.round.id)).all()
    reassign(kit, house.cora, seat.public_id, house.cleo.public_id, "Ana is away.")
    go_to(clock, date(2026, 11, 9))
    start_again(kit, house, scoring)
    assert due_days(scoring)[-1] == plain.add_working_days(date(2026, 11, 5), 7 + 2)


@BOTH
def test_a_day_that_passes_gives_way_to_an_honest_one(kit, house, clock, scoring, promised, moved_letters):
    with kit.write() as tx:
        submission = tx.lock(Submission, scoring.submission.id)
        promise(tx, submission, tx.session.get_one(Attempt, scoring.attempt.id), FIRST, "given_back")
    go_to(clock, FIRST, hour=23)
    run_due(kit)
    assert moved_letters() == []
    go_to(clock, FIRST + timedelta(1), hour=0)
    run_due(kit)
    honest = plain.add_working_days(FIRST + timedelta(1), 14)
    assert promised(scoring)[-1] == (honest, "late")
    (letter,) = moved_letters()
    assert "We are late, and we are sorry." in letter.body


@BOTH
def test_the_clock_jumps_a_year(kit, house, clock, scoring, promised, moved_letters):
    record(kit, scoring, FIRST, "given_back")
    clock.move(days=365)
    run_due(kit)
    today = kit.clock.now().date()
    assert promised(scoring)[-1] == (plain.add_working_days(today, 14), "late")
    assert len(moved_letters()) == 1
    run_due(kit)
    assert len(moved_letters()) == 1


def test_a_look_that_comes_twice_changes_nothing(kit, house, clock, scoring, promised):
    record(kit, scoring, FIRST, "given_back")
    go_to(clock, FIRST + timedelta(3))
    with kit.read() as session:
        row = session.exec(select(Outbox).where(Outbox.job == "check_promise")).one()
    check_promise(kit, Job(row.id), **row.args)
    before = promised(scoring)
    with kit.write() as tx:
        tx.session.get_one(Outbox, row.id).done_at = None
    check_promise(kit, Job(row.id), **row.args)
    assert promised(scoring) == before


def test_nothing_is_late_while_it_is_held_and_the_release_is_honest(kit, house, clock, scoring, promised):
    record(kit, scoring, FIRST, "given_back")
    go_to(clock, FIRST + timedelta(1), hour=0)
    stop(kit, house, scoring)
    run_due(kit)
    assert promised(scoring)[-1] == (FIRST, "given_back")
    start_again(kit, house, scoring)
    assert promised(scoring)[-1][1] == "late"
    assert promised(scoring)[-1][0] > kit.clock.now().date()


def test_what_is_released_is_looked_at_no_more(kit, house, clock, scoring, promised):
    record(kit, scoring, FIRST, "given_back")
    house.cases.change(scoring.attempt, state="released")
    house.cases.change(scoring.submission, state="met")
    clock.move(days=60)
    run_due(kit)
    assert promised(scoring)[-1] == (FIRST, "given_back")


def test_adjudication_moves_it_only_as_far_as_it_needs(kit, house, clock, promised):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben, state="final")
    house.cases.change(case.round, state="adjudicating")
    assert remake(kit, case, "adjudication") == FIRST
    go_to(clock, date(2026, 11, 16))
    assert remake(kit, case, "adjudication") == plain.add_working_days(date(2026, 11, 16), 8)
    assert [reason for _, reason in promised(case)] == ["arrived", "adjudication"]


def test_a_disagreement_moves_the_day_when_too_little_is_left(kit, house, clock, promised):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben, state="final")
    house.cases.change(case.round, state="resolving")
    go_to(clock, date(2026, 11, 16))
    with kit.write() as tx:
        record_judgement(tx, lock_round(tx, case.round.id), Dispute(("goal",)))
    assert promised(case)[-1] == (plain.add_working_days(date(2026, 11, 16), 8), "adjudication")


@BOTH
def test_a_seat_that_is_filled_anew_late_moves_it_by_what_is_needed(kit, house, clock, scoring, promised):
    with kit.read() as session:
        (seat, _) = session.exec(select(Review).where(Review.round_id == scoring.round.id)).all()
    go_to(clock, date(2026, 11, 5))
    reassign(kit, house.cora, seat.public_id, house.cleo.public_id, "Ana is away.")
    assert promised(scoring)[-1] == (plain.add_working_days(date(2026, 11, 5), 14), "people")


def test_seats_filled_on_the_day_of_arrival_move_nothing(kit, house, promised):
    case = house.cases.waiting(house.learner, house.micro)
    with kit.write() as tx:
        tx.later("fill_seats", round_id=case.round.id)
    run_due(kit)
    assert promised(case) == [(FIRST, "arrived")]


def test_an_appeal_is_a_promise_of_its_own(kit, house, clock, promised, moved_letters):
    case = house.cases.decided(house.learner, house.micro, (house.ana, house.ben))
    house.cases.change(case.attempt, state="submitted")
    go_to(clock, date(2026, 11, 4))
    house.world.add(
        Round(
            public_id=public_id(),
            attempt_id=case.attempt.id,
            number=2,
            kind="appeal",
            created_at=kit.clock.now(),
        )
    )
    assert remake(kit, case, "appeal") == plain.add_working_days(date(2026, 11, 4), 14)
    assert moved_letters() == []


def test_an_audit_beside_the_result_keeps_nobody_waiting(kit, house, promised):
    case = house.cases.decided(house.learner, house.micro, (house.ana, house.ben))
    house.world.add(
        Round(
            public_id=public_id(),
            attempt_id=case.attempt.id,
            number=2,
            kind="audit",
            created_at=kit.clock.now(),
        )
    )
    assert remake(kit, case, "again") == FIRST


def test_nobody_is_promised_anything_who_does_not_wait(kit, house):
    case = house.cases.open(house.learner, house.micro)
    assert remake(kit, case, "again") is None


@BOTH
def test_one_letter_a_day_and_the_rest_the_next_morning(kit, house, clock, scoring, moved_letters):
    days = [plain.add_working_days(FIRST, n) for n in (1, 2, 3)]
    for day in days:
        record(kit, scoring, day, "people")
        clock.move(hours=2)
    run_due(kit)
    assert len(moved_letters()) == 1
    go_to(clock, START + timedelta(1), hour=8)
    run_due(kit)
    first, second = moved_letters()
    assert "Monday 23 November" in first.body
    assert "by Monday 23 November 2026. It is now Wednesday 25 November 2026" in second.body
    clock.move(days=1)
    run_due(kit)
    assert len(moved_letters()) == 2


def test_no_letter_when_it_moves_to_an_earlier_day(kit, scoring, promised, moved_letters):
    record(kit, scoring, FIRST - timedelta(3), "again")
    assert promised(scoring)[-1] == (FIRST - timedelta(3), "again")
    assert moved_letters() == []


def test_a_day_that_was_told_and_came_back_is_not_told_again(kit, clock, scoring, moved_letters):
    record(kit, scoring, FIRST + timedelta(3), "people")
    record(kit, scoring, FIRST, "again")
    clock.move(days=1)
    record(kit, scoring, FIRST + timedelta(3), "people")
    assert len(moved_letters()) == 1


def test_the_event_names_both_days_and_no_person(kit, scoring):
    record(kit, scoring, FIRST + timedelta(3), "people")
    with kit.read() as session:
        event = session.exec(select(Event).where(Event.action == "promise.made")).one()
    assert event.facts == {
        "attempt": scoring.attempt.public_id,
        "day": "2026-11-23",
        "before": "2026-11-20",
        "reason": "people",
    }
    assert verify_all(kit)[0]
