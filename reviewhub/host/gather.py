"""Finds plugins, inspects each in the sandbox runner, and keeps the code of those that pass."""

import importlib.metadata
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewhub.domain.errors import Invalid, PluginFault, Problem
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.domain.rubric_check import validate, validate_issuer
from reviewhub.host.ask import Call, Reply, ask
from reviewhub.host.store import digest, keep, unpacked
from reviewhub.plugin_api.files import MANIFEST, manifest
from reviewhub.plugin_api.hooks import answer_type
from reviewhub.services.ports import Gathered

ENTRY_POINTS = "reviewhub.plugins"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plugin comes from. `package` is its import name where it was installed as a distribution."""

    name: str
    folder: Path
    package: str = ""


def gather(store: Path, folders: Sequence[Path]) -> tuple[Gathered, ...]:
    """Every plugin that was found, in the order of the names: inspected and kept, or with its problems.

    One that fails stops no other. Nothing of it is imported into this process.
    """
    return tuple(
        gather_one(store, source) for source in sorted(sources(folders), key=lambda source: source.name)
    )


def sources(folders: Sequence[Path]) -> Iterator[Source]:
    """Plugins in folders (a plugin's own, or one that holds several), and installed ones by entry point."""
    for folder in folders:
        if (folder / MANIFEST).is_file():
            yield Source(folder.name, folder)
        elif folder.is_dir():
            inside = (path for path in sorted(folder.iterdir()) if path.is_dir() and path.name[0] not in "._")
            yield from (Source(path.name, path) for path in inside)
    for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
        package = entry.module.partition(".")[0]
        spec = importlib.util.find_spec(package)  # a top-level name is located, not imported
        for place in (spec.submodule_search_locations or ())[:1] if spec else ():
            yield Source(entry.name, Path(place), package)


def gather_one(store: Path, source: Source) -> Gathered:
    """One plugin, inspected and kept, or with its problems."""
    code = ""
    try:
        with unpacked(store, source.folder, source.package) as copy:
            code = digest(copy)
            info, rubrics = inspect(source.name, copy)
            problems = _problems(info, rubrics)
            if not problems:
                has_code = "code" in manifest(copy / source.package)
                keep(store, copy, info.slug, code)
                return Gathered(source.name, code, info, rubrics, has_code=has_code)
    except Invalid as wrong:
        problems = wrong.problems
    except PluginFault as fault:
        problems = (Problem(fault.hook, f"{fault.hook}: {fault.reason}"),)
    except OSError as broken:
        problems = (Problem("files", f"files: It cannot be read: {broken.strerror}."),)
    return Gathered(source.name, code, problems=problems)


def inspect(name: str, folder: Path) -> tuple[IssuerInfo, tuple[Rubric, ...]]:
    """What the plugin in this folder ships. Raises Invalid with its own problems, else PluginFault."""
    issuer, rubrics = ask(name, folder, [Call("issuer", {}), Call("rubrics", {})])
    told = tuple(dict.fromkeys(problem for reply in (issuer, rubrics) for problem in reply.problems))
    if told:
        raise Invalid(*told)
    return _read(issuer), tuple(_read(rubrics))


def _read(reply: Reply) -> Any:  # noqa: ANN401 - the hook's declared answer type
    return reply.read(answer_type(reply.hook))


def _problems(info: IssuerInfo, rubrics: Sequence[Rubric]) -> tuple[Problem, ...]:
    found = list(validate_issuer(info))
    slugs = [rubric.slug for rubric in rubrics]
    if not rubrics:
        found.append(Problem("rubrics", "rubrics: Ship at least one rubric."))
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    found += [
        Problem(slug, f"{slug}: Two rubrics have this slug. Give each its own.", slug) for slug in twice
    ]
    for rubric in rubrics:
        found += [Problem(p.field, f"{rubric.slug}: {p.message}", p.value) for p in validate(rubric)]
    for stack in info.stacks:
        found += [_not_shipped(stack.slug, item) for item in stack.items if item not in slugs]
    return tuple(found)


def _not_shipped(stack: str, item: str) -> Problem:
    return Problem(stack, f"stack {stack}: It names {item!r}, which is not shipped.", item)
