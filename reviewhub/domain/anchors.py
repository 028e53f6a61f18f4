"""Where in the evidence a criterion is shown: what the learner says of it, and what is still to be said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reviewhub.domain.evidence import Missing
from reviewhub.domain.rubric import Criterion, Requirement, Rubric


@dataclass(frozen=True, slots=True)
class Anchor:
    """The words in which a learner says where in a requirement's evidence a criterion is shown."""

    criterion: Criterion
    requirement: Requirement
    words: str


def anchors_of(rubric: Rubric, given: Mapping[str, Mapping[str, str]]) -> Iterator[Anchor]:
    """Every place that the rubric asks for, in its order, with what is said of it or "".

    `given` is {criterion id: {requirement id: words}}.
    """
    for criterion in rubric.criteria:
        for requirement in rubric.requirements:
            if criterion.anchors and requirement.id in criterion.requirements:
                words = given.get(criterion.id, {}).get(requirement.id, "")
                yield Anchor(criterion, requirement, words)


def missing_anchors(rubric: Rubric, given: Mapping[str, Mapping[str, str]]) -> Iterator[Missing]:
    """Criteria of which it is not said where they are shown; one place is enough for each."""
    places: dict[str, list[Anchor]] = {}
    for one in anchors_of(rubric, given):
        places.setdefault(one.criterion.id, []).append(one)
    for ones in places.values():
        if not any(one.words.strip() for one in ones):
            first = ones[0]
            text = f"{first.requirement.name}: say where to look for “{first.criterion.name}”."
            yield Missing(first.requirement.id, "no_anchor", text)
