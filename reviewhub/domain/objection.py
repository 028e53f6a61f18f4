"""What an adjudicator's sheet says about criteria that were locked, and doubted (rule 15).

Independent sheets never had them, so neither agreement nor resolution is asked about them: an adjudicator's
level alone says whether the lock stands.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.decision import Locked
from reviewhub.domain.resolution import Resolution, Resolved
from reviewhub.domain.rubric import Rubric

STANDS, LIFTED = "lock_stands", "lock_lifted"
"""The rules that a result for an objected criterion names."""


def split(sheets: Sequence[Sheet], doubted: Collection[str]) -> tuple[tuple[Sheet, ...], dict[str, str]]:
    """The sheets as the owner's rules may see them, and the adjudicator's levels for what was doubted."""
    objected: dict[str, str] = {}
    kept = []
    for sheet in sheets:
        if sheet.role == "adjudicator":
            objected |= {cid: level for cid, level in sheet.ratings.items() if cid in doubted}
            ratings = {cid: level for cid, level in sheet.ratings.items() if cid not in doubted}
            kept.append(replace(sheet, ratings=ratings))
        else:
            kept.append(sheet)
    return tuple(kept), objected


@dataclass(frozen=True, slots=True)
class Answered:
    """The results with the doubted criteria among them, and the locks that still stand."""

    resolution: Resolution
    history: tuple[Locked, ...]

    @property
    def lifted(self) -> tuple[str, ...]:
        """Ids of the criteria whose lock is lifted."""
        return tuple(one.criterion_id for one in self.resolution.results if one.rule == LIFTED)

    @property
    def told(self) -> Resolution:
        """The results that the learner hears of: a lock that stands is as it was."""
        return Resolution(tuple(one for one in self.resolution.results if one.rule != STANDS))


def answer(
    rubric: Rubric, resolution: Resolution, history: Sequence[Locked], objected: dict[str, str]
) -> Answered:
    """A lock whose criterion the adjudicator finds met stands, at its own level; else their level counts.

    Results are in the rubric's order. What is not locked is left alone.
    """
    results = list(resolution.results)
    lifted = set()
    for lock in history:
        level_id = objected.get(lock.criterion_id)
        if level_id is None:
            continue
        criterion = rubric.criterion(lock.criterion_id)
        stands = criterion.is_met(level_id)
        lifted |= set() if stands else {lock.criterion_id}
        stays = lock.level_id if stands else level_id
        rule = STANDS if stands else LIFTED
        results.append(Resolved(criterion.id, stays, criterion.points(stays), rule))
    order = [criterion.id for criterion in rubric.criteria]
    results.sort(key=lambda one: order.index(one.criterion_id))
    kept = tuple(lock for lock in history if lock.criterion_id not in lifted)
    return Answered(Resolution(tuple(results)), kept)
