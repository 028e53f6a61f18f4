from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewhub.domain.agreement import Agreement, Sheet, Verdict, across_met, agree
from reviewhub.domain.errors import Invalid
from reviewhub.domain.resolution import resolve
from reviewhub.domain.rubric import AgreementPolicy, Policies, ResolutionPolicy
from tests.rubrics import criterion, ratings_of, rubrics, scored, sheet, small_rubric

CENT = Decimal("0.01")
FULL = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}


def within(levels, **resolution):
    return small_rubric(
        policies=Policies(
            agreement=AgreementPolicy("within", levels), resolution=ResolutionPolicy(**resolution)
        )
    )


def why(rubric, one, two):
    return {
        v.criterion_id: v.why
        for v in agree(rubric, [sheet(1, **FULL | one), sheet(2, **FULL | two)]).verdicts
    }


@given(scored())
def test_agreement_does_not_depend_on_the_order_of_the_sheets(case):
    rubric, sheets = case
    assert agree(rubric, sheets) == agree(rubric, sheets[::-1])


@given(scored())
def test_opposite_sides_of_met_always_disagree(case):
    rubric, sheets = case
    disputed = agree(rubric, sheets).disputed
    for c in rubric.criteria:
        if across_met(c, [s.ratings[c.id] for s in sheets]):
            assert c.id in disputed


@given(scored(), st.data())
def test_what_agrees_is_resolved_between_the_lowest_and_the_highest_sheet(case, data):
    rubric, sheets = case
    assume(agree(rubric, sheets).agreed)
    for result in resolve(rubric, sheets).results:
        c = rubric.criterion(result.criterion_id)
        if c.code(result.level_id):
            assert {s.ratings[c.id] for s in sheets} == {result.level_id}
            continue
        given_levels = [c.index(s.ratings[c.id]) for s in sheets]
        assert min(given_levels) <= c.index(result.level_id) <= max(given_levels)
        # rounding never carries a result over the cut
        assert c.is_met(result.level_id) == c.is_met(sheets[0].ratings[c.id])


@given(rubrics(), st.data())
def test_the_adjudicator_is_final_on_what_they_rate(rubric, data):
    one, two, final = (data.draw(ratings_of(rubric)) for _ in range(3))
    sheets = [sheet(1, **one), sheet(2, **two), sheet(3, "adjudicator", **final)]
    results = {r.criterion_id: r.level_id for r in resolve(rubric, sheets).results}
    assert rubric.policies.resolution.rule != "expert_final" or results == final
    # and has no say in whether the two agreed
    assert agree(rubric, sheets) == agree(rubric, sheets[:2])


@given(scored(), st.data())
def test_a_third_score_leads_nowhere_beyond_what_somebody_gave(case, data):
    """Under every rule, and whatever the order in which the sheets came."""
    rubric, sheets = case
    final = data.draw(ratings_of(rubric))
    third = sheet(9, "adjudicator", **final)
    made = resolve(rubric, [*sheets, third])
    assert made == resolve(rubric, [third, *sheets[::-1]])
    for result in made.results:
        c = rubric.criterion(result.criterion_id)
        given_ = [one.ratings[c.id] for one in (*sheets, third)]
        if any(c.code(one) for one in given_):
            assert result.level_id == final[c.id]
            continue
        everybody = [c.level(one).points for one in given_]
        assert min(everybody) <= c.level(result.level_id).points <= max(everybody)
        assert min(everybody) - CENT <= result.value <= max(everybody) + CENT


def test_equal_totals_with_different_criteria_disagree():
    verdicts = why(
        small_rubric(), {"goal": "clear", "audience": "tested"}, {"goal": "tested", "audience": "clear"}
    )
    assert verdicts == {"goal": "differ", "audience": "differ", "respect": "same", "honest": "same"}


def test_within_agrees_only_on_the_same_side_of_met():
    rubric = within(1)
    assert why(rubric, {"goal": "clear"}, {"goal": "tested"})["goal"] == "within"
    assert why(rubric, {"goal": "absent"}, {"goal": "vague"})["goal"] == "within"
    assert why(rubric, {"goal": "vague"}, {"goal": "clear"})["goal"] == "across_met"
    assert why(rubric, {"respect": "yes"}, {"respect": "no"})["respect"] == "across_met"


