"""What was released is scored again beside it; a coordinator rules where the results differ."""

import pytest
from sqlmodel import col

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import CriterionLock, Event, LetterRow, Round
from reviewhub.services.hold import hold
from reviewhub.services.next_attempt import start_next
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rounds.bench import POOR
from tests.rubrics import small_rubric

WHY = "The first two knew the learner's employer."


def again(bench, *sheets, number=1):
    """Scored once more; gives the new round's id."""
    rescore(bench.kit, bench.cora, bench.submission.public_id, number, WHY)
    bench.run()
    round_id = bench.rounds()[-1].id
    if sheets:
        bench.score(round_id, *sheets)
    return round_id


def rule(bench, round_id, ruling):
    rule_on_rescore(bench.kit, bench.cora, bench.round(round_id).public_id, ruling, WHY)
    bench.run()


def letters(bench):
    return [row.kind for row in bench.all(LetterRow, LetterRow.person_id == bench.learner.id)]


@BOTH
def test_the_same_result_is_confirmed_and_nothing_else_happens(bench):
    first = bench.released(WEAK)
    told = letters(bench)
    second = again(bench, WEAK, WEAK)
    assert bench.round(second).ruling == "confirmed"
    assert (bench.now().state, bench.attempt().state) == ("revise", "released")
    assert bench.decision(first).outcome == bench.decision(second).outcome == "not_yet"
    assert len(bench.feedback("draft", "aside")) == 0
    assert letters(bench) == told
    assert bench.one(Event, Event.action == "rescore.confirmed").actor_id is None


def test_other_levels_with_the_same_criteria_met_confirm_too(bench):
    bench.released(WEAK)
    assert bench.round(again(bench, *[{**WEAK, "goal": "absent"}] * 2)).ruling == "confirmed"


@BOTH
def test_a_different_result_changes_nothing_until_somebody_rules(bench):
    first = bench.released(GOOD)
    second = again(bench, POOR, POOR)
    assert (bench.round(second).state, bench.round(second).ruling) == ("resolved", "")
    assert (bench.now().state, bench.attempt().state) == ("met", "released")
    assert bench.results(first) == GOOD
    assert bench.locks() == sorted(GOOD)
    assert len(bench.feedback("aside")) == 1
    with pytest.raises(Refused):
        again(bench)
    rule(bench, second, "keep")
    assert (bench.now().state, bench.locks()) == ("met", sorted(GOOD))
    assert len(bench.feedback("replaced")) == 1
    with pytest.raises(Refused):
        rule(bench, second, "take_back")


@BOTH
def test_what_was_met_is_taken_back_with_feedback_and_a_letter_and_locks_follow(bench):
    bench.released(GOOD)
    second = again(bench, POOR, POOR)
    rule(bench, second, "take_back")
    assert (bench.now().state, bench.now().ended_at) == ("under_review", None)
    assert bench.attempt().state == "decided"
    assert bench.locks() == ["audience", "respect"]
    lifted = bench.all(CriterionLock, col(CriterionLock.lifted_at).is_not(None))
    assert {lock.lifted_because for lock in lifted} == {"judged_again"}
    assert letters(bench)[-1] == "result_taken_back"
    assert bench.attempt().promised_on > bench.kit.clock.now().date()
    bench.release()
    assert (bench.now().state, bench.attempt().state) == ("revise", "released")
    assert len(bench.feedback("released")) == 2
    start_next(bench.kit, bench.actor(bench.learner), bench.submission.public_id)


def test_a_more_favourable_result_counts_when_it_is_ruled_so_and_meets_by_the_normal_release(bench):
    bench.released(WEAK)
    second = again(bench, GOOD, GOOD)
    rule(bench, second, "take_back")
    assert (bench.now().state, bench.locks()) == ("under_review", sorted(GOOD))
    (letter,) = bench.all(LetterRow, LetterRow.kind == "result_taken_back")
    assert "more of it met" in letter.body
    assert "sorry" not in letter.body
    bench.release()
    assert bench.now().state == "met"
    assert bench.now().ended_at is not None


def test_a_lock_at_another_level_is_made_anew(bench):
    bench.released(WEAK)
    tested = {**GOOD, "audience": "tested"}
    rule(bench, again(bench, tested, tested), "take_back")
    (lock,) = bench.all(
        CriterionLock, CriterionLock.criterion_id == "audience", col(CriterionLock.lifted_at).is_(None)
    )
    assert lock.level_id == "tested"


def test_a_taken_back_result_can_be_taken_to_a_rescore_again(bench):
    bench.released(GOOD)
    rule(bench, again(bench, POOR, POOR), "take_back")
    bench.release()
    assert bench.round(bench.rounds()[-1].id).ruling == "take_back"
    assert len(bench.assessors) - 4 >= 2
    assert bench.round(again(bench, POOR, POOR)).ruling == "confirmed"


