"""A draft: a rubric as plain data, as far as it is written, and everything that is still wrong with it.

A draft is kept as it was typed. A number that is none stays the text that it is, and `look` says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from reviewhub.domain.codec import decode
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.paragraphs import join_lines
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_check import validate

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_POINTS = re.compile(r"levels\[(\d+)\]\.points$")
_SECTIONS = {"requirements": "evidence", "parts": "criteria", "policies": "rules", "promise_days": "rules"}


@dataclass(frozen=True, slots=True)
class Look:
    """What a draft comes to: the rubric where it has the right shape, and every problem at its place."""

    rubric: Rubric | None
    problems: tuple[Problem, ...]

    @property
    def showable(self) -> bool:
        """Whether pages can be made of it: what its parts name is there, even where words are missing."""
        rubric = self.rubric
        if rubric is None or not rubric.criteria:
            return False
        asked = {one.id for one in rubric.requirements}
        return all(
            {c.met_from, c.floor or c.met_from} <= {level.id for level in c.levels}
            and asked.issuperset(c.requirements)
            for c in rubric.criteria
        )


def new_body(slug: str, name: str) -> dict[str, Any]:
    """A draft to begin with: one piece of evidence, nothing judged yet."""
    judged = "Two assessors, without knowing of each other. If they do not agree, a third decides."
    evidence = {
        "id": "evidence", "kind": "file", "name": "", "description": "",
        "accept": ["application/pdf", "image/*"], "minimum": 1, "maximum": 3,
    }  # fmt: skip
    about = {"name": name, "summary": "", "description": "", "languages": ["en"], "judged": judged}
    return {
        "slug": slug, "version": "1.0", "promise_days": 14, "about": about,
        "requirements": [evidence], "parts": [], "policies": {},
    }  # fmt: skip


def look(body: dict[str, Any]) -> Look:
    """Every problem at once, of shape and of sense; places as fields of the form have them."""
    plain = join_lines(body)
    try:
        rubric = decode(Rubric, plain)
    except Invalid as wrong:
        return Look(None, tuple(_placed(plain, (*wrong.problems, *_sense(plain, wrong.problems)))))
    return Look(rubric, tuple(_placed(plain, validate(rubric))))


def section_of(problem: Problem) -> str:
    """The page of the form that a problem belongs to: about, evidence, criteria or rules."""
    return _SECTIONS.get(re.split(r"[.\[]", problem.field)[0], "about")


def _sense(plain: dict[str, Any], misshapen: tuple[Problem, ...]) -> Iterator[Problem]:
    """What else is wrong, as if what has no shape were left out, or counted where it must be there."""
    wrong = {problem.field for problem in misshapen}
    bare = join_lines(plain)
    for where in wrong:
        _leave_out(bare, where)
    try:
        rubric = decode(Rubric, bare)
    except Invalid:
        return
    yield from (problem for problem in validate(rubric) if problem.field not in wrong)


def _leave_out(plain: Any, where: str) -> None:  # noqa: ANN401 - plain data of any shape
    *way, last = [key or int(index) for key, index in _STEP.findall(where)]
    try:
        for step in way:
            plain = plain[step]
        points = _POINTS.search(where)
        if points:
            plain[last] = int(points[1]) + 1
        else:
            del plain[last]
    except (KeyError, IndexError, TypeError):
        return  # what is missing cannot be left out


def _placed(plain: dict[str, Any], problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """Problems that name a thing by its id get its place; the place is left out of the words."""
    places = dict(_places(plain))
    for problem in problems:
        thing, dot, key = problem.field.partition(".")
        field = places[thing] + dot + key if thing in places else problem.field
        yield replace(problem, field=field, message=problem.message.removeprefix(f"{problem.field}: "))


def _places(plain: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for n, requirement in enumerate(_tables(plain.get("requirements"))):
        yield f"requirement {requirement.get('id')}", f"requirements[{n}]"
    for n, part in enumerate(_tables(plain.get("parts"))):
        for m, criterion in enumerate(_tables(part.get("criteria"))):
            yield f"criterion {criterion.get('id')}", f"parts[{n}].criteria[{m}]"


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
