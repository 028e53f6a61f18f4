"""From results to met or not yet, and what stays met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.points import enough, total
from reviewhub.domain.resolution import Resolution
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

    `rule` names what decided, such as `all_met`, `all_met+tolerance`, `holistic`, `points`, `points+floor`;
    `unscorable` where something could not be judged, `nothing_applies` where no criterion has a place.
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
    good, rule = _outcome(rubric, standing, resolution)
    return Decision("met" if good else "not_yet", met, met if policy.locks else (), rule)


def _outcome(rubric: Rubric, standing: Mapping[str, str], resolution: Resolution) -> tuple[bool, str]:
    if any(c.has_code(standing[c.id], "unscorable") for c in rubric.criteria):
        return False, "unscorable"
    if not applying(rubric, standing):
        return False, "nothing_applies"
    by = _by_points if rubric.policies.decision.rule == "points" else _by_criteria
    return by(rubric, standing, resolution)


def applying(rubric: Rubric, standing: Mapping[str, str]) -> tuple[Criterion, ...]:
    """The criteria that have a place in this work, by what stands for each."""
    return tuple(c for c in rubric.criteria if not c.has_code(standing[c.id], "not_applicable"))


def _by_criteria(rubric: Rubric, standing: Mapping[str, str], _: Resolution) -> tuple[bool, str]:
    """Something has to be met: where little applies, the tolerance could be as wide as all of it."""
    counting = applying(rubric, standing)
    short = [c for c in counting if not c.is_met(standing[c.id])]
    most = min(rubric.policies.decision.tolerance, len(counting) - 1)
    tolerated = 0 < len(short) <= most and all(one_level_short(c, standing[c.id]) for c in short)
    return tolerated or not short, f"{rubric.policies.decision.rule}{'+tolerance' if tolerated else ''}"


def _by_points(rubric: Rubric, standing: Mapping[str, str], resolution: Resolution) -> tuple[bool, str]:
    """Points of this round count as they were resolved (a mean lies between levels), locked ones by level."""
    counting = applying(rubric, standing)
    if any(c.floor and c.index(standing[c.id]) < c.index(c.floor) for c in counting):
        return False, "points+floor"
    values = {c.id: c.points(standing[c.id]) for c in counting}
    values |= {result.criterion_id: result.value for result in resolution.results}
    return total(counting, values) >= enough(rubric, counting), "points"


def standing_levels(rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> dict[str, str]:
    """The level or code that stands for each criterion: this round's result, else the lock's.

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
        elif level_id not in {one.id for one in criterion.ratings}:
            problems.append(Problem(criterion.id, f"{criterion.id}: It has no level {level_id!r}.", level_id))
    if problems:
        raise Invalid(*problems)
    return standing


def one_level_short(criterion: Criterion, level_id: str) -> bool:
    """Whether this is the level just below met."""
    met_from = criterion.index(criterion.met_from)
    return criterion.code(level_id) is None and criterion.index(level_id) == met_from - 1
