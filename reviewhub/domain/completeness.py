"""The completeness check: before two people score, one looks whether what is asked for is really there.

The check is scored like anything else, on a rubric made from the requirements: each there or not.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from reviewhub.domain.rubric import (
    Criterion,
    DecisionPolicy,
    EligibilityPolicy,
    Level,
    Part,
    Policies,
    Requirement,
    Rubric,
)

THERE, MISSING = "there", "missing"
WORKING_DAYS = 1
"""A look takes minutes; the scoring waits for it."""
_LEVELS = (
    Level(
        MISSING, "Not there", "It is missing, empty, or something else. Say what is to be given.", Decimal(0)
    ),
    Level(
        THERE,
        "There",
        "It is what is asked for, and can be judged. How good it is does not matter here.",
        Decimal(1),
    ),
)


def check_rubric(rubric: Rubric) -> Rubric:
    """The rubric of the check: requirements as criteria, one seat, nothing locked."""
    criteria = tuple(
        Criterion(one.id, one.name, one.description, _LEVELS, THERE, (one.id,)) for one in _looked_at(rubric)
    )
    part = Part("complete", "Is everything there?", "Do not judge yet: others score what is there.", criteria)
    eligibility = EligibilityPolicy(
        seats=1, qualification=rubric.policies.eligibility.qualification, working_days=WORKING_DAYS
    )
    return replace(
        rubric,
        parts=(part,),
        policies=Policies(eligibility=eligibility, decision=DecisionPolicy(locks=False)),
    )


def _looked_at(rubric: Rubric) -> tuple[Requirement, ...]:
    """A choice is no piece of evidence: it is there, or the attempt could not be sent."""
    return tuple(one for one in rubric.requirements if one.kind != "choice")


def missing(rubric: Rubric, ratings: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the requirements that are not there, in the rubric's order."""
    return tuple(one.id for one in _looked_at(rubric) if ratings.get(one.id) != THERE)
