from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reviewhub.domain.agreement import Agreement, Verdict, across_met, agree, resolve
from reviewhub.domain.errors import Invalid
from reviewhub.domain.rubric import AgreementPolicy, Policies, ResolutionPolicy
from tests.rubrics import criterion, levels_of, rubrics, scored, sheet, small_rubric

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
        given_levels = [c.index(s.ratings[c.id]) for s in sheets]
        assert min(given_levels) <= c.index(result.level_id) <= max(given_levels)
        # rounding never carries a result over the cut
        assert c.is_met(result.level_id) == c.is_met(sheets[0].ratings[c.id])


@given(rubrics(), st.data())
def test_the_adjudicator_is_final_on_what_they_rate(rubric, data):
    one, two, final = (data.draw(levels_of(rubric)) for _ in range(3))
    sheets = [sheet(1, **one), sheet(2, **two), sheet(3, "adjudicator", **final)]
    assert {r.criterion_id: r.level_id for r in resolve(rubric, sheets).results} == final
    # and has no say in whether the two agreed
    assert agree(rubric, sheets) == agree(rubric, sheets[:2])


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
