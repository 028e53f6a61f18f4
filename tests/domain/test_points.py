"""Points with a cut: weights, floors, sums near the cut, and which mixes of policies are refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reviewhub.domain.agreement import agree
from reviewhub.domain.decision import Locked, decide
from reviewhub.domain.errors import Invalid
from reviewhub.domain.points import highest, lowest, near_cut, of_all_met
from reviewhub.domain.resolution import Resolution, Resolved, resolve
from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, Policies, ResolutionPolicy
from reviewhub.domain.rubric_check import validate
from tests.rubrics import criterion, sheet, small_rubric

CUT = Decimal(11)
HONEST = {"respect": "yes", "honest": "yes"}
ENOUGH = {"goal": "tested", "audience": "vague", "respect": "yes", "honest": "yes"}


def rubric_of_points(cut=CUT, *, locks=False, near=None, floor="", weight=1, **more):
    """Goal counts `weight` times and audience has a floor; the sum goes from 4 to 12 with weight 1."""
    criteria = (
        replace(criterion("goal"), weight=Decimal(weight)),
        replace(criterion("audience"), floor=floor),
        criterion("respect", "yes", ("No", "Yes")),
    )
    policies = Policies(
        agreement=AgreementPolicy(near_cut=near),
        decision=DecisionPolicy("points", cut=cut, locks=locks),
        **more,
    )
    return small_rubric(policies=policies, criteria=criteria)


def results(rubric, levels, **values):
    return Resolution(
        tuple(
            Resolved(cid, level, values.get(cid, rubric.criterion(cid).level(level).points), "same")
            for cid, level in levels.items()
        )
    )


def outcome(rubric, levels, history=(), **values):
    made = decide(rubric, results(rubric, levels, **values), history)
    return made.outcome, made.rule


def test_the_sums_that_a_rubric_can_give():
    rubric = rubric_of_points(weight=2)
    assert (lowest(rubric.criteria), of_all_met(rubric.criteria), highest(rubric.criteria)) == (5, 13, 16)


def test_what_is_strong_makes_up_for_what_is_weak():
    rubric = rubric_of_points(Decimal(10))
    assert outcome(rubric, ENOUGH) == ("met", "points")
    assert outcome(rubric, ENOUGH | {"goal": "clear"}) == ("not_yet", "points")
    assert decide(rubric, results(rubric, ENOUGH), ()).met == ("goal", "respect", "honest")


def test_a_weight_counts_so_many_times():
    assert outcome(rubric_of_points(Decimal(14), weight=2), ENOUGH) == ("met", "points")
    assert outcome(rubric_of_points(Decimal("14.25"), weight=2), ENOUGH) == ("not_yet", "points")


def test_below_a_floor_no_sum_is_enough():
    rubric = rubric_of_points(Decimal(9), floor="vague")
    assert outcome(rubric, ENOUGH | {"audience": "absent"}) == ("not_yet", "points+floor")
    assert outcome(rubric, ENOUGH) == ("met", "points")


def test_a_mean_between_two_levels_counts_as_what_it_is():
    rubric = rubric_of_points(Decimal("9.5"))
    levels = ENOUGH | {"goal": "clear"}
    assert outcome(rubric, levels) == ("not_yet", "points")
    assert outcome(rubric, levels, goal=Decimal("3.5")) == ("met", "points")


def test_a_locked_criterion_brings_the_points_of_its_level():
    rubric = rubric_of_points(Decimal(10), locks=True)
    rest = {cid: level for cid, level in ENOUGH.items() if cid != "goal"}
    assert outcome(rubric, rest, [Locked("goal", "tested", 1)]) == ("met", "points")
    assert outcome(rubric, rest, [Locked("goal", "clear", 1)]) == ("not_yet", "points")


@pytest.mark.parametrize(
    ("near", "first", "second", "whys"),
    [
        ("1", {}, {}, {"near_cut"}),
        ("0.5", {}, {}, {"same"}),
        (None, {}, {}, {"same"}),
        (
            "0",
            {"goal": "tested", "audience": "clear"},
            {"goal": "clear", "audience": "clear"},
            {"differ", "near_cut"},
        ),
        (
            "1",
            {"goal": "tested", "audience": "clear"},
            {"goal": "clear"},
            {"differ", "across_met", "near_cut"},
        ),
    ],
)
def test_near_the_cut_a_third_scores_everything(near, first, second, whys):
    """Ten points for what is not changed, and eleven are enough."""
    rubric = rubric_of_points(near=near and Decimal(near))
    given = agree(rubric, [sheet(1, **ENOUGH | first), sheet(2, **ENOUGH | second)])
    assert {verdict.why for verdict in given.verdicts} == whys
    assert set(given.disputed) == {v.criterion_id for v in given.verdicts if v.why != "same"}
    assert given == agree(rubric, [sheet(2, **ENOUGH | second), sheet(1, **ENOUGH | first)])


def test_sums_on_both_sides_of_the_cut_are_near_it_though_no_criterion_is_disputed():
    rubric = rubric_of_points(Decimal(10), near=Decimal(0))
    near = AgreementPolicy("same_side", near_cut=Decimal("0.25"))
    rubric = replace(rubric, policies=replace(rubric.policies, agreement=near))
    rubric = with_policies(rubric, cut=Decimal("9.5"))
    given = agree(rubric, [sheet(1, **ENOUGH), sheet(2, **ENOUGH | {"goal": "clear"})])
    assert {verdict.why for verdict in given.verdicts} == {"near_cut"}


def test_one_sum_near_the_cut_is_enough_though_the_other_is_far_above_it():
    rubric = rubric_of_points(Decimal(10), near=Decimal(1))
    assert near_cut(rubric, [ENOUGH, dict.fromkeys(("goal", "audience"), "tested") | HONEST], Decimal(1))
    assert not near_cut(rubric, [ENOUGH | {"audience": "tested"}] * 2, Decimal(1))


def test_where_no_points_decide_nothing_is_near_a_cut():
    assert near_cut(small_rubric(), [ENOUGH, ENOUGH], Decimal(9)) is False


def test_points_without_a_cut_are_decided_by_nobody():
    with pytest.raises(Invalid) as refused:
        outcome(with_policies(rubric_of_points(), cut=None), ENOUGH)
    (problem,) = refused.value.problems
    assert (problem.field, problem.message) == ("policies.decision.cut", "Points need a cut.")


def test_a_part_of_the_criteria_has_no_sum():
    rubric = rubric_of_points(near=Decimal(5))
    assert agree(rubric, [sheet(1, goal="clear"), sheet(2, goal="clear")]).agreed


def test_everybody_on_one_side_of_met_may_agree():
    rubric = small_rubric(policies=Policies(agreement=AgreementPolicy("same_side")))
    (verdict,) = agree(rubric, [sheet(1, goal="absent"), sheet(2, goal="vague")]).verdicts
    assert (verdict.agreed, verdict.why) == (True, "same_side")
    assert not agree(rubric, [sheet(1, goal="vague"), sheet(2, goal="clear")]).agreed


# ---------------------------------------------------------------- a third score


@pytest.mark.parametrize(
    ("rule", "first", "second", "third", "level", "value", "by"),
    [
        ("expert_final", "absent", "clear", "tested", "tested", "4", "expert_final"),
        ("third_replaces", "vague", "clear", "vague", "vague", "2", "third_replaces"),
        ("majority", "vague", "clear", "vague", "vague", "2", "majority"),
        ("majority", "vague", "clear", "tested", "tested", "4", "expert_final"),
        ("median", "absent", "clear", "tested", "clear", "3", "median"),
        ("mean", "absent", "clear", "tested", "clear", "2.67", "mean"),
        ("closest_pair", "absent", "clear", "tested", "tested", "3.5", "closest_pair"),
        ("closest_pair", "absent", "clear", "vague", "vague", "2", "closest_pair"),
        ("closest_pair", "vague", "clear", "vague", "vague", "2", "closest_pair"),
    ],
)
def test_what_a_third_score_makes(rule, first, second, third, level, value, by):
    rubric = small_rubric(policies=Policies(resolution=ResolutionPolicy(rule)))
    sheets = [sheet(1, goal=first), sheet(2, goal=second), sheet(3, "adjudicator", goal=third)]
    (made,) = resolve(rubric, sheets).results
    assert (made.level_id, made.value, made.rule) == (level, Decimal(value), by)


@pytest.mark.parametrize(
    ("adjacent", "level", "by"),
    [
        ("lower", "vague", "median_lower"),
        ("higher", "clear", "median_higher"),
        ("mean", "clear", "median_mean"),
    ],
)
def test_of_four_scores_two_lie_in_the_middle(adjacent, level, by):
    rubric = small_rubric(policies=Policies(resolution=ResolutionPolicy("median", adjacent)))
    sheets = [sheet(n, goal=given) for n, given in enumerate(("absent", "vague", "clear"), 1)]
    (made,) = resolve(rubric, [*sheets, sheet(9, "adjudicator", goal="tested")]).results
    assert (made.level_id, made.rule) == (level, by)


def test_two_pairs_are_as_close_and_the_thirds_own_level_counts():
    """Levels decide what is close; their points are far apart here, so that no mean gives the same."""
    levels = tuple(
        replace(level, points=Decimal(10) ** n) for n, level in enumerate(criterion("goal").levels)
    )
    rubric = small_rubric(
        policies=Policies(resolution=ResolutionPolicy("closest_pair")),
        criteria=(replace(criterion("goal"), levels=levels),),
    )
    sheets = [sheet(1, goal="vague"), sheet(2, goal="tested"), sheet(3, "adjudicator", goal="clear")]
    assert resolve(rubric, sheets).results[0].value == Decimal(100)


def test_half_of_them_are_no_majority():
    rubric = small_rubric(policies=Policies(resolution=ResolutionPolicy("majority")))
    sheets = [sheet(n, goal=given) for n, given in enumerate(("vague", "vague", "clear"), 1)]
    (made,) = resolve(rubric, [*sheets, sheet(9, "adjudicator", goal="tested")]).results
    assert (made.level_id, made.rule) == ("tested", "expert_final")


# ---------------------------------------------------------------- mixes that make no sense


def with_policies(rubric, **decision):
    return replace(
        rubric, policies=replace(rubric.policies, decision=replace(rubric.policies.decision, **decision))
    )


def with_goal(rubric, **values):
    first, *parts = rubric.parts
    goal, *others = first.criteria
    return replace(rubric, parts=(replace(first, criteria=(replace(goal, **values), *others)), *parts))


CONJUNCTIVE = small_rubric()
REFUSED = {
    "points without a cut": (with_policies(rubric_of_points(), cut=None), "policies.decision.cut"),
    "a cut that everybody reaches": (
        with_policies(rubric_of_points(), cut=Decimal(4)),
        "policies.decision.cut",
    ),
    "a cut above all met": (rubric_of_points(Decimal("10.25")), "policies.decision.cut"),
    "points with tolerance": (
        with_policies(rubric_of_points(Decimal(10)), tolerance=1),
        "policies.decision.tolerance",
    ),
    "near the cut with locks": (
        rubric_of_points(Decimal(10), locks=True, near=Decimal(1)),
        "policies.agreement.near_cut",
    ),
    "near by less than nothing": (
        rubric_of_points(Decimal(10), near=Decimal(-1)),
        "policies.agreement.near_cut",
    ),
    "a weight of nothing": (rubric_of_points(Decimal(10), weight=0), "criterion goal.weight"),
    "a floor that is no level": (rubric_of_points(Decimal(10), floor="deep"), "criterion audience.floor"),
    "a floor below which is nothing": (
        rubric_of_points(Decimal(10), floor="absent"),
        "criterion audience.floor",
    ),
    "a floor above met": (rubric_of_points(Decimal(10), floor="tested"), "criterion audience.floor"),
    "a cut without points": (with_policies(CONJUNCTIVE, cut=Decimal(3)), "policies.decision.cut"),
    "a weight without points": (with_goal(CONJUNCTIVE, weight=Decimal(2)), "criterion goal.weight"),
    "a floor without points": (with_goal(CONJUNCTIVE, floor="vague"), "criterion goal.floor"),
    "near a cut without points": (
        small_rubric(policies=Policies(agreement=AgreementPolicy(near_cut=Decimal(1)))),
        "policies.agreement.near_cut",
    ),
    "levels apart where sides count": (
        small_rubric(policies=Policies(agreement=AgreementPolicy("same_side", 1))),
        "policies.agreement.levels",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_mix_that_makes_no_sense_is_refused(what):
    rubric, place = REFUSED[what]
    problems = validate(rubric)
    assert [problem.field for problem in problems] == [place]
    assert all(problem.message.startswith(f"{place}: ") for problem in problems)


def test_what_makes_sense_is_not():
    assert validate(rubric_of_points(Decimal(10), near=Decimal(1), floor="vague", weight="0.5")) != ()
    assert validate(rubric_of_points(Decimal(8), near=Decimal(1), floor="vague", weight="0.5")) == ()
    assert validate(rubric_of_points(Decimal(10), locks=True)) == ()
