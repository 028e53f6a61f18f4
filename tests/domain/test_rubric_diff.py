from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from reviewhub.domain.rubric import DecisionPolicy, Level, Part, Policies, Requirement
from reviewhub.domain.rubric_diff import FactChange, compare_about, compare_rubrics, move_locks
from reviewhub.domain.rubric_json import criterion_structure_hash, structure_hash
from tests.rubrics import criterion, rubrics, small_rubric

OLD = small_rubric()


def with_criterion(rubric, cid, **changes):
    parts = tuple(
        replace(part, criteria=tuple(replace(c, **changes) if c.id == cid else c for c in part.criteria))
        for part in rubric.parts
    )
    return replace(rubric, parts=parts)


def seen(new, old=OLD):
    return [(d.thing, d.id, d.what, d.structural) for d in compare_rubrics(old, new)]


def test_a_reworded_criterion_is_no_change_of_how_it_is_judged():
    (found,) = compare_rubrics(OLD, with_criterion(OLD, "goal", description="About the goal."))
    assert (found.thing, found.name, found.within, found.structural) == (
        "criterion",
        "Goal",
        "Artifacts",
        False,
    )
    assert [(s.kind, s.text) for s in found.texts[0].words] == [
        ("same", "About "), ("added", "the "), ("same", "goal."),
    ]  # fmt: skip


def test_another_cut_and_other_evidence_are():
    (found,) = compare_rubrics(
        OLD, with_criterion(OLD, "goal", met_from="tested", requirements=("plan", "why"))
    )
    assert found.structural
    assert found.facts == (
        FactChange("met_from", "Clear", "Tested"),
        FactChange("looks_at", "Plan", "Plan, Why"),
    )


def test_added_removed_and_changed_levels():
    levels = OLD.criterion("goal").levels
    worth = replace(levels[1], points=Decimal("2.5"))
    new = with_criterion(OLD, "goal", levels=(worth, *levels[2:], Level("top", "Top", "All.", Decimal(9))))
    assert seen(new) == [
        ("level", "vague", "changed", True),
        ("level", "top", "added", True),
        ("level", "absent", "removed", True),
    ]


def test_added_removed_and_moved_criteria_and_parts():
    first, second = OLD.parts
    new = replace(
        OLD,
        parts=(
            replace(first, criteria=(*first.criteria[1:], criterion("reach"))),
            Part("thought", "Thought", "", second.criteria),
        ),
    )
    assert seen(new) == [
        ("part", "thought", "added", False),
        ("part", "reflection", "removed", False),
        ("criterion", "reach", "added", True),
        ("criterion", "honest", "changed", True),
        ("criterion", "goal", "removed", True),
    ]


def test_requirements_and_policies():
    asked = (replace(OLD.requirements[1], max_words=200), Requirement("film", "Film", "", "file"))
    new = replace(
        OLD, requirements=asked, promise_days=10, policies=Policies(decision=DecisionPolicy(attempts=3))
    )
    found = compare_rubrics(OLD, new)
    assert [(d.thing, d.id, d.what) for d in found][:3] == [
        ("requirement", "why", "changed"),
        ("requirement", "film", "added"),
        ("requirement", "plan", "removed"),
    ]
    assert [d.facts[0] for d in found if d.thing == "policy"] == [
        FactChange("promise_days", "14", "10"),
        FactChange("decision.attempts", "", "3"),
    ]


@given(rubrics())
def test_a_rubric_does_not_differ_from_itself(rubric):
    assert compare_rubrics(rubric, rubric) == ()


@given(rubrics(), rubrics())
def test_what_the_structure_hash_tells_apart_is_never_called_wording_alone(one, other):
    different = structure_hash(one) != structure_hash(other)
    assert any(d.structural or d.thing == "part" for d in compare_rubrics(one, other)) >= different


def test_locks_move_only_where_the_structure_is_the_same():
    locked = {cid: criterion_structure_hash(OLD.criterion(cid)) for cid in ("honest", "goal", "audience")}
    locked["gone"] = "f" * 64
    new = with_criterion(with_criterion(OLD, "goal", name="Aim"), "audience", met_from="tested")
    found = move_locks(new, locked)
    assert found.kept == ("goal", "honest")
    assert found.lost == ("audience", "gone")
    without = replace(new, policies=Policies(decision=DecisionPolicy(locks=False)))
    assert move_locks(without, locked).kept == ()


def test_what_the_catalogue_says_otherwise():
    about = replace(OLD.about, summary="A small one, mended.", skills=("Plan", "Do"))
    (found,) = compare_about(OLD, replace(OLD, about=about))
    assert (found.thing, found.what, found.structural) == ("about", "changed", False)
    assert [one.field for one in found.texts] == ["summary", "skills"]
    assert "".join(span.text for span in found.texts[1].words) == "Plan, Do"
    assert compare_about(OLD, OLD) == ()
