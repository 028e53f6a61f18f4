"""How a second scoring of the same evidence compares with the result that was given."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewhub.domain.rubric import Rubric

LEAST = 5
"""Below so many second scorings of a criterion no share is said: one person's slip would be a fifth of it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """How many criteria have the same level, another on the same side of met, or one on the other side."""

    same: int
    differ: int
    across: int


def match(rubric: Rubric, given: Mapping[str, str], found: Mapping[str, str]) -> Matched:
    """Compare {criterion id: level id} of what was given with what the second scoring found.

    Only what both have: a criterion that was locked then was scored by neither.
    """
    same = differ = across = 0
    for criterion in rubric.criteria:
        levels = given.get(criterion.id), found.get(criterion.id)
        if levels[0] is None or levels[1] is None:
            continue
        if levels[0] == levels[1]:
            same += 1
        elif criterion.is_met(levels[0]) == criterion.is_met(levels[1]):
            differ += 1
        else:
            across += 1
    return Matched(same, differ, across)


def share(equal: int, pairs: int, scorings: int) -> int | None:
    """Exact agreement in whole percent, rounded down; None below LEAST second scorings.

    Each second scoring gives a pair at least.
    """
    return 100 * equal // pairs if scorings >= LEAST else None
