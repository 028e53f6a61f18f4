"""Reading what an issuer writes: plugin.toml and rubric files. Every problem at once, with file and place.

A rubric file has the shape of the domain's `Rubric`. Levels may leave out `points`, which then count
1, 2, 3 … from the lowest; lines of one paragraph are joined, so that long texts can be wrapped.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from reviewhub.domain.codec import decode
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.paragraphs import join_lines
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.domain.rubric_check import validate, validate_issuer
from reviewhub.domain.rubric_json import from_json

MANIFEST = "plugin.toml"
_MANIFEST_KEYS = ("api", "code", "issuer")


def rubric_from_toml(path: Path) -> Rubric:
    """One rubric from its file. Raises Invalid with every problem of shape, else of sense."""
    try:
        rubric = from_json(_with_points(_read(path)))
        problems = validate(rubric)
        if problems:
            raise Invalid(*problems)
    except Invalid as wrong:
        raise Invalid(*(_in_file(path, problem) for problem in wrong.problems)) from None
    return rubric


def rubrics_in(folder: Path) -> tuple[Rubric, ...]:
    """The rubrics of a plugin's folder: `rubric.toml`, and all of `rubrics/*.toml` by file name.

    Raises Invalid with the problems of all files together.
    """
    paths = [path for path in (folder / "rubric.toml",) if path.is_file()]
    paths += sorted((folder / "rubrics").glob("*.toml"))
    rubrics: list[Rubric] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            rubrics.append(rubric_from_toml(path))
        except Invalid as wrong:
            problems += wrong.problems
    if not paths:
        problems.append(Problem("rubrics", "rubrics: Put a rubric.toml here, or several files in rubrics/."))
    if problems:
        raise Invalid(*problems)
    return tuple(rubrics)


def manifest(folder: Path) -> dict[str, Any]:
    """The tables of plugin.toml. Raises Invalid where it is missing, unreadable or has unknown keys."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Invalid(Problem(MANIFEST, f"{MANIFEST}: This file is missing. It names the issuer."))
    data = _read(path)
    unknown = [key for key in data if key not in _MANIFEST_KEYS]
    if unknown:
        advice = f"This key is not known. Remove it, or use one of {', '.join(_MANIFEST_KEYS)}."
        raise Invalid(*(_in_file(path, Problem(key, f"{key}: {advice}")) for key in unknown))
    return data


def issuer_from_toml(folder: Path) -> IssuerInfo:
    """The issuer that plugin.toml names. Raises Invalid with every problem."""
    try:
        info = decode(IssuerInfo, manifest(folder).get("issuer"), "issuer")
        problems = validate_issuer(info)
        if problems:
            raise Invalid(*problems)
    except Invalid as wrong:
        raise Invalid(*(_in_file(folder / MANIFEST, problem) for problem in wrong.problems)) from None
    return info


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        data: dict[str, Any] = join_lines(tomllib.loads(text, parse_float=Decimal))
    except UnicodeDecodeError:
        raise Invalid(Problem(path.name, f"{path.name}: Save this file as UTF-8 text.")) from None
    except tomllib.TOMLDecodeError as wrong:
        raise Invalid(Problem(path.name, f"{path.name}: This is not valid TOML: {wrong}.")) from None
    return data


def _in_file(path: Path, problem: Problem) -> Problem:
    if problem.message.startswith(f"{path.name}: "):
        return problem
    return replace(problem, message=f"{path.name}: {problem.message}")


def _with_points(data: dict[str, Any]) -> dict[str, Any]:
    for levels in _scales(data):
        for position, level in enumerate(levels, 1):
            if isinstance(level, dict):
                level.setdefault("points", position)
    return data


def _scales(data: dict[str, Any]) -> Iterator[list[Any]]:
    """The level lists that have the right shape; what has not is left for the decoder to name."""
    for part in _tables(data.get("parts")):
        for criterion in _tables(part.get("criteria")):
            if isinstance(criterion.get("levels"), list):
                yield criterion["levels"]


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