def test_within_compares_the_farthest_of_several_sheets():
    five = criterion("goal", "l5", ("L1", "L2", "L3", "L4", "L5"))
    rubric = small_rubric(criteria=(five,), policies=Policies(agreement=AgreementPolicy("within", 2)))
    sheets = [sheet(n, goal=level, honest="yes") for n, level in enumerate(("l1", "l2", "l4"), 1)]
    assert agree(rubric, sheets).disputed == ("goal",)


@pytest.mark.parametrize(
    ("adjacent", "level", "value", "rule"),
    [
        ("lower", "clear", "3", "adjacent_lower"),
        ("higher", "tested", "4", "adjacent_higher"),
        ("mean", "tested", "3.50", "adjacent_mean"),
    ],
)
def test_adjacent_levels_are_resolved_by_the_policy(adjacent, level, value, rule):
    sheets = [sheet(1, **FULL), sheet(2, **FULL | {"goal": "tested"})]
    goal = resolve(within(1, adjacent=adjacent), sheets).results[0]
    assert (goal.level_id, goal.value, goal.rule) == (level, Decimal(value), rule)


def test_the_declared_rounding_decides_the_level_of_a_mean():
    sheets = [sheet(1, **FULL), sheet(2, **FULL | {"goal": "tested"})]
    assert resolve(within(1, adjacent="mean", rounding="half_down"), sheets).results[0].level_id == "clear"


def test_a_dispute_without_an_adjudicator_is_refused_not_guessed():
    sheets = [sheet(1, **FULL), sheet(2, **FULL | {"goal": "vague"})]
    with pytest.raises(Invalid) as refused:
        resolve(small_rubric(), sheets)
    assert [p.field for p in refused.value.problems] == ["goal"]
    partly = sheet(3, "adjudicator", goal="tested")
    results = {r.criterion_id: r.level_id for r in resolve(small_rubric(), [*sheets, partly]).results}
    assert results == FULL | {"goal": "tested"}


def test_the_agreement_of_a_plugin_is_respected():
    sheets = [sheet(1, **FULL), sheet(2, **FULL | {"goal": "tested"})]
    own = Agreement(tuple(Verdict(cid, agreed=True, why="close enough") for cid in FULL))
    assert resolve(small_rubric(), sheets, own).results[0].level_id == "clear"


def test_only_what_is_scored_is_resolved():
    results = resolve(small_rubric(), [sheet(1, goal="clear"), sheet(2, goal="clear")]).results
    assert [r.criterion_id for r in results] == ["goal"]


@pytest.mark.parametrize(
    "sheets",
    [
        [],
        [sheet(1, goal="clear")],
        [sheet(1), sheet(2)],
        [sheet(1, goal="clear"), sheet(2, audience="clear")],
        [sheet(1, goal="clear"), sheet(2, goal="clear", audience="clear")],
        [sheet(1, goal="clear"), sheet(2, goal="splendid")],
        [sheet(1, luck="clear"), sheet(2, luck="clear")],
        [sheet(1, goal="clear"), sheet(2, goal="clear"), sheet(3, "adjudicator", audience="clear")],
    ],
)
def test_sheets_that_do_not_fit_are_refused(sheets):
    with pytest.raises(Invalid):
        resolve(small_rubric(), sheets)


def problems_of(*sheets):
    with pytest.raises(Invalid) as refused:
        agree(small_rubric(), sheets)
    return [(p.field, p.value) for p in refused.value.problems]


