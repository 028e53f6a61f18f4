"""Whether the choices and conditions of a rubric make sense: each can be met, and something is judged."""

from collections.abc import Iterable, Iterator

from reviewhub.domain.errors import Problem
from reviewhub.domain.rubric import Criterion, Requirement, Rubric, When

_FEWEST, _MOST = 2, 20
_LONGEST = 120


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
