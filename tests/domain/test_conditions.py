from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.agreement import Sheet, agree
from reviewhub.domain.completeness import check_rubric
from reviewhub.domain.conditions import chosen_options, for_choices, hidden_requirements
from reviewhub.domain.decision import decide
from reviewhub.domain.resolution import resolve
from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, Option, Policies, Requirement, When
from reviewhub.domain.rubric_check import validate
from reviewhub.domain.rubric_diff import compare_rubrics, policies_only
from reviewhub.domain.rubric_json import from_json, structure_hash, to_json
from reviewhub.plugin_api import rubric_from_toml
from tests.rubrics import levels_of, rubrics

RUBRIC = rubric_from_toml(Path(__file__).parents[1] / "shapes" / "conditions.toml")
SHIP = When("setting", ("ship",))


def ids(things):
    return [thing.id for thing in things]


def asked(rubric=RUBRIC, **choices):
    left = for_choices(rubric, choices)
    return ids(left.requirements), ids(left.criteria)


def with_requirements(*more, rubric=RUBRIC):
    return replace(rubric, requirements=(*rubric.requirements, *more))


def choice(rid, when=None):
    return Requirement(rid, rid, "Choose.", "choice", options=(Option("x", "X"), Option("y", "Y")), when=when)


@pytest.mark.parametrize(
    ("choices", "requirements", "criteria"),
    [
        ({}, ["setting", "work"], ["a"]),
        ({"setting": "ship"}, ["setting", "work", "drill"], ["a", "b"]),
        ({"setting": "dock"}, ["setting", "work"], ["a", "c"]),
        ({"setting": "office"}, ["setting", "work"], ["a"]),
        ({"setting": "moon", "other": "ship"}, ["setting", "work"], ["a"]),
    ],
)
def test_what_was_chosen_says_what_is_asked_for_and_judged(choices, requirements, criteria):
    assert asked(**choices) == (requirements, criteria)


def test_a_condition_on_evidence_alone_is_one():
    kept = tuple(part for part in RUBRIC.parts if part.id == "all")
    rubric = replace(RUBRIC, parts=kept, policies=Policies())
    assert asked(rubric, setting="dock") == (["setting", "work"], ["a"])
    assert asked(rubric, setting="ship") == (["setting", "work", "drill"], ["a"])


def test_what_is_hidden_is_named():
    assert hidden_requirements(RUBRIC, {"setting": "dock"}) == {"drill"}
    assert hidden_requirements(RUBRIC, {"setting": "ship"}) == frozenset()


def test_a_part_with_nothing_in_it_is_left_out():
    assert ids(for_choices(RUBRIC, {"setting": "office"}).parts) == ["all"]


def test_a_hidden_choice_hides_what_hangs_on_it():
    rubric = with_requirements(
        choice("deck", SHIP),
        Requirement("log", "Log", "The log.", "text", when=When("deck", ("x",))),
    )
    assert "log" in asked(rubric, setting="ship", deck="x")[0]
    assert "log" not in asked(rubric, setting="dock", deck="x")[0]


def test_the_check_looks_at_what_is_asked_for_and_not_at_the_choice():
    assert ids(check_rubric(for_choices(RUBRIC, {"setting": "ship"})).criteria) == ["work", "drill"]


def test_the_choice_is_said_by_its_name():
    assert [(one.id, name) for one, name in chosen_options(RUBRIC, {"setting": "dock"})] == [
        ("setting", "On a dock")
    ]


def hidden(rubric, cids):
    """The same rubric with some of its criteria under a condition that a choice "x" meets."""
    parts = tuple(
        replace(
            part,
            criteria=tuple(replace(c, when=When("k", ("x",))) if c.id in cids else c for c in part.criteria),
        )
        for part in rubric.parts
    )
    policies = replace(rubric.policies, agreement=AgreementPolicy())
    return replace(rubric, requirements=(choice("k"), *rubric.requirements), parts=parts, policies=policies)


