"""What a proposed rubric would have done to recorded sheets."""

from dataclasses import replace

import pytest

from reviewhub.authoring.simulate import MOST_NAMED, lines, simulate
from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, Policies
from reviewhub.domain.simulation import Recorded
from reviewhub.queries.recorded_sheets import recorded_sheets
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH
from tests.rounds.bench import Bench
from tests.rubrics import sheet, small_rubric

STRICT = small_rubric()
MILD = small_rubric(policies=Policies(decision=DecisionPolicy(tolerance=1)))
WIDE = small_rubric(policies=Policies(agreement=AgreementPolicy("within", 1)))
ABOVE = {**GOOD, "audience": "tested"}


@pytest.fixture
def told(world):
    """Three first attempts: one forgiven by tolerance, one adjudicated, one plainly met."""

    def found(rubric):
        with bench.kit.read() as session:
            return simulate(rubric, recorded_sheets(session, "harbor", "small"))

    bench = Bench(world)
    for number, (first, second, third) in enumerate(
        ((WEAK, WEAK, None), (GOOD, ABOVE, GOOD), (GOOD, GOOD, None))
    ):
        round_id = bench.seated(learner=world.person(f"Learner {number}"))
        bench.score(round_id, first, second)
        if third:
            bench.adjudicate(round_id, third)
    return found


@BOTH
def test_the_same_rubric_changes_nothing(told):
    same = told(STRICT)
    assert (same.scorings, same.thirds_before, same.thirds_after) == (3, 1, 1)
    assert [flips.count for flips in (same.to_met, same.to_not_yet, same.open, same.no_fit)] == [0, 0, 0, 0]


@BOTH
def test_who_would_flip_and_how_often_a_third_is_needed(told):
    mild = told(MILD)
    assert (mild.to_met.count, len(mild.to_met.named), mild.to_not_yet.count) == (1, 1, 0)
    wide = told(WIDE)
    assert (wide.thirds_before, wide.thirds_after) == (1, 0)
    assert "  A third scores 0 instead of 1 times." in lines(wide, 30)
    assert "  That is 0.5 hours less, at 30 minutes each." in lines(wide, 30)


def test_sheets_of_other_criteria_are_counted_and_not_guessed(told):
    first, *parts = STRICT.parts
    longer = replace(first, criteria=(*first.criteria, replace(first.criteria[0], id="another")))
    other = told(replace(STRICT, parts=(longer, *parts)))
    assert (other.no_fit.count, other.scorings) == (3, 3)


def test_a_third_that_nobody_gave_is_open_and_only_some_are_named():
    sheets = (sheet(1, **GOOD), sheet(2, **ABOVE))
    told = simulate(STRICT, [Recorded(f"s{n}", sheets, "met") for n in range(MOST_NAMED + 1)])
    assert (told.open.count, told.thirds_after) == (MOST_NAMED + 1, MOST_NAMED + 1)
    assert len(told.open.named) == MOST_NAMED
    assert any(line.endswith("s19 …") for line in lines(told, 30))
