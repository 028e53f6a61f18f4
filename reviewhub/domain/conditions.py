"""What a rubric asks for and judges where a learner chose this or that: what does not fit is left out.

Pure and by ids: the same choices give the same rubric. What is left out is not asked for and not scored, as
what does not apply (domain/decision.py): it makes nobody short, and has no part in sum and cut.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reviewhub.domain.errors import Problem
from reviewhub.domain.points import enough
from reviewhub.domain.rubric import Criterion, Requirement, Rubric, When

_FEWEST, _MOST = 2, 20
_LONGEST = 120


def for_choices(rubric: Rubric, choices: Mapping[str, str]) -> Rubric:
    """The rubric of a work in which these options {requirement id: option id} were chosen.

    Without what shows only where something else was chosen. A choice of another rubric, or one that is itself
    hidden, counts as none. A cut is lowered with what is left out (`points.enough`).
    """
    if not has_conditions(rubric):
        return rubric
    requirements = tuple(_shown(rubric.requirements, choices))
    made = {one.id: choices[one.id] for one in requirements if one.kind == "choice" and one.id in choices}
    parts = tuple(
        replace(part, criteria=tuple(c for c in part.criteria if _fits(c.when, made)))
        for part in rubric.parts
    )
    left = replace(rubric, requirements=requirements, parts=tuple(part for part in parts if part.criteria))
    cut = rubric.policies.decision.cut
    if cut is None or not left.criteria:
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
            if requirement.kind == "choice" and requirement.id in choices:
                made[requirement.id] = choices[requirement.id]


def _fits(when: When | None, made: Mapping[str, str]) -> bool:
    return when is None or made.get(when.requirement) in when.chosen


def condition_problems(rubric: Rubric) -> Iterator[Problem]:
    """Choices that are none, conditions that nothing can meet, and criteria that nothing would show."""
    for n, requirement in enumerate(rubric.requirements):
        place = f"requirements[{n}]"
        yield from _choice(place, requirement)
        yield from _condition(f"{place}.when", requirement.when, rubric.requirements[:n])
    for n, part in enumerate(rubric.parts):
        for m, criterion in enumerate(part.criteria):
            place = f"parts[{n}].criteria[{m}]"
            yield from _condition(f"{place}.when", criterion.when, rubric.requirements)
            yield from _evidence(f"{place}.requirements", rubric, criterion)
    if rubric.criteria and all(criterion.when for criterion in rubric.criteria):
        yield _at("parts", "Let one criterion be judged whatever is chosen: leave out its `when`.")


def _at(place: str, advice: str, value: str = "") -> Problem:
    return Problem(place, f"{place}: {advice}", value)


def _choice(place: str, item: Requirement) -> Iterator[Problem]:
    if item.kind != "choice":
        if item.options:
            yield _at(f"{place}.options", 'Options belong to kind = "choice". Leave them out.')
        return
    if not _FEWEST <= len(item.options) <= _MOST:
        yield _at(f"{place}.options", f"Give {_FEWEST} to {_MOST} options.", str(len(item.options)))
    if len({option.id for option in item.options}) < len(item.options):
        yield _at(f"{place}.options", "Give each option an id of its own.")
    for n, option in enumerate(item.options):
        if not option.name.strip() or len(option.name) > _LONGEST:
            yield _at(f"{place}.options[{n}].name", f"Write 1 to {_LONGEST} characters.", option.name)
    if item.maximum != 1 or item.accept:
        yield _at(place, "One option is chosen. Leave out maximum and accept.")


def _condition(place: str, when: When | None, before: Iterable[Requirement]) -> Iterator[Problem]:
    if when is None:
        return
    choice = next((one for one in before if one.id == when.requirement and one.kind == "choice"), None)
    if choice is None:
        advice = 'Name a requirement of kind "choice" that is asked for before this.'
        yield _at(f"{place}.requirement", advice, when.requirement)
        return
    known = [option.id for option in choice.options]
    if not when.chosen:
        yield _at(f"{place}.chosen", f"Name one or more of {', '.join(known)}.")
    for n, option in enumerate(when.chosen):
        if option not in known:
            yield _at(f"{place}.chosen[{n}]", f"Use one of {', '.join(known)}.", option)


def _evidence(place: str, rubric: Rubric, criterion: Criterion) -> Iterator[Problem]:
    """A criterion that is judged needs something to be judged on, whatever was chosen."""
    named = [one for one in rubric.requirements if one.id in criterion.requirements]
    for one in named:
        if one.kind == "choice":
            yield _at(place, "A choice shows nothing. Name the evidence that does.", one.id)
    if named and not any(_always_with(criterion, one) for one in named):
        advice = "Name evidence that is asked for whenever this is judged: without `when`, or with the same."
        yield _at(place, advice)


def _always_with(criterion: Criterion, requirement: Requirement) -> bool:
    when, its = requirement.when, criterion.when
    if requirement.kind == "choice":
        return False
    if when is None:
        return True
    return its is not None and its.requirement == when.requirement and set(its.chosen) <= set(when.chosen)
