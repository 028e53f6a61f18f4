"""Weighted points: what levels add up to, how many are enough, and whether a sum is near that."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import Criterion, Rubric

_HUNDREDTH = Decimal("0.01")


def weighted(criterion: Criterion, points: Decimal) -> Decimal:
    """What a criterion adds to the sum: the points of its level, or of a mean between two."""
    return criterion.weight * points


def total(criteria: Iterable[Criterion], values: Mapping[str, Decimal]) -> Decimal:
    """The weighted sum of points by criterion id; each of these criteria has some."""
    return sum((weighted(c, values[c.id]) for c in criteria), Decimal(0))


def lowest(criteria: Sequence[Criterion]) -> Decimal:
    """The sum where each of them has its lowest level."""
    return total(criteria, {c.id: c.levels[0].points for c in criteria})


def highest(criteria: Sequence[Criterion]) -> Decimal:
    """The sum where each of them has its highest level."""
    return total(criteria, {c.id: c.levels[-1].points for c in criteria})


def of_all_met(criteria: Sequence[Criterion]) -> Decimal:
    """The sum where each of them is met, by its lowest level that counts so."""
    return total(criteria, {c.id: c.level(c.met_from).points for c in criteria})


def enough(rubric: Rubric, applying: Sequence[Criterion]) -> Decimal:
    """How many points are enough where these criteria apply; the cut, where all do.

    Between the sum that everybody gets and that of all met, it lies as far up as the cut does: whoever meets
    all that applies has enough, and whoever has the lowest of it has not. Rounded down to two places, for the
    learner; up where that is what everybody gets. Raises Invalid without a cut.
    """
    cut = rubric.policies.decision.cut
    if cut is None:
        raise Invalid(Problem("policies.decision.cut", "Points need a cut."))
    if len(applying) == len(rubric.criteria):
        return cut
    low, met = lowest(rubric.criteria), of_all_met(rubric.criteria)
    here, there = lowest(applying), of_all_met(applying)
    exact = here + (cut - low) * (there - here) / (met - low)
    needed = exact.quantize(_HUNDREDTH, rounding=ROUND_DOWN)
    return needed if needed > here else min(there, exact.quantize(_HUNDREDTH, rounding=ROUND_UP))


def near_cut(rubric: Rubric, sheets: Sequence[Mapping[str, str]], within: Decimal) -> bool:
    """Whether a sheet's sum is at most `within` points from the cut, or the sums lie on both sides of it.

    `sheets` hold ratings by criterion id. Never where they leave out criteria (an appeal scores a part),
    where no points decide, or where one could not score something: that makes no sum.
    """
    if rubric.policies.decision.cut is None:
        return False
    above = [_above(rubric, sheet) for sheet in sheets]
    known = [one for one in above if one is not None]
    if len(known) < len(above):
        return False
    return any(abs(one) <= within for one in known) or min(known) < 0 < max(known)


def _above(rubric: Rubric, sheet: Mapping[str, str]) -> Decimal | None:
    """How far this sheet's sum is above what is enough; None where it makes no sum."""
    if any(c.id not in sheet or c.has_code(sheet[c.id], "unscorable") for c in rubric.criteria):
        return None
    applying = [c for c in rubric.criteria if not c.code(sheet[c.id])]
    return total(applying, {c.id: c.points(sheet[c.id]) for c in applying}) - enough(rubric, applying)
