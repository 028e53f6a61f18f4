"""From results to met or not yet, and what stays met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reviewhub.domain.agreement import Resolution
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import Criterion, Rubric


@dataclass(frozen=True, slots=True)
class Locked:
    """A criterion that an earlier attempt met: it stays met and is not scored again."""

    criterion_id: str
    level_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Met or not yet. `met` and `locked` hold criterion ids in the rubric's order, those of before included.

    `rule` names what decided, such as `all_met` or `all_met+tolerance`.
    """

    outcome: Literal["met", "not_yet"]
    met: tuple[str, ...]
    locked: tuple[str, ...]
    rule: str


def decide(rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision:
    """Apply the rubric's decision policy to the results and to what is locked.

    Raises Invalid if a criterion has neither a result nor a lock, or has a result that it cannot have.
    """
    policy = rubric.policies.decision
    standing = standing_levels(rubric, resolution, history)
    met = tuple(c.id for c in rubric.criteria if c.is_met(standing[c.id]))
    short = [c for c in rubric.criteria if c.id not in met]
    tolerated = 0 < len(short) <= policy.tolerance and all(one_level_short(c, standing[c.id]) for c in short)
    return Decision(
        outcome="met" if tolerated or not short else "not_yet",
        met=met,
        locked=met if policy.locks else (),
        rule="all_met+tolerance" if tolerated else "all_met",
    )


def standing_levels(rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> dict[str, str]:
    """The level that stands for each criterion: this round's result, else the lock's.

    Raises Invalid if one is missing or unknown. Where the rubric has no locks, history does not count.
    """
    locks = history if rubric.policies.decision.locks else ()
    standing = {lock.criterion_id: lock.level_id for lock in locks}
    standing |= {result.criterion_id: result.level_id for result in resolution.results}
    problems = []
    for criterion in rubric.criteria:
        level_id = standing.get(criterion.id)
        if level_id is None:
            message = f"{criterion.id}: There is no result for this criterion."
            problems.append(Problem(criterion.id, message))
        elif level_id not in {level.id for level in criterion.levels}:
            problems.append(Problem(criterion.id, f"{criterion.id}: It has no level {level_id!r}.", level_id))
    if problems:
        raise Invalid(*problems)
    return standing


def one_level_short(criterion: Criterion, level_id: str) -> bool:
    """Whether this level is the one just below met."""
    return criterion.index(level_id) == criterion.index(criterion.met_from) - 1
