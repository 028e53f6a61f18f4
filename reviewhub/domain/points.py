"""Weighted points: what levels add up to, and whether a sum is near the cut."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from reviewhub.domain.rubric import Criterion, Rubric


def weighted(criterion: Criterion, points: Decimal) -> Decimal:
    """What a criterion adds to the sum: the points of its level, or of a mean between two."""
    return criterion.weight * points


def total(rubric: Rubric, values: Mapping[str, Decimal]) -> Decimal:
    """The weighted sum of points by criterion id; each criterion of the rubric has some."""
    return sum((weighted(c, values[c.id]) for c in rubric.criteria), Decimal(0))


def lowest(rubric: Rubric) -> Decimal:
    """The sum where every criterion has its lowest level."""
    return total(rubric, {c.id: c.levels[0].points for c in rubric.criteria})


def highest(rubric: Rubric) -> Decimal:
    """The sum where every criterion has its highest level."""
    return total(rubric, {c.id: c.levels[-1].points for c in rubric.criteria})


def of_all_met(rubric: Rubric) -> Decimal:
    """The sum where every criterion is met, by its lowest level that counts so."""
    return total(rubric, {c.id: c.level(c.met_from).points for c in rubric.criteria})


def near_cut(rubric: Rubric, sheets: Sequence[Mapping[str, str]], within: Decimal) -> bool:
    """Whether a sheet's sum is at most `within` points from the cut, or the sums lie on both sides of it.

    `sheets` hold level ids by criterion id. Never where they leave out criteria (an appeal scores a part),
    and never where no points decide.
    """
    cut = rubric.policies.decision.cut
    if cut is None or any(criterion.id not in sheet for sheet in sheets for criterion in rubric.criteria):
        return False
    sums = [total(rubric, {c.id: c.level(sheet[c.id]).points for c in rubric.criteria}) for sheet in sheets]
    return any(abs(one - cut) <= within for one in sums) or min(sums) < cut < max(sums)