def test_everything_that_does_not_fit_is_named_with_its_seat_in_order():
    one, two = sheet(1, goal="clear"), sheet(2, goal="clear")
    assert problems_of(one) == [("sheets", "1")]
    assert problems_of(sheet(1), sheet(2)) == [("sheets", "")]
    full = sheet(1, **FULL)
    assert problems_of(full, sheet(2)) == [("seat 2", cid) for cid in sorted(FULL)]
    assert problems_of(one, sheet(2, goal="splendid", luck="clear")) == [
        ("seat 1", "luck"),
        ("seat 2", "splendid"),
        ("seat 2", "luck"),
    ]
    # Of what was not scored this time the adjudicator rates nothing; of what was, as much as they like.
    assert problems_of(one, two, sheet(3, "adjudicator", **FULL)) == [
        ("seat 3", cid) for cid in ("audience", "honest", "respect")
    ]
    assert problems_of(one, two, sheet(3, "adjudicator", goal="clear", luck="clear")) == [("seat 3", "luck")]
    assert agree(small_rubric(), [full, sheet(2, **FULL), sheet(3, "adjudicator", goal="tested")]).agreed


def test_the_names_of_the_rules_that_made_a_result():
    sheets = [sheet(1, **FULL), sheet(2, **FULL | {"goal": "vague"}), sheet(3, "adjudicator", goal="tested")]
    rules = {r.criterion_id: r.rule for r in resolve(small_rubric(), sheets).results}
    assert rules == dict.fromkeys(FULL, "same") | {"goal": "expert_final"}


FIVE = small_rubric(
    criteria=(criterion("goal", "l5", ("L1", "L2", "L3", "L4", "L5")),),
    policies=Policies(agreement=AgreementPolicy("within", 3)),
)


def five(*levels, **resolution):
    rubric = replace(FIVE, policies=replace(FIVE.policies, resolution=ResolutionPolicy(**resolution)))
    sheets = [sheet(n, goal=level, honest="yes") for n, level in enumerate(levels, 1)]
    return resolve(rubric, sheets).results[0]


@pytest.mark.parametrize(
    ("levels", "resolution", "level", "value"),
    [
        # The order of the seats and how many sat says nothing; three sheets are not two.
        (("l4", "l1", "l2"), {"adjacent": "lower"}, "l1", "1"),
        (("l4", "l1", "l2"), {"adjacent": "higher"}, "l4", "4"),
        (("l2", "l4", "l1"), {"adjacent": "higher"}, "l4", "4"),
        (("l1", "l2", "l2"), {"adjacent": "lower"}, "l1", "1"),
        (("l1", "l1", "l2"), {"adjacent": "higher"}, "l2", "2"),
        (("l4", "l1", "l2"), {"adjacent": "mean"}, "l2", "2.33"),
        (("l1", "l2"), {"adjacent": "mean", "rounding": "half_up"}, "l2", "1.50"),
        (("l1", "l2"), {"adjacent": "mean", "rounding": "half_down"}, "l1", "1.50"),
        (("l1", "l2"), {"adjacent": "mean", "rounding": "half_even"}, "l1", "1.50"),
        (("l2", "l3"), {"adjacent": "mean", "rounding": "half_even"}, "l3", "2.50"),
    ],
)
def test_what_three_sheets_and_a_half_come_to(levels, resolution, level, value):
    result = five(*levels, **resolution)
    assert (result.level_id, str(result.value)) == (level, value)


@pytest.mark.parametrize(
    ("rounding", "value"), [("half_up", "1.13"), ("half_down", "1.12"), ("half_even", "1.12")]
)
def test_points_are_rounded_as_declared_too(rounding, value):
    one, two, *rest = FIVE.criteria[0].levels
    quarter = replace(FIVE.criteria[0], levels=(one, replace(two, points=Decimal("1.25")), *rest))
    rubric = small_rubric(
        criteria=(quarter,),
        policies=replace(FIVE.policies, resolution=ResolutionPolicy(adjacent="mean", rounding=rounding)),
    )
    sheets = [sheet(1, goal="l1", honest="yes"), sheet(2, goal="l2", honest="yes")]
    assert str(resolve(rubric, sheets).results[0].value) == value


def test_only_the_rule_within_forgives_a_difference():
    """Levels that stand beside the rule "exact" mean nothing."""
    rubric = small_rubric(policies=Policies(agreement=AgreementPolicy("exact", 3)))
    assert why(rubric, {"goal": "clear"}, {"goal": "tested"})["goal"] == "differ"


def test_a_sheet_without_a_seat_is_of_the_first():
    assert Sheet("independent", {}).seat == 1
