"""What a round is scored by: the pinned rubric, or for a completeness check the one made from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from reviewhub.domain.completeness import check_rubric
from reviewhub.domain.conditions import for_choices
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader


def rubric_of_round(
    kind: str, body: dict[str, Any], choices: Mapping[str, str], reads: Sequence[str] = ()
) -> Rubric:
    """The rubric for a round of this kind, from the snapshot's body.

    As the learner's choices make it, for who `reads` these languages.
    """
    return scored_by(kind, for_reader(from_json(body), reads), choices)


def scored_by(kind: str, whole: Rubric, choices: Mapping[str, str]) -> Rubric:
    """The same, from the whole rubric."""
    rubric = for_choices(whole, choices)
    return check_rubric(rubric) if kind == "completeness" else rubric
