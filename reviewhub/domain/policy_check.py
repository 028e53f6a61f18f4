"""Whether a rubric's policies make sense together: what would contradict itself is refused.

Whoever meets every criterion has met the whole, under every rule; and somebody has to be able to miss it.
"""

from collections.abc import Iterator
from decimal import Decimal

from reviewhub.domain.codec import decimal_text
from reviewhub.domain.completeness import WORKING_DAYS
from reviewhub.domain.errors import Problem
from reviewhub.domain.points import lowest, of_all_met
from reviewhub.domain.rubric import Criterion, Rubric

MOST_DAYS = 365
_FEWEST_SEATS, _MOST_SEATS = 2, 5


def policy_problems(rubric: Rubric) -> Iterator[Problem]:
    """All problems of the policies, and of what on the criteria belongs to them."""
    yield from _eligibility(rubric)
    yield from _codes(rubric)
    yield from _agreement(rubric)
    yield from _resolution(rubric)
    yield from _decision(rubric)
    yield from _holistic(rubric)
    yield from _points(rubric) if rubric.policies.decision.rule == "points" else _no_points(rubric)


def _at(place: str, advice: str, value: str = "") -> Problem:
    return Problem(place, f"{place}: {advice}", value)


def _eligibility(rubric: Rubric) -> Iterator[Problem]:
    policy = rubric.policies.eligibility
    if not _FEWEST_SEATS <= policy.seats <= _MOST_SEATS:
        yield _at("policies.eligibility.seats", "Give 2 to 5 seats.", str(policy.seats))
    check = WORKING_DAYS if policy.completeness else 0
    if not 1 <= policy.working_days <= rubric.promise_days - check:
        place = "policies.eligibility.working_days"
        less = f" less {check} for the completeness check" if check else ""
        advice = f"Give at least 1 day and not more than promise_days{less}."
        yield _at(place, advice, str(policy.working_days))


def _resolution(rubric: Rubric) -> Iterator[Problem]:
    """One blind sheet outweighs one other: it replaces a pair that differs, not a panel."""
    seats = rubric.policies.eligibility.seats
    if rubric.policies.resolution.rule == "third_replaces" and seats > _FEWEST_SEATS:
        advice = "A third replaces two. With more seats choose the median, the mean or the majority of all."
        yield _at("policies.resolution.rule", advice, f"{seats} seats")


def _codes(rubric: Rubric) -> Iterator[Problem]:
    """What is judged as a whole always has a place."""
    if len(rubric.criteria) != 1:
        return
    for code in rubric.criteria[0].codes:
        if code.kind == "not_applicable":
            place = f"criterion {rubric.criteria[0].id}.codes"
            yield _at(place, "The only criterion always applies. Remove this code.", code.id)


def _agreement(rubric: Rubric) -> Iterator[Problem]:
    policy = rubric.policies.agreement
    place = "policies.agreement.levels"
    if policy.rule != "within" and policy.levels != 0:
        yield _at(
            place, f'Under "{policy.rule}" leave this out, or choose the rule "within".', str(policy.levels)
        )
    if policy.rule == "within" and policy.levels < 1:
        yield _at(place, "Say how many levels apart still agree: 1 or more.", str(policy.levels))


def _decision(rubric: Rubric) -> Iterator[Problem]:
    policy = rubric.policies.decision
    if not 0 <= policy.tolerance < max(1, len(rubric.criteria)):
        place = "policies.decision.tolerance"
        yield _at(place, "Let it be 0 or more and less than the number of criteria.", str(policy.tolerance))
    if policy.attempts is not None and policy.attempts < 1:
        place = "policies.decision.attempts"
        yield _at(place, "Allow at least 1 attempt, or leave it out for no limit.", str(policy.attempts))
    if policy.release_after is not None and not 1 <= policy.release_after <= MOST_DAYS:
        place = "policies.decision.release_after"
        yield _at(place, "Give 1 working day or more, or leave it out.", str(policy.release_after))


def _holistic(rubric: Rubric) -> Iterator[Problem]:
    if rubric.policies.decision.rule != "holistic":
        return
    if len(rubric.criteria) != 1:
        advice = 'One criterion stands for the whole. Keep one, or choose the rule "all_met" or "points".'
        yield _at("policies.decision.rule", advice, f"{len(rubric.criteria)} criteria")
    if rubric.policies.decision.locks:
        advice = "What is judged as a whole is judged anew each time. Set locks = false."
        yield _at("policies.decision.locks", advice, "true")


def _no_points(rubric: Rubric) -> Iterator[Problem]:
    advice = 'This belongs to points. Leave it out, or set policies.decision.rule = "points".'
    cut, near = rubric.policies.decision.cut, rubric.policies.agreement.near_cut
    for place, value in (("policies.decision.cut", cut), ("policies.agreement.near_cut", near)):
        if value is not None:
            yield _at(place, advice, decimal_text(value))
    for criterion in rubric.criteria:
        if criterion.weight != 1:
            yield _at(f"criterion {criterion.id}.weight", advice, decimal_text(criterion.weight))
        if criterion.floor:
            yield _at(f"criterion {criterion.id}.floor", advice, criterion.floor)


def _points(rubric: Rubric) -> Iterator[Problem]:
    decision, near = rubric.policies.decision, rubric.policies.agreement.near_cut
    if decision.tolerance:
        place = "policies.decision.tolerance"
        advice = "Points forgive what falls short already. Leave this out, or lower the cut."
        yield _at(place, advice, str(decision.tolerance))
    if near is not None and near < 0:
        place = "policies.agreement.near_cut"
        yield _at(place, "Give 0 points or more.", decimal_text(near))
    if near is not None and decision.locks:
        place = "policies.agreement.near_cut"
        advice = (
            "With locks a later sheet holds a part of the points only. Leave this out, or set locks = false."
        )
        yield _at(place, advice, decimal_text(near))
    wrong = [problem for criterion in rubric.criteria for problem in _criterion(criterion)]
    yield from wrong or _cut(rubric, decision.cut)


def _criterion(criterion: Criterion) -> Iterator[Problem]:
    if criterion.weight <= 0:
        place = f"criterion {criterion.id}.weight"
        advice = "Give more than 0; leave out a criterion that does not count."
        yield _at(place, advice, decimal_text(criterion.weight))
    if not criterion.floor:
        return
    place = f"criterion {criterion.id}.floor"
    ids = [level.id for level in criterion.levels]
    if criterion.floor not in ids:
        yield _at(place, "Name one of the levels of this criterion.", criterion.floor)
    elif criterion.floor == ids[0]:
        yield _at(place, "Nothing lies below the lowest level. Name a higher one, or leave it out.", ids[0])
    elif criterion.met_from in ids and ids.index(criterion.floor) > ids.index(criterion.met_from):
        yield _at(
            place, "A met criterion cannot be below its floor. Name met_from or lower.", criterion.floor
        )


def _cut(rubric: Rubric, cut: Decimal | None) -> Iterator[Problem]:
    place = "policies.decision.cut"
    if any(c.met_from not in {level.id for level in c.levels} for c in rubric.criteria):
        return  # named already, and no sum can be made
    if cut is None:
        yield _at(place, "Say how many points are enough.")
        return
    bottom, met = lowest(rubric.criteria), of_all_met(rubric.criteria)
    if not bottom < cut <= met:
        advice = (
            f"Choose more than {decimal_text(bottom)}, which everybody gets, and at most "
            f"{decimal_text(met)}, which whoever meets every criterion has."
        )
        yield _at(place, advice, decimal_text(cut))
