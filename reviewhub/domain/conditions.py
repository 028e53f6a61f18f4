"""What a rubric asks for and judges where a learner chose this or that: what does not fit is left out.

Pure and by ids: the same choices give the same rubric. What is left out is not asked for and not scored, as
what does not apply (domain/decision.py): it makes nobody short, and has no part in sum and cut.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reviewhub.domain.points import enough
from reviewhub.domain.rubric import Requirement, Rubric, When


def for_choices(rubric: Rubric, choices: Mapping[str, str]) -> Rubric:
    """The rubric of a work in which these options {requirement id: option id} were chosen.

    Without what shows only where something else was chosen. A choice of another rubric, or one that is itself
    hidden, counts as none. A cut is lowered with what is left out (`points.enough`).
    """
    if not has_conditions(rubric):
        return rubric
    requirements = tuple(_shown(rubric.requirements, choices))
    made = {one.id: choices[one.id] for one in requirements if one.id in choices}
    parts = tuple(
        replace(part, criteria=tuple(c for c in part.criteria if _fits(c.when, made)))
        for part in rubric.parts
    )
    left = replace(rubric, requirements=requirements, parts=tuple(part for part in parts if part.criteria))
    cut = rubric.policies.decision.cut
    if cut is None:
        return left
    decision = replace(rubric.policies.decision, cut=enough(rubric, left.criteria))
    return replace(left, policies=replace(rubric.policies, decision=decision))


def has_conditions(rubric: Rubric) -> bool:
    """Whether anything depends on a choice."""
    return any(one.when for one in rubric.requirements) or any(one.when for one in rubric.criteria)


def hidden_requirements(rubric: Rubric, choices: Mapping[str, str]) -> frozenset[str]:
    """Ids of what is not asked for with these choices."""
    asked = {requirement.id for requirement in for_choices(rubric, choices).requirements}
    return frozenset(one.id for one in rubric.requirements) - asked


def chosen_options(rubric: Rubric, choices: Mapping[str, str]) -> Iterator[tuple[Requirement, str]]:
    """Each choice that the rubric asks for and that was made, with the option's name."""
    for requirement in rubric.requirements:
        for option in requirement.options:
            if choices.get(requirement.id) == option.id:
                yield requirement, option.name


def _shown(requirements: Iterable[Requirement], choices: Mapping[str, str]) -> Iterator[Requirement]:
    """In order: a condition looks at what was asked before it, so a hidden choice hides what hangs on it."""
    made: dict[str, str] = {}
    for requirement in requirements:
        if _fits(requirement.when, made):
            yield requirement
            if requirement.id in choices:
                made[requirement.id] = choices[requirement.id]


def _fits(when: When | None, made: Mapping[str, str]) -> bool:
    return when is None or made.get(when.requirement) in when.chosen
