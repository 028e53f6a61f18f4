"""What recorded sheets would have come to under another rubric: nothing is changed by asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from reviewhub.domain.agreement import Sheet, agree
from reviewhub.domain.decision import decide
from reviewhub.domain.errors import Invalid
from reviewhub.domain.resolution import resolve
from reviewhub.domain.rubric import Rubric

Verdict = Literal["met", "not_yet", "third", "no_fit"]
"""third: a third would have to score, and none did. no_fit: the sheets rate other criteria or levels."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A first attempt's scoring: its submission, all sheets that count, and what it came to."""

    submission: str
    sheets: tuple[Sheet, ...]
    outcome: str
    choices: Mapping[str, str] = field(default_factory=dict)
    """What its learner chose: the rubric is asked as it is for that."""

    @property
    def adjudicated(self) -> bool:
        """Whether a third scored it."""
        return any(sheet.role == "adjudicator" for sheet in self.sheets)


@dataclass(frozen=True, slots=True)
class Replayed:
    """The verdict under the other rubric, and whether a third is needed for it."""

    verdict: Verdict
    third: bool


def replay_sheets(rubric: Rubric, sheets: Sequence[Sheet]) -> Replayed:
    """What these sheets come to under the rubric's policies. An issuer's code is not asked.

    An adjudicator's sheet counts only where one is needed.
    """
    independent = [sheet for sheet in sheets if sheet.role == "independent"]
    try:
        agreement = agree(rubric, independent)
        third = not agreement.agreed
        if third and len(independent) == len(sheets):
            return Replayed("third", third)
        results = resolve(rubric, sheets if third else independent)
        return Replayed(decide(rubric, results, ()).outcome, third)
    except Invalid:
        return Replayed("no_fit", third=False)
