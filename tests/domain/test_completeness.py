from decimal import Decimal

import pytest

from reviewhub.domain.completeness import MISSING, THERE, WORKING_DAYS, check_rubric, missing
from reviewhub.domain.rubric import DecisionPolicy, EligibilityPolicy, Policies
from tests.rubrics import small_rubric


def rubric(*, qualification=True):
    eligibility = EligibilityPolicy(seats=3, qualification=qualification, working_days=9, again="other")
    return small_rubric(policies=Policies(eligibility=eligibility, decision=DecisionPolicy(tolerance=1)))


def test_each_requirement_is_there_or_not():
    (part,) = check_rubric(rubric()).parts
    assert part.id == "complete"
    assert [(c.id, c.name, c.requirements, c.met_from) for c in part.criteria] == [
        ("plan", "Plan", ("plan",), "there"),
        ("why", "Why", ("why",), "there"),
    ]
    for criterion in part.criteria:
        assert [(level.id, level.name, level.points) for level in criterion.levels] == [
            ("missing", "Not there", Decimal(0)),
            ("there", "There", Decimal(1)),
        ]
    assert (MISSING, THERE, WORKING_DAYS) == ("missing", "there", 1)


@pytest.mark.parametrize("qualification", [True, False])
def test_one_person_looks_within_a_day_and_nothing_is_locked(qualification):
    made = check_rubric(rubric(qualification=qualification))
    assert made.policies == Policies(
        eligibility=EligibilityPolicy(seats=1, qualification=qualification, working_days=1),
        decision=DecisionPolicy(locks=False),
    )
    assert (made.slug, made.requirements) == ("small", rubric().requirements)


def test_what_is_not_said_to_be_there_is_missing():
    assert missing(rubric(), {"plan": "there", "why": "there"}) == ()
    assert missing(rubric(), {"plan": "missing", "why": "there"}) == ("plan",)
    assert missing(rubric(), {}) == ("plan", "why")
