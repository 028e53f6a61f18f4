"""Criteria come in pairs, `before-x` and `after-x`: a pair is met by a step up, or at the top."""

from collections.abc import Iterator, Mapping, Sequence

from reviewhub.plugin_api import Criterion, Decision, Locked, Plugin, Resolution, Rubric, standing_levels

BEFORE, AFTER = "before-", "after-"


class Growth(Plugin):
    """Met where every pair has grown."""

    def decide(self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision:
        """A pair counts as one: both of its criteria are met, or neither is."""
        standing = standing_levels(rubric, resolution, history)
        pairs = list(_pairs(rubric))
        grown = {one.id for pair in pairs if _grew(*pair, standing) for one in pair}
        outcome = "met" if len(grown) == 2 * len(pairs) else "not_yet"
        met = tuple(one.id for one in rubric.criteria if one.id in grown)
        return Decision(outcome, met=met, locked=(), rule="growth: a step up in each pair")


def _pairs(rubric: Rubric) -> Iterator[tuple[Criterion, Criterion]]:
    for one in rubric.criteria:
        if one.id.startswith(BEFORE):
            yield one, rubric.criterion(AFTER + one.id.removeprefix(BEFORE))


def _grew(before: Criterion, after: Criterion, standing: Mapping[str, str]) -> bool:
    then, now = before.index(standing[before.id]), after.index(standing[after.id])
    return now > then or now == len(after.levels) - 1
