import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.codec import decode, encode
from reviewhub.domain.decision import Locked, decide
from reviewhub.domain.errors import Invalid
from reviewhub.domain.resolution import Resolution, Resolved, resolve
from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.domain.rubric_check import validate
from reviewhub.domain.rubric_json import from_json, to_json
from tests.rubrics import criterion, ratings_of, rubrics, scored, small_rubric

MET = {"goal": "clear", "audience": "tested", "respect": "yes", "honest": "yes"}


def resolution(levels):
    return Resolution(tuple(Resolved(cid, level, Decimal(0), "same") for cid, level in levels.items()))


def rubric_with(**decision):
    return small_rubric(policies=Policies(decision=DecisionPolicy(**decision)))


@given(rubrics(), st.data())
def test_raising_a_level_never_turns_met_into_not_yet(rubric, data):
    levels = data.draw(ratings_of(rubric))
    before = decide(rubric, resolution(levels), ())
    on_scale = [criterion for criterion in rubric.criteria if not criterion.code(levels[criterion.id])]
    assume(on_scale)
    chosen = data.draw(st.sampled_from(on_scale))
    higher = data.draw(st.integers(chosen.index(levels[chosen.id]), len(chosen.levels) - 1))
    after = decide(rubric, resolution(levels | {chosen.id: chosen.levels[higher].id}), ())
    assert set(before.met) <= set(after.met)
    assert before.outcome == "not_yet" or after.outcome == "met"


@given(rubrics(), st.data())
def test_what_was_locked_stays_met(rubric, data):
    first = decide(rubric, resolution(data.draw(ratings_of(rubric))), ())
    assert set(first.locked) <= set(first.met)
    if not rubric.policies.decision.locks:
        assert first.locked == ()
        return
    history = [Locked(cid, rubric.criterion(cid).met_from, 1) for cid in first.locked]
    rest = data.draw(ratings_of(rubric))
    again = decide(rubric, resolution({c: lv for c, lv in rest.items() if c not in first.locked}), history)
    assert set(first.locked) <= set(again.locked)


def test_all_met_is_met():
    decision = decide(small_rubric(), resolution(MET), ())
    assert (decision.outcome, decision.rule) == ("met", "all_met")
    assert decision.met == decision.locked == tuple(MET)


def test_one_short_is_not_yet_and_the_rest_locks():
    decision = decide(small_rubric(), resolution(MET | {"goal": "vague"}), ())
    assert decision.outcome == "not_yet"
    assert decision.locked == ("audience", "respect", "honest")


def test_tolerance_forgives_one_level_and_no_more():
    rubric = rubric_with(tolerance=1)
    forgiven = decide(rubric, resolution(MET | {"goal": "vague"}), ())
    assert (forgiven.outcome, forgiven.rule) == ("met", "all_met+tolerance")
    assert "goal" not in forgiven.met
    assert decide(rubric, resolution(MET | {"goal": "absent"}), ()).outcome == "not_yet"
    assert decide(rubric, resolution(MET | {"goal": "vague", "audience": "vague"}), ()).outcome == "not_yet"


def test_one_level_short_may_be_the_lowest_or_not():
    rubric = rubric_with(tolerance=1)
    assert decide(rubric, resolution(MET | {"respect": "no"}), ()).rule == "all_met+tolerance"
    assert decide(rubric, resolution(MET | {"goal": "vague"}), ()).rule == "all_met+tolerance"


def test_a_wider_tolerance_forgives_each_criterion_one_level():
    rubric = rubric_with(tolerance=2)
    assert decide(rubric, resolution(MET | {"goal": "vague", "audience": "vague"}), ()).outcome == "met"
    assert decide(rubric, resolution(MET | {"goal": "absent", "audience": "vague"}), ()).outcome == "not_yet"


def test_the_second_attempt_needs_only_what_was_open():
    history = [Locked(cid, level, 1) for cid, level in MET.items() if cid != "goal"]
    decision = decide(small_rubric(), resolution({"goal": "clear"}), history)
    assert decision.outcome == "met"
    assert decision.locked == tuple(MET)


def test_without_locks_history_does_not_count():
    history = [Locked(cid, level, 1) for cid, level in MET.items() if cid != "goal"]
    with pytest.raises(Invalid) as refused:
        decide(rubric_with(locks=False), resolution({"goal": "clear"}), history)
    assert [p.field for p in refused.value.problems] == ["audience", "respect", "honest"]


def test_an_unknown_level_is_refused():
    with pytest.raises(Invalid) as refused:
        decide(small_rubric(), resolution(MET | {"goal": "splendid"}), ())
    assert [(p.field, p.value) for p in refused.value.problems] == [("goal", "splendid")]


def holistic(*names, locks=False):
    """Judged as a whole by the criteria of these names."""
    policies = Policies(decision=DecisionPolicy("holistic", locks=locks))
    whole = small_rubric(policies=policies, criteria=tuple(map(criterion, names)))
    return replace(whole, parts=whole.parts[:1], requirements=whole.requirements[:1])


@pytest.mark.parametrize(("level", "outcome"), [("vague", "not_yet"), ("clear", "met")])
def test_the_work_as_a_whole(level, outcome):
    made = decide(holistic("whole"), resolution({"whole": level}), ())
    assert (made.outcome, made.rule, made.locked) == (outcome, "holistic", ())


def test_a_whole_has_one_criterion_and_no_locks():
    assert validate(holistic("whole")) == ()
    assert [p.message for p in validate(holistic("one", "other", locks=True))] == [
        (
            "policies.decision.rule: One criterion stands for the whole. "
            'Keep one, or choose the rule "all_met" or "points".'
        ),
        "policies.decision.locks: What is judged as a whole is judged anew each time. Set locks = false.",
    ]


@given(scored(), st.data())
def test_a_decision_is_a_function_of_what_is_stored(case, data):
    """Rubric, sheets and locks as JSON, read again in another order, come to the same."""
    rubric, sheets = case
    third = Sheet("adjudicator", data.draw(ratings_of(rubric)))
    given_ = [*sheets, third]
    made = decide(rubric, resolve(rubric, given_), ())
    stored = json.loads(json.dumps({"rubric": to_json(rubric), "sheets": encode(given_)}, sort_keys=True))
    again = from_json(stored["rubric"])
    read = decode(tuple[Sheet, ...], data.draw(st.permutations(stored["sheets"])))
    assert decide(again, resolve(again, read), ()) == made
