"""New policies while others act: each submission a commit, twice is once, and every race has one order."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col

from reviewhub import jobs
from reviewhub.domain.errors import NotFound, Refused, Stale
from reviewhub.models import (
    Attempt,
    DecisionRow,
    Event,
    Outbox,
    PolicyChange,
    Promise,
    Review,
    Round,
    Scoresheet,
    Submission,
)
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.judged import judge, read_question
from reviewhub.services.resolve import _finalise
from reviewhub.services.scope import lock_round
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rounds.shipping import CLOSE, LENIENT, TOLERANT, WHY, decide, ship, touched, waiting


@BOTH
def test_each_submission_is_a_commit_of_its_own_and_twice_is_once(bench):
    for name in ("Ada", "Bea", "Cid"):
        bench.arrive(learner=bench.world.person(f"{name} Learner"))
    new = ship(bench, TOLERANT)
    assert waiting(bench)[0].count == 3
    decide(bench, "recalculate", new)
    (one,) = waiting(bench)
    assert (one.count, one.done, bool(one.change)) == (3, 0, True)
    seen = []
    while rows := bench.all(Outbox, Outbox.job == "apply_policy", col(Outbox.done_at).is_(None)):
        jobs.run_job(bench.kit, rows[0].id)
        jobs.run_job(bench.kit, rows[0].id)
        seen += [one.done for one in waiting(bench)]
    assert seen == [1, 2, 3]
    assert {row.rubric_version_id for row in bench.all(Submission)} == {new.id}
    assert len(bench.all(Event, Event.action == "submission.change_policy")) == 3
    assert waiting(bench) == ()


@BOTH
def test_what_was_released_or_ended_in_between_is_left(bench):
    round_id = bench.decided()
    new = ship(bench, TOLERANT)
    decide(bench, "clear", new)
    bench.release_only()
    bench.run()
    assert bench.round(round_id).state == "resolved"
    assert bench.decision(round_id).outcome == "not_yet"
    assert bench.attempt().rubric_version_id == bench.micro.rubric_version_id


@BOTH
def test_a_judgement_by_the_old_policies_that_comes_too_late_is_thrown_away(bench):
    round_id = bench.seated()
    for review in bench.seats(round_id):
        bench.submit(bench.person(review), WEAK, round_id)
    bench.kit.clock.move(seconds=bench.kit.settings.undo_seconds)
    with bench.kit.write() as tx:  # as far as the commit that closes the sheets
        _finalise(tx, lock_round(tx, round_id))
    with bench.kit.read() as session:
        question = read_question(session, round_id)
    old = judge(bench.kit.judge, question)
    decide(bench, "recalculate", ship(bench, TOLERANT))
    (row,) = bench.all(Outbox, Outbox.job == "apply_policy")
    assert jobs.run_job(bench.kit, row.id)
    assert bench.round(round_id).version > question.version
    assert old.decision.outcome == "not_yet"
    bench.run()
    assert bench.decision(round_id).outcome == "met"


@BOTH
def test_two_coordinators_decide_once(bench):
    bench.decided()
    new = ship(bench, TOLERANT)
    other = bench.actor(bench.world.person("Otto Cord", "coordinator"))

    def decides(one):
        actor, choice = one
        try:
            decide(bench, choice, new, actor)
        except (NotFound, Stale):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(decides, [(bench.cora, "recalculate"), (other, "clear")]))
    assert sorted(done) == [False, True]
    assert len(bench.all(PolicyChange)) == 1
    assert len(bench.all(Event, Event.action == "issuer.change_policy")) == 1


@BOTH
@pytest.mark.parametrize("choice", ["recalculate", "clear"])
def test_release_and_change_at_the_same_moment_have_one_order(bench, choice):
    round_id = bench.decided()
    decide(bench, choice, ship(bench, TOLERANT))
    (row,) = bench.all(Outbox, Outbox.job == "apply_policy")
    (draft,) = bench.feedback("draft")

    def released():
        try:
            bench.release_only(feedback=draft)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        applied = pool.submit(jobs.run_job, bench.kit, row.id)
        gave = pool.submit(released)
        applied.result(), (gave := gave.result())
    bench.run()
    attempt, (first, *more) = bench.attempt(), bench.rounds()
    if gave:
        assert (attempt.state, first.state, more) == ("released", "resolved", [])
        assert bench.decision(round_id).outcome == "not_yet"
    else:
        assert attempt.released_at is None
        assert (first.state == "void") is (choice == "clear")
        assert bench.feedback("released") == []


@BOTH
@pytest.mark.parametrize("choice", ["recalculate", "clear"])
def test_a_sheet_and_a_change_at_the_same_moment_have_one_order(bench, choice):
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    bench.submit(bench.person(first), GOOD, round_id)
    bench.pass_undo()
    decide(bench, choice, ship(bench, LENIENT))
    (row,) = bench.all(Outbox, Outbox.job == "apply_policy")

    def hands_in():
        try:
            bench.submit(bench.person(second), CLOSE, round_id)
        except (NotFound, Refused, Stale):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        handed = pool.submit(hands_in)
        pool.submit(jobs.run_job, bench.kit, row.id).result()
        handed = handed.result()
    bench.pass_undo()
    seat = bench.one(Review, Review.id == second.id)
    if choice == "recalculate":
        assert handed
        assert bench.round(round_id).state == "resolved"
    else:
        assert bench.round(round_id).state == "void"
        assert seat.state == "released"
        assert len(bench.all(Scoresheet, Scoresheet.review_id == second.id)) == handed
        assert not bench.all(DecisionRow)


@BOTH
@pytest.mark.parametrize("choice", ["recalculate", "clear"])
def test_what_is_on_hold_goes_on_by_the_new_policies(bench, choice):
    bench.disputed(GOOD, CLOSE)
    hold(bench.kit, bench.cora, bench.submission.public_id, WHY)
    decide(bench, choice, ship(bench, LENIENT))
    bench.run()
    assert bench.now().state == "held"
    release_hold(bench.kit, bench.cora, bench.submission.public_id, WHY)
    bench.run()
    newest = bench.rounds()[-1]
    assert newest.state == ("resolved" if choice == "recalculate" else "scoring")


def test_what_a_page_says_is_what_is_done(bench):
    """Of submissions at every step, counted before and after."""
    states = []
    for n in range(2):
        bench.learner = bench.world.person(f"Seated {n}")
        states.append(bench.seated(learner=bench.learner))
    new = ship(bench, LENIENT)
    expected = touched(bench, "clear")
    decide(bench, "clear", new)
    bench.run()
    assert expected.void == len(bench.all(Round, Round.state == "void")) == 2
    assert expected.seats == len(bench.all(Review, Review.end_reason == "cleared")) == 4
    assert not bench.all(Promise, Promise.reason == "again", col(Promise.told_at).is_not(None))
    assert not bench.all(Attempt, col(Attempt.rubric_version_id).is_not(None))
