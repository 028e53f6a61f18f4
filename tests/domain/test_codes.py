"""Ratings that are no level: what could not be judged, and what has no place in this work."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.agreement import agree, code_against
from reviewhub.domain.decision import Locked, decide, one_level_short
from reviewhub.domain.errors import Invalid
from reviewhub.domain.evidence_change import Before, fallen
from reviewhub.domain.feedback import Comment, compose
from reviewhub.domain.objection import LIFTED, answer
from reviewhub.domain.points import enough, near_cut
from reviewhub.domain.resolution import Resolution, Resolved, resolve
from reviewhub.domain.rubric import (
    AgreementPolicy,
    Code,
    DecisionPolicy,
    Policies,
    ResolutionPolicy,
)
from reviewhub.domain.rubric_check import validate
from reviewhub.domain.rubric_diff import FactChange, compare_rubrics
from reviewhub.domain.rubric_json import criterion_structure_hash, structure_hash
from reviewhub.domain.sheet import clean_entries, require_complete
from tests.rubrics import criterion, sheet, small_rubric

SILENT = Code("silent", "No sound", "Record it again with the sound switched on.")
APART = Code("apart", "Does not apply", "Nobody else took part.", "not_applicable")


def rubric_with_codes(**policies):
    """Three criteria of levels absent, vague, clear (met), tested, and both codes for each."""
    criteria = tuple(replace(criterion(one), codes=(SILENT, APART)) for one in ("goal", "audience", "plan"))
    return of_criteria(*criteria, policies=Policies(**policies))


def of_criteria(*criteria, policies=None):
    """A rubric that judges these and nothing else, on the plan alone."""
    whole = small_rubric(policies=policies, criteria=criteria)
    return replace(whole, parts=whole.parts[:1], requirements=whole.requirements[:1])


def points(cut, **more):
    return rubric_with_codes(decision=DecisionPolicy("points", cut=Decimal(cut), locks=False), **more)


def rated(goal="clear", audience="clear", plan="clear"):
    return {"goal": goal, "audience": audience, "plan": plan}


def two(one, other):
    return [sheet(1, **one), sheet(2, **other)]


def outcome(rubric, ratings, history=()):
    results = tuple(
        Resolved(cid, one, rubric.criterion(cid).points(one), "same") for cid, one in ratings.items()
    )
    return decide(rubric, Resolution(results), history)


@pytest.mark.parametrize("rule", ["exact", "within", "same_side"])
@pytest.mark.parametrize("other", ["absent", "clear", "apart"])
def test_a_code_agrees_with_nothing_but_itself(rule, other):
    rubric = rubric_with_codes(agreement=AgreementPolicy(rule, levels=3 if rule == "within" else 0))
    same = agree(rubric, two(rated(goal="silent"), rated(goal="silent")))
    assert same.agreed
    assert agree(rubric, two(rated(goal="silent"), rated(goal=other))).disputed == ("goal",)


def test_why_they_disagree():
    rubric = rubric_with_codes()
    why = [v.why for v in agree(rubric, two(rated("silent", "apart"), rated("absent", "clear"))).verdicts]
    assert why == ["code", "across_met", "same"]


def test_a_code_has_no_mean():
    """Nor a place on the scale; nothing may be said to lie between it and a level."""
    assert code_against(rubric_with_codes().criteria[0], ["silent", "absent"])
    assert not code_against(rubric_with_codes().criteria[0], ["silent", "silent"])
    assert not code_against(rubric_with_codes().criteria[0], ["absent", "clear"])


@pytest.mark.parametrize("rule", ["expert_final", "majority", "median", "mean", "closest_pair"])
@pytest.mark.parametrize("third", ["silent", "apart", "clear"])
def test_where_a_code_is_among_them_the_third_decides(rule, third):
    rubric = rubric_with_codes(resolution=ResolutionPolicy(rule))
    sheets = [*two(rated(goal="silent"), rated(goal="clear")), sheet(3, "adjudicator", goal=third)]
    made = resolve(rubric, sheets).results[0]
    assert (made.level_id, made.rule) == (third, "expert_final")
    assert made.value == (3 if third == "clear" else 0)


def test_a_code_too_is_replaced_by_a_third_who_saw_nothing():
    rubric = rubric_with_codes(resolution=ResolutionPolicy("third_replaces"))
    sheets = [*two(rated(goal="silent"), rated(goal="clear")), sheet(3, "adjudicator", goal="apart")]
    made = resolve(rubric, sheets).results[0]
    assert (made.level_id, made.rule) == ("apart", "third_replaces")


def test_both_gave_the_same_code():
    rubric = rubric_with_codes(resolution=ResolutionPolicy(adjacent="mean"))
    made = resolve(rubric, two(rated(goal="silent"), rated(goal="silent"))).results[0]
    assert made == Resolved("goal", "silent", Decimal(0), "same")


def test_what_a_plugin_calls_agreed_has_no_middle_either():
    rubric = rubric_with_codes()
    sheets = two(rated(goal="silent"), rated(goal="absent"))
    agreed = agree(rubric, two(rated(), rated()))
    with pytest.raises(Invalid, match="goal: A code and another rating are no neighbours"):
        resolve(rubric, sheets, agreed)


@pytest.mark.parametrize("rubric", [rubric_with_codes(decision=DecisionPolicy(tolerance=2)), points("7.5")])
def test_before_everything_could_be_judged_it_is_not_met(rubric):
    """Unscorable is not the lowest level: no tolerance forgives it, and no points make up for it."""
    made = outcome(rubric, rated("silent", "tested", "tested"))
    assert (made.outcome, made.rule, made.met) == ("not_yet", "unscorable", ("audience", "plan"))


@pytest.mark.parametrize("rubric", [rubric_with_codes(), points("7.5")])
def test_what_has_no_place_in_the_work_is_left_out(rubric):
    made = outcome(rubric, rated("apart"))
    assert (made.outcome, made.met) == ("met", ("audience", "plan"))
    assert outcome(rubric, rated("apart", "vague", "vague")).outcome == "not_yet"


@pytest.mark.parametrize("rubric", [rubric_with_codes(), points("7.5")])
def test_nothing_at_all_is_not_everything(rubric):
    made = outcome(rubric, rated("apart", "apart", "apart"))
    assert (made.outcome, made.rule, made.met) == ("not_yet", "nothing_applies", ())


def test_no_tolerance_is_wide_enough_for_everything_that_applies():
    """Two of three may be one level short; where two or one apply, one of them still has to be met."""
    rubric = rubric_with_codes(decision=DecisionPolicy(tolerance=2))
    assert outcome(rubric, rated("vague", "vague", "clear")).outcome == "met"
    assert outcome(rubric, rated("apart", "vague", "clear")).outcome == "met"
    assert outcome(rubric, rated("apart", "vague", "vague")).outcome == "not_yet"
    assert outcome(rubric, rated("apart", "apart", "vague")).outcome == "not_yet"
    assert outcome(rubric, rated("apart", "apart", "clear")).rule == "all_met"


def test_what_has_no_place_is_not_locked():
    made = outcome(rubric_with_codes(), rated("apart", "vague", "clear"))
    assert made.locked == ("plan",)


def test_a_floor_holds_for_what_applies():
    rubric = points("7.5")
    goal = replace(rubric.criteria[0], floor="vague")
    rubric = of_criteria(goal, *rubric.criteria[1:], policies=rubric.policies)
    assert outcome(rubric, rated("absent", "tested", "tested")).rule == "points+floor"
    assert outcome(rubric, rated("apart", "tested", "tested")).rule == "points"


def test_the_cut_moves_with_what_applies():
    """From 3 (all lowest) to 9 (all met) 7.5 lies three quarters up; of two, from 2 to 6, that is 5."""
    rubric = points("7.5")
    assert enough(rubric, rubric.criteria) == Decimal("7.5")
    assert enough(rubric, rubric.criteria[:2]) == 5
    assert outcome(rubric, rated("vague", "clear", "apart")).outcome == "met"
    assert outcome(rubric, rated("vague", "vague", "apart")).outcome == "not_yet"


def test_the_moved_cut_is_rounded_for_the_learner():
    rubric = points("7")
    assert enough(rubric, rubric.criteria[:2]) == Decimal("4.66")


def test_rounding_gives_it_to_nobody_who_has_the_lowest_level_and_keeps_it_from_nobody_who_met_it():
    """Rounded down, a cut just above what everybody gets would be that."""
    rubric = points("3.001")
    assert enough(rubric, rubric.criteria[:1]) == Decimal("1.01")
    assert outcome(rubric, rated("absent", "apart", "apart")).outcome == "not_yet"
    assert outcome(rubric, rated("vague", "apart", "apart")).outcome == "met"
    tiny = tuple(replace(one, weight=Decimal("0.001")) for one in rubric.criteria)
    tiny_rubric = of_criteria(*tiny, policies=points("0.007").policies)
    assert enough(tiny_rubric, tiny[:1]) == Decimal("0.003")
    assert outcome(tiny_rubric, rated("clear", "apart", "apart")).outcome == "met"
    assert outcome(tiny_rubric, rated("vague", "apart", "apart")).outcome == "not_yet"


def test_no_cut_no_points():
    with pytest.raises(Invalid, match="Points need a cut"):
        enough(rubric_with_codes(), ())


@given(
    cut=st.integers(31, 90).map(lambda tenths: Decimal(tenths) / 10),
    apart=st.sets(st.sampled_from(["goal", "audience", "plan"]), max_size=2),
)
def test_whoever_meets_all_that_applies_has_met_it_and_the_lowest_never_do(cut, apart):
    rubric = points(cut)
    all_met = {cid: "apart" if cid in apart else "clear" for cid in rated()}
    lowest = {cid: "apart" if cid in apart else "absent" for cid in rated()}
    assert outcome(rubric, all_met).outcome == "met"
    assert outcome(rubric, lowest).outcome == "not_yet"


def test_a_sum_near_the_cut():
    rubric = points("7.5", agreement=AgreementPolicy(near_cut=Decimal("0.5")))
    goal = [rated("vague"), rated("vague")]
    assert near_cut(rubric, goal, Decimal("0.5"))
    assert near_cut(rubric, [rated("silent"), rated("silent")], Decimal(9)) is False
    assert near_cut(rubric, [rated("vague", "clear", "apart")] * 2, Decimal(0))
    assert not near_cut(rubric, [rated("clear", "clear", "apart")] * 2, Decimal("0.5"))


def test_a_code_is_not_one_level_short():
    goal = rubric_with_codes().criteria[0]
    assert one_level_short(goal, "vague")
    assert not one_level_short(goal, "silent")
    assert not one_level_short(goal, "apart")


def test_a_doubted_lock_that_cannot_be_judged_falls():
    rubric = rubric_with_codes()
    made = answer(rubric, Resolution(()), [Locked("goal", "clear", 1)], {"goal": "silent"})
    assert made.resolution.results == (Resolved("goal", "silent", Decimal(0), LIFTED),)
    assert made.history == ()


def test_what_was_met_and_is_now_called_a_code_on_the_same_evidence_goes_to_a_third():
    rubric = rubric_with_codes(decision=DecisionPolicy(locks=False))
    before = Before(frozenset({"goal"}), ())
    assert fallen(rubric, before, (), two(rated("silent"), rated("silent"))) == ("goal",)


def test_a_sheet_may_hold_a_code_and_says_what_stood_in_the_way():
    rubric = rubric_with_codes()
    given_ = {cid: {"level": one, "comment": ""} for cid, one in rated("silent", "apart", "clear").items()}
    entries = clean_entries(rubric.criteria, given_)
    with pytest.raises(Invalid) as told:
        require_complete(rubric, entries)
    assert [(p.field, p.message) for p in told.value.problems] == [
        ("comment-goal", "Goal: say what stands in the way, so that the learner can mend it.")
    ]
    entries["goal"]["comment"] = "Nothing can be heard after the first minute."
    require_complete(rubric, entries)


def item(rating, *comments):
    rubric = rubric_with_codes()
    results = Resolution((Resolved("goal", rating, Decimal(0), "same"),))
    decision = outcome(rubric, rated(rating))
    said = [Comment("goal", rating, text, seat) for seat, text in enumerate(comments, 1)]
    return compose(rubric, results, decision, said).items[0]


def test_the_learner_is_told_what_to_do_about_it():
    made = item("silent", "Nothing can be heard after the first minute.")
    assert made.do == "No sound: Record it again with the sound switched on."
    assert (made.saw, made.flags) == ("Nothing can be heard after the first minute.", ())


def test_what_does_not_apply_asks_for_nothing():
    made = item("apart")
    assert (made.do, made.flags) == ("", ())


PLACES = {
    "parts[0].criteria[0].codes: Give 9 codes at most.": [replace(SILENT, id=f"c{n}") for n in range(10)],
    "parts[0].criteria[0].codes: The id 'clear' is used 2 times. Give each its own.": [
        replace(SILENT, id="clear")
    ],
    "parts[0].criteria[0].codes[1].id: Start with a lower-case letter; "
    "use letters, digits, - and _ (60 at most).": [SILENT, replace(APART, id="1")],
    "parts[0].criteria[0].codes[0].name: This is shown to people. Write something.": [
        replace(SILENT, name=" ")
    ],
    "parts[0].criteria[0].codes[0].description: Shorten this to 1000 characters.": [
        replace(SILENT, description="x" * 1001)
    ],
}


@pytest.mark.parametrize("message", PLACES)
def test_what_is_wrong_with_codes(message):
    criteria = (replace(criterion("goal"), codes=tuple(PLACES[message])), criterion("plan"))
    assert [p.message for p in validate(of_criteria(*criteria))] == [message]


def test_the_only_criterion_always_applies():
    only = replace(criterion("goal"), codes=(SILENT, APART))
    (problem,) = validate(of_criteria(only))
    assert problem.message == "criterion goal.codes: The only criterion always applies. Remove this code."
    assert validate(rubric_with_codes()) == ()


def test_rubrics_without_codes_are_hashed_as_ever_and_a_codes_words_are_wording():
    goal = criterion("goal")
    reworded = replace(goal, codes=(replace(SILENT, name="Silent"),))
    coded = replace(goal, codes=(SILENT,))
    assert criterion_structure_hash(coded) == criterion_structure_hash(reworded)
    assert criterion_structure_hash(coded) != criterion_structure_hash(goal)
    assert criterion_structure_hash(coded) != criterion_structure_hash(
        replace(goal, codes=(replace(SILENT, kind="not_applicable"),))
    )
    assert structure_hash(of_criteria(coded)) == structure_hash(of_criteria(reworded))


def test_how_versions_differ_in_codes():
    goal, elsewise = criterion("goal"), replace(SILENT, kind="not_applicable")
    before = of_criteria(replace(goal, codes=(SILENT,)))
    after = of_criteria(replace(goal, codes=(elsewise,)))
    (changed,) = compare_rubrics(before, after)
    assert (changed.thing, changed.what, changed.within) == ("code", "changed", "Goal")
    assert changed.facts == (FactChange("code_kind", "unscorable", "not_applicable"),)
    (gone,) = compare_rubrics(before, of_criteria(criterion("goal")))
    assert (gone.thing, gone.what, gone.structural) == ("code", "removed", True)
    (came,) = compare_rubrics(of_criteria(criterion("goal")), before)
    assert (came.thing, came.what, came.description) == ("code", "added", SILENT.description)
