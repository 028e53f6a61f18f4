"""Loomfield's rule, which the declarative policies cannot say.

Every criterion is to be met; one may be one level short, but never the one on debugging, and never a
plain yes or no. Assessors may differ by one level on the same side of met, except on debugging, where
every difference is looked at by a third. The lower of two levels counts, but its points lie between the two:
our report of the year shows how far the students have come.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from reviewhub.plugin_api import (
    Agreement,
    Comment,
    Criterion,
    Decision,
    EvidenceFacts,
    FeedbackDraft,
    Finding,
    Locked,
    Plugin,
    Requirement,
    Resolution,
    Resolved,
    Rubric,
    Sheet,
    Verdict,
    across_met,
    compose,
    one_level_short,
    resolve,
    standing_levels,
)

STRICT = "debugging"
YES_OR_NO = 2
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


class Loomfield(Plugin):
    """The shared rule of all eight rubrics."""

    def check_evidence(
        self, rubric: Rubric, requirement: Requirement, evidence: EvidenceFacts
    ) -> Sequence[Finding] | None:
        """Warn of addresses in a text: they may belong to a child or a parent."""
        if not _ADDRESS.search(evidence.text):
            return None
        message = "There is an e-mail address in this text. Take it out if it is not your own."
        return [Finding("address", message, "warn")]

    def agree(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement | None:
        """Neighbouring levels agree on the same side of met; on debugging only equal ones do."""
        independent = [sheet for sheet in sheets if sheet.role == "independent"]
        scored = [criterion for criterion in rubric.criteria if criterion.id in independent[0].ratings]
        return Agreement(
            tuple(_verdict(criterion, [s.ratings[criterion.id] for s in independent]) for criterion in scored)
        )

    def resolve(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Resolution | None:
        """By the policy, but where two levels agree, with the mean of their points."""
        by_policy = resolve(rubric, sheets, self.agree(rubric, sheets))
        return Resolution(tuple(_with_mean(rubric, sheets, one) for one in by_policy.results))

    def decide(self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision | None:
        """All met, or all but one that is forgiven."""
        standing = standing_levels(rubric, resolution, history)
        short = [criterion for criterion in rubric.criteria if not criterion.is_met(standing[criterion.id])]
        forgiven = len(short) == 1 and _forgivable(short[0], standing[short[0].id])
        met = tuple(criterion.id for criterion in rubric.criteria if criterion not in short)
        return Decision(
            outcome="met" if forgiven or not short else "not_yet",
            met=met,
            locked=met,
            rule="loomfield: one nearly there, never debugging" if forgiven else "loomfield: all met",
        )

    def feedback(
        self, rubric: Rubric, resolution: Resolution, decision: Decision, comments: Sequence[Comment]
    ) -> FeedbackDraft | None:
        """The default draft, with a next step from the studio for what is not yet met."""
        steps = tomllib.loads((self.folder / "next_steps.toml").read_text(encoding="utf-8"))
        draft = compose(rubric, resolution, decision, comments)
        return replace(
            draft,
            items=tuple(
                replace(item, do=f"{item.do}\n\n{steps[item.criterion_id]}")
                if item.do and item.criterion_id in steps
                else item
                for item in draft.items
            ),
        )


def _verdict(criterion: Criterion, levels: Sequence[str]) -> Verdict:
    places = [criterion.index(level) for level in levels]
    apart = max(places) - min(places)
    if apart == 0:
        return Verdict(criterion.id, agreed=True, why="same")
    if across_met(criterion, levels):
        return Verdict(criterion.id, agreed=False, why="across_met")
    if criterion.id == STRICT:
        return Verdict(criterion.id, agreed=False, why="loomfield: debugging must be the same")
    return Verdict(criterion.id, agreed=apart == 1, why="within" if apart == 1 else "differ")


def _with_mean(rubric: Rubric, sheets: Sequence[Sheet], one: Resolved) -> Resolved:
    if one.rule != "adjacent_lower":
        return one
    criterion = rubric.criterion(one.criterion_id)
    independent = [sheet for sheet in sheets if sheet.role == "independent"]
    points = [criterion.level(sheet.ratings[criterion.id]).points for sheet in independent]
    return replace(one, value=sum(points, Decimal(0)) / len(points))


def _forgivable(criterion: Criterion, level: str) -> bool:
    return criterion.id != STRICT and len(criterion.levels) > YES_OR_NO and one_level_short(criterion, level)
