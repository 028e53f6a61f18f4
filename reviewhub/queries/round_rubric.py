"""What a round is scored by: the pinned rubric, or for a completeness check the one made from it."""

from typing import Any

from reviewhub.domain.completeness import check_rubric
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json


def rubric_of_round(kind: str, body: dict[str, Any]) -> Rubric:
    """The rubric for a round of this kind, from the snapshot's body."""
    rubric = from_json(body)
    return check_rubric(rubric) if kind == "completeness" else rubric