@given(rubrics(), st.data())
def test_what_is_hidden_makes_nobody_short_and_nobody_better(rubric, data):
    away = data.draw(st.sets(st.sampled_from(ids(rubric.criteria)), max_size=len(rubric.criteria) - 1))
    rubric = hidden(rubric, away)
    assert from_json(to_json(rubric)) == rubric
    whole, left = for_choices(rubric, {"k": "x"}), for_choices(rubric, {"k": "y"})
    assert whole == rubric
    assert set(ids(left.criteria)) == set(ids(rubric.criteria)) - away
    ratings = data.draw(levels_of(left))
    sheets = [Sheet("independent", ratings, n) for n in range(1, left.policies.eligibility.seats + 1)]
    resolution = resolve(left, sheets)
    assert agree(left, sheets).disputed == ()
    decision = decide(left, resolution, ())
    if all(c.is_met(ratings[c.id]) for c in left.criteria):
        assert decision.outcome == "met"
    assert not away & {*decision.met, *decision.locked}


def test_no_tolerance_is_wide_enough_for_all_that_is_judged():
    """One of three may fall short; where one is judged, that would be everything."""
    rubric = replace(RUBRIC, policies=Policies(decision=DecisionPolicy(tolerance=1)))
    left = for_choices(rubric, {"setting": "office"})
    sheets = [Sheet("independent", {"a": "vague"}, n) for n in (1, 2)]
    assert decide(left, resolve(left, sheets), ()).outcome == "not_yet"


def places(rubric):
    return [problem.field for problem in validate(rubric)]


def with_criterion(cid, **changes):
    parts = tuple(
        replace(part, criteria=tuple(replace(c, **changes) if c.id == cid else c for c in part.criteria))
        for part in RUBRIC.parts
    )
    return replace(RUBRIC, parts=parts)


@pytest.mark.parametrize(
    ("rubric", "place"),
    [
        (with_criterion("a", when=SHIP), "parts[0].criteria[0].when"),
        (with_criterion("b", when=When("work", ("ship",))), "parts[1].criteria[0].when.requirement"),
        (with_criterion("b", when=When("setting", ("moon",))), "parts[1].criteria[0].when.chosen[0]"),
        (with_criterion("b", when=When("setting", ())), "parts[1].criteria[0].when.chosen"),
        (with_criterion("c", requirements=("drill",)), "parts[1].criteria[1].requirements"),
        (with_criterion("c", requirements=("work", "setting")), "parts[1].criteria[1].requirements"),
        (with_requirements(choice("k", When("k", ("x",)))), "requirements[3].when.requirement"),
        (with_requirements(replace(choice("k"), options=())), "requirements[3].options"),
        (with_requirements(replace(choice("k"), options=(Option("x", "X"),) * 2)), "requirements[3].options"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_place(rubric, place):
    found = places(rubric)
    if place == "parts[0].criteria[0].when":  # all under a condition
        assert found == ["parts"]
    else:
        assert place in found


def test_a_condition_is_structure_and_an_options_name_is_not():
    choices = RUBRIC.requirements[0]
    renamed = replace(choices, options=(Option("ship", "At sea"), *choices.options[1:]))
    said = replace(RUBRIC, requirements=(renamed, *RUBRIC.requirements[1:]))
    assert structure_hash(said) == structure_hash(RUBRIC)
    (found,) = compare_rubrics(RUBRIC, said)
    assert (found.id, found.structural, found.texts[0].field) == ("setting", False, "option")
    other = with_criterion("c", when=When("setting", ("dock", "office")))
    assert structure_hash(other) != structure_hash(RUBRIC)
    (found,) = compare_rubrics(RUBRIC, other)
    assert [(f.field, f.before, f.after) for f in found.facts] == [
        ("when", "Setting: On a dock", "Setting: On a dock, In an office")
    ]
    assert not policies_only(RUBRIC, other)
