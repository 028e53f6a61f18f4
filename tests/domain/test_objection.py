from reviewhub.domain.decision import Locked, decide
from reviewhub.domain.objection import answer, split
from reviewhub.domain.resolution import Resolution, Resolved, resolve
from tests.rubrics import sheet, small_rubric

RUBRIC = small_rubric()
LOCKS = tuple(
    Locked(cid, level, 1) for cid, level in {"audience": "tested", "respect": "yes", "honest": "yes"}.items()
)


def judged(goal, **objected):
    """Two seats that agree on the goal; an adjudicator who looks at the doubted locks too."""
    sheets = [sheet(1, goal=goal), sheet(2, goal=goal), sheet(3, "adjudicator", goal=goal, **objected)]
    seen, objected = split(sheets, {"audience", "respect"})
    return (seen, objected), answer(RUBRIC, resolve(RUBRIC, seen), LOCKS, objected)


def test_the_owners_rules_see_only_what_the_independent_sheets_had():
    (seen, objected), _ = judged("clear", audience="vague")
    assert [one.role for one in seen] == ["independent", "independent", "adjudicator"]
    assert all(set(one.ratings) == {"goal"} for one in seen)
    assert objected == {"audience": "vague"}


def test_a_lock_that_the_adjudicator_finds_met_stands_at_its_own_level():
    _, found = judged("clear", audience="clear")
    stands = found.resolution.results[1]
    assert (stands.criterion_id, stands.level_id, stands.rule) == ("audience", "tested", "lock_stands")
    assert found.lifted == ()
    assert found.history == LOCKS
    assert [one.criterion_id for one in found.told.results] == ["goal"]
    assert decide(RUBRIC, found.resolution, found.history).outcome == "met"


def test_a_lock_that_the_adjudicator_finds_not_met_is_lifted_and_counts():
    _, found = judged("clear", audience="vague", respect="yes")
    results = {one.criterion_id: (one.level_id, one.rule) for one in found.resolution.results}
    assert results["audience"] == ("vague", "lock_lifted")
    assert results["respect"] == ("yes", "lock_stands")
    assert found.lifted == ("audience",)
    assert [lock.criterion_id for lock in found.history] == ["respect", "honest"]
    assert [one.criterion_id for one in found.told.results] == ["goal", "audience"]
    decision = decide(RUBRIC, found.resolution, found.history)
    assert decision.outcome == "not_yet"
    assert "audience" not in decision.locked


def test_without_doubts_nothing_changes():
    before = Resolution((Resolved("goal", "clear", RUBRIC.criterion("goal").levels[2].points, "same"),))
    found = answer(RUBRIC, before, LOCKS, {})
    assert (found.resolution, found.history, found.told) == (before, LOCKS, before)


def test_results_are_in_the_rubrics_order():
    scored = resolve(RUBRIC, [sheet(1, audience="clear"), sheet(2, audience="clear")])
    found = answer(RUBRIC, scored, (Locked("goal", "clear", 1),), {"goal": "vague"})
    assert [one.criterion_id for one in found.resolution.results] == ["goal", "audience"]
