"""Whether blind sheets agree.

Agreement is judged criterion by criterion, never on totals: two sheets with equal sums and different
criteria disagree. Levels on opposite sides of met disagree under every rule (DESIGN.md section 3, point 8),
and so does a code with anything else: no rule says how far it is from a level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.points import near_cut
from reviewhub.domain.rubric import AgreementPolicy, Criterion, Rubric

_TWO = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one seat rated, without a name: by criterion id the id of a level or code."""

    role: Literal["independent", "adjudicator"]
    ratings: Mapping[str, str]
    seat: int = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the independent sheets agree on a criterion.

    `why` is `same`, `within`, `same_side`, `differ`, `across_met`, `code`, `near_cut`, or a plugin's own
    words.
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


def agree(rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement:
    """Compare the independent sheets by the rubric's agreement policy; an adjudicator's sheet has no say.

    Raises Invalid if there are fewer than two, or if they do not rate the same criteria.
    """
    independent = [sheet for sheet in sheets if sheet.role == "independent"]
    criteria = scored_criteria(rubric, sheets)
    if len(independent) < _TWO:
        raise Invalid(Problem("sheets", "Agreement needs two independent sheets.", str(len(independent))))
    policy = rubric.policies.agreement
    verdicts = [_verdict(c, [s.ratings[c.id] for s in independent], policy) for c in criteria]
    if policy.near_cut is not None and near_cut(rubric, [s.ratings for s in independent], policy.near_cut):
        verdicts = [replace(v, agreed=False, why="near_cut") if v.agreed else v for v in verdicts]
    return Agreement(tuple(verdicts))


def across_met(criterion: Criterion, level_ids: Sequence[str]) -> bool:
    """Whether some of these ratings count as met and others do not."""
    return len({criterion.is_met(level_id) for level_id in level_ids}) > 1


def code_against(criterion: Criterion, rating_ids: Sequence[str]) -> bool:
    """Whether one of these ratings is a code, and another is not the same."""
    return len(set(rating_ids)) > 1 and any(criterion.code(one) for one in rating_ids)


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
        elif level_id not in {one.id for one in known[cid].ratings}:
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
    if code_against(criterion, level_ids):
        return Verdict(criterion.id, agreed=False, why="code")
    positions = [criterion.index(level_id) for level_id in level_ids]
    if policy.rule == "same_side":
        return Verdict(criterion.id, agreed=True, why="same_side")
    if policy.rule == "within" and max(positions) - min(positions) <= policy.levels:
        return Verdict(criterion.id, agreed=True, why="within")
    return Verdict(criterion.id, agreed=False, why="differ")
