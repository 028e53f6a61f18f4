"""What counts for each criterion: of sheets that agree, and where an adjudicator decided.

The recipes for a third score are those of Johnson, Penny and Gordon (2000), "The relation between score
resolution methods and interrater reliability": expert judgement, the mean of all, and the mean of the third
with whichever is closest (there "tertium quid"). Majority and median are used beside them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from reviewhub.domain.agreement import Agreement, Sheet, agree, scored_criteria
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import Criterion, ResolutionPolicy, Rubric

_ROUNDING = {"half_up": ROUND_HALF_UP, "half_down": ROUND_HALF_DOWN, "half_even": ROUND_HALF_EVEN}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A criterion's result: its level or code, its value in points (0 for a code), and the rule behind it."""

    criterion_id: str
    level_id: str
    value: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """One result for each criterion on the sheets, in the rubric's order."""

    results: tuple[Resolved, ...]


def resolve(rubric: Rubric, sheets: Sequence[Sheet], agreement: Agreement | None = None) -> Resolution:
    """A result for each criterion: by the rubric's rule where an adjudicator decided, else what agrees.

    `agreement` is what was found before (a plugin may have its own); without it the policy is asked.
    Raises Invalid if a disputed criterion has no adjudicator's rating: nothing is guessed.
    """
    criteria = scored_criteria(rubric, sheets)
    found = agreement or agree(rubric, sheets)
    final = {cid: level for s in sheets if s.role == "adjudicator" for cid, level in s.ratings.items()}
    open_disputes = [cid for cid in found.disputed if cid not in final]
    if open_disputes:
        message = "{}: The sheets disagree. An adjudicator decides."
        raise Invalid(*(Problem(cid, message.format(cid)) for cid in open_disputes))
    independent = [sheet for sheet in sheets if sheet.role == "independent"]
    policy = rubric.policies.resolution
    return Resolution(
        tuple(_result(c, [s.ratings[c.id] for s in independent], final, policy) for c in criteria)
    )


def _result(
    criterion: Criterion, level_ids: Sequence[str], final: Mapping[str, str], policy: ResolutionPolicy
) -> Resolved:
    third = final.get(criterion.id)
    if any(criterion.code(one) for one in (*level_ids, *([third] if third else ()))):
        return _with_codes(criterion, level_ids, third, policy)
    given = [criterion.index(level_id) for level_id in level_ids]
    if third is None:
        return _agreeing(criterion, given, policy)
    return _THIRD[policy.rule](criterion, given, criterion.index(third), policy)


def _with_codes(
    criterion: Criterion, given: Sequence[str], third: str | None, policy: ResolutionPolicy
) -> Resolved:
    """Codes have no middle and no mean: the third's rating counts, or the one that all gave."""
    found = set(given) if third is None else {third}
    if len(found) > 1:
        message = f"{criterion.id}: A code and another rating are no neighbours. An adjudicator decides."
        raise Invalid(Problem(criterion.id, message))
    (counts,) = found
    decided = "third_replaces" if policy.rule == "third_replaces" else "expert_final"
    rule = "same" if third is None else decided
    return Resolved(criterion.id, counts, criterion.points(counts), rule)


def _agreeing(criterion: Criterion, given: Sequence[int], policy: ResolutionPolicy) -> Resolved:
    if min(given) == max(given):
        return _level(criterion, given[0], "same")
    return _between(criterion, given, policy, "adjacent_")


def _expert(criterion: Criterion, _: Sequence[int], final: int, __: ResolutionPolicy) -> Resolved:
    return _level(criterion, final, "expert_final")


def _third(criterion: Criterion, _: Sequence[int], final: int, __: ResolutionPolicy) -> Resolved:
    return _level(criterion, final, "third_replaces")


def _majority(criterion: Criterion, given: Sequence[int], final: int, policy: ResolutionPolicy) -> Resolved:
    everybody = [*given, final]
    most = max(everybody, key=everybody.count)
    if 2 * everybody.count(most) > len(everybody):
        return _level(criterion, most, "majority")
    return _expert(criterion, given, final, policy)


def _median(criterion: Criterion, given: Sequence[int], final: int, policy: ResolutionPolicy) -> Resolved:
    ordered = sorted([*given, final])
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return (
        _level(criterion, low, "median")
        if low == high
        else _between(criterion, (low, high), policy, "median_")
    )


def _mean_of_all(
    criterion: Criterion, given: Sequence[int], final: int, policy: ResolutionPolicy
) -> Resolved:
    return _mean(criterion, [*given, final], policy, "mean")


def _closest_pair(
    criterion: Criterion, given: Sequence[int], final: int, policy: ResolutionPolicy
) -> Resolved:
    nearest = min(abs(one - final) for one in given)
    closest = {one for one in given if abs(one - final) == nearest}
    if len(closest) > 1:
        return _level(criterion, final, "closest_pair")
    return _mean(criterion, [*closest, final], policy, "closest_pair")


_THIRD: Mapping[str, Callable[[Criterion, Sequence[int], int, ResolutionPolicy], Resolved]] = {
    "expert_final": _expert,
    "third_replaces": _third,
    "majority": _majority,
    "median": _median,
    "mean": _mean_of_all,
    "closest_pair": _closest_pair,
}


def _between(criterion: Criterion, given: Sequence[int], policy: ResolutionPolicy, rule: str) -> Resolved:
    name = f"{rule}{policy.adjacent}"
    if policy.adjacent == "mean":
        return _mean(criterion, given, policy, name)
    return _level(criterion, min(given) if policy.adjacent == "lower" else max(given), name)


def _level(criterion: Criterion, position: int, rule: str) -> Resolved:
    level = criterion.levels[position]
    return Resolved(criterion.id, level.id, level.points, rule)


def _mean(criterion: Criterion, positions: Sequence[int], policy: ResolutionPolicy, rule: str) -> Resolved:
    rounding, count = _ROUNDING[policy.rounding], Decimal(len(positions))
    points = sum((criterion.levels[p].points for p in positions), Decimal(0)) / count
    position = (Decimal(sum(positions)) / count).quantize(Decimal(1), rounding=rounding)
    value = points.quantize(Decimal("0.01"), rounding=rounding)
    return Resolved(criterion.id, criterion.levels[int(position)].id, value, rule)