@BOTH
def test_of_an_older_attempt_only_locks_can_be_lifted(bench):
    first = bench.released({**WEAK, "goal": "vague"})
    start_next(bench.kit, bench.actor(bench.learner), bench.submission.public_id)
    second = again(bench, POOR, POOR)
    with pytest.raises(Refused):
        rule(bench, second, "take_back")
    rule(bench, second, "lift")
    assert bench.round(second).ruling == "lift"
    assert bench.now().state == "open"
    assert bench.locks() == ["audience", "respect"]
    assert bench.results(first) == WEAK
    (letter,) = bench.all(LetterRow, LetterRow.kind == "criteria_opened_again")
    honest = next(c.name for c in small_rubric().criteria if c.id == "honest")
    assert honest in letter.body


def test_a_later_attempt_that_is_being_scored_keeps_its_sheet(bench):
    bench.released(WEAK)
    again_id = again(bench, POOR, POOR)
    bench.seated(number=2)
    with pytest.raises(Refused):
        rule(bench, again_id, "lift")
    rule(bench, again_id, "keep")


def test_met_by_a_later_attempt_on_a_lock_that_falls_goes_back_to_the_learner(bench):
    bench.released(WEAK)
    round_id = bench.seated(number=2)
    bench.score(round_id, {"goal": "clear"}, {"goal": "clear"})
    bench.release()
    assert bench.now().state == "met"
    rule(bench, again(bench, POOR, POOR, number=1), "lift")
    assert (bench.now().state, bench.now().ended_at) == ("revise", None)
    assert "honest" not in bench.locks()


def test_who_scores_again_had_no_part_and_scores_what_the_first_had(bench):
    first = bench.disputed()
    bench.adjudicate(first, WEAK)
    bench.release()
    before = {
        review.assessor_id for role in ("independent", "adjudicator") for review in bench.seats(first, role)
    }
    second = again(bench, GOOD, WEAK)
    (judge,) = bench.seats(second, "adjudicator")
    assert not before & {judge.assessor_id, *(review.assessor_id for review in bench.seats(second))}
    bench.adjudicate(second, WEAK)
    assert set(bench.results(second)) == set(bench.results(first))
    assert bench.round(second).ruling == "confirmed"


def test_a_second_attempts_rescore_leaves_out_what_the_first_had_met(bench):
    bench.released(WEAK)
    round_id = bench.seated(number=2)
    bench.score(round_id, {"goal": "clear"}, {"goal": "clear"})
    bench.release()
    second = again(bench, {"goal": "clear"}, {"goal": "clear"}, number=2)
    assert bench.results(second) == {"goal": "clear"}
    assert bench.round(second).ruling == "confirmed"


def test_only_a_coordinator_asks_and_rules_and_says_why(bench):
    bench.released(WEAK)
    pid = bench.submission.public_id
    for person in (bench.people.lead, bench.assessors[0], bench.learner):
        with pytest.raises(NotFound):
            rescore(bench.kit, bench.actor(person), pid, 1, WHY)
    with pytest.raises(Invalid):
        rescore(bench.kit, bench.cora, pid, 1, " ")
    with pytest.raises(NotFound):
        rescore(bench.kit, bench.cora, pid, 2, WHY)
    second = again(bench, POOR, POOR)
    for person in (bench.people.lead, bench.learner):
        with pytest.raises(NotFound):
            rule_on_rescore(bench.kit, bench.actor(person), bench.round(second).public_id, "keep", WHY)
    with pytest.raises(Invalid):
        rule_on_rescore(bench.kit, bench.cora, bench.round(second).public_id, "keep", "")
    with pytest.raises(Invalid):
        rule_on_rescore(bench.kit, bench.cora, bench.round(second).public_id, "confirmed", WHY)
    with pytest.raises(Refused):
        rule_on_rescore(bench.kit, bench.cora, bench.rounds()[0].public_id, "keep", WHY)


def test_a_result_that_is_not_released_is_not_scored_again(bench):
    bench.decided(WEAK)
    with pytest.raises(Refused):
        again(bench)


def test_a_hold_stops_the_ruling_and_the_reason_stays_out_of_the_facts(bench):
    bench.released(WEAK)
    second = again(bench, GOOD, GOOD)
    hold(bench.kit, bench.cora, bench.submission.public_id, WHY)
    with pytest.raises(Refused):
        rule(bench, second, "take_back")
    for event in bench.all(Event, col(Event.action).in_(["submission.rescore", "round.rule"])):
        assert WHY not in str(event.facts)


def test_a_dispute_in_a_rescore_holds_no_promise_and_tells_the_learner_nothing(bench):
    bench.released(WEAK)
    told = letters(bench)
    second = again(bench, GOOD, WEAK)
    assert bench.round(second).state == "adjudicating"
    assert letters(bench) == told
    assert bench.one(Round, Round.id == second).kind == "rescore"
