"""From blind sheets to a result per criterion: do they agree, and what counts.

Agreement is judged criterion by criterion, never on totals: two sheets with equal sums and different
criteria disagree. Levels on opposite sides of met disagree under every rule (DESIGN.md section 3, point 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Literal

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import AgreementPolicy, Criterion, ResolutionPolicy, Rubric

_TWO = 2
_ROUNDING = {"half_up": ROUND_HALF_UP, "half_down": ROUND_HALF_DOWN, "half_even": ROUND_HALF_EVEN}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one seat rated, without a name: level id by criterion id."""

    role: Literal["independent", "adjudicator"]
    ratings: Mapping[str, str]
    seat: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the independent sheets agree on a criterion.

    `why` is `same`, `within`, `differ`, `across_met`, or a plugin's own words.
    """

    criterion_id: str
    agreed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """One verdict for each criterion on the sheets, in the rubric's order."""

    verdicts: tuple[Verdict, ...]

    @property
    def agreed(self) -> bool:
        """Whether no criterion is disputed."""
        return not self.disputed

    @property
    def disputed(self) -> tuple[str, ...]:
        """Ids of the criteria that need an adjudicator."""
        return tuple(v.criterion_id for v in self.verdicts if not v.agreed)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A criterion's result: its level, its value in points, and the rule that made it."""

    criterion_id: str
    level_id: str
    value: Decimal
    rule: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """One result for each criterion on the sheets, in the rubric's order."""

    results: tuple[Resolved, ...]


def agree(rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement:
    """Compare the independent sheets by the rubric's agreement policy; an adjudicator's sheet has no say.

    Raises Invalid if there are fewer than two, or if they do not rate the same criteria.
    """
    independent = [sheet for sheet in sheets if sheet.role == "independent"]
    criteria = scored_criteria(rubric, sheets)
    if len(independent) < _TWO:
        raise Invalid(Problem("sheets", "Agreement needs two independent sheets.", str(len(independent))))
    policy = rubric.policies.agreement
    return Agreement(tuple(_verdict(c, [s.ratings[c.id] for s in independent], policy) for c in criteria))


def across_met(criterion: Criterion, level_ids: Sequence[str]) -> bool:
    """Whether some of these levels count as met and others do not."""
    return len({criterion.is_met(level_id) for level_id in level_ids}) > 1


def resolve(rubric: Rubric, sheets: Sequence[Sheet], agreement: Agreement | None = None) -> Resolution:
    """A result for each criterion: the adjudicator's level where there is one, else the agreeing sheets'.

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
        tuple(
            _final(c, final[c.id])
            if c.id in final
            else _agreeing(c, [s.ratings[c.id] for s in independent], policy)
            for c in criteria
        )
    )


def scored_criteria(rubric: Rubric, sheets: Sequence[Sheet]) -> tuple[Criterion, ...]:
    """The criteria that these sheets rate, in the rubric's order.

    Raises Invalid for an unknown criterion or level, for independent sheets that rate different
    criteria, for an adjudicator's rating of something not scored, and for sheets that rate nothing.
    """
    wanted = {cid for sheet in sheets if sheet.role == "independent" for cid in sheet.ratings}
    problems = [problem for sheet in sheets for problem in _sheet_problems(rubric, sheet, wanted)]
    if not wanted:
        problems.append(Problem("sheets", "There is no independent rating to work on."))
    if problems:
        raise Invalid(*problems)
    return tuple(criterion for criterion in rubric.criteria if criterion.id in wanted)


def _sheet_problems(rubric: Rubric, sheet: Sheet, wanted: set[str]) -> list[Problem]:
    place = f"seat {sheet.seat}"
    problems = []
    known = {criterion.id: criterion for criterion in rubric.criteria}
    for cid, level_id in sheet.ratings.items():
        if cid not in known:
            problems.append(Problem(place, f"{place}: The rubric has no criterion {cid!r}.", cid))
        elif level_id not in {level.id for level in known[cid].levels}:
            message = f"{place}: The criterion {cid!r} has no level {level_id!r}."
            problems.append(Problem(place, message, level_id))
    if sheet.role == "independent":
        missing = sorted(wanted - set(sheet.ratings))
        problems += [Problem(place, f"{place}: The criterion {cid!r} is not rated.", cid) for cid in missing]
    else:
        extra = sorted((set(sheet.ratings) & set(known)) - wanted)
        message = "{}: The criterion {!r} is not scored this time."
        problems += [Problem(place, message.format(place, cid), cid) for cid in extra]
    return problems


def _verdict(criterion: Criterion, level_ids: Sequence[str], policy: AgreementPolicy) -> Verdict:
    if len(set(level_ids)) == 1:
        return Verdict(criterion.id, agreed=True, why="same")
    if across_met(criterion, level_ids):
        return Verdict(criterion.id, agreed=False, why="across_met")
    positions = [criterion.index(level_id) for level_id in level_ids]
    if policy.rule == "within" and max(positions) - min(positions) <= policy.levels:
        return Verdict(criterion.id, agreed=True, why="within")
    return Verdict(criterion.id, agreed=False, why="differ")


def _final(criterion: Criterion, level_id: str) -> Resolved:
    return Resolved(criterion.id, level_id, criterion.level(level_id).points, "expert_final")


def _agreeing(criterion: Criterion, level_ids: Sequence[str], policy: ResolutionPolicy) -> Resolved:
    positions = sorted(criterion.index(level_id) for level_id in level_ids)
    if positions[0] == positions[-1]:
        level = criterion.levels[positions[0]]
        return Resolved(criterion.id, level.id, level.points, "same")
    if policy.adjacent == "mean":
        return _mean(criterion, positions, policy)
    level = criterion.levels[positions[0] if policy.adjacent == "lower" else positions[-1]]
    return Resolved(criterion.id, level.id, level.points, f"adjacent_{policy.adjacent}")


def _mean(criterion: Criterion, positions: Sequence[int], policy: ResolutionPolicy) -> Resolved:
    rounding, count = _ROUNDING[policy.rounding], Decimal(len(positions))
    points = sum((criterion.levels[p].points for p in positions), Decimal(0)) / count
    position = (Decimal(sum(positions)) / count).quantize(Decimal(1), rounding=rounding)
    value = points.quantize(Decimal("0.01"), rounding=rounding)
    return Resolved(criterion.id, criterion.levels[int(position)].id, value, "adjacent_mean")
