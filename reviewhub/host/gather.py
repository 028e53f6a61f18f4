"""Finds plugins, inspects each in the sandbox runner, and keeps the code of those that pass."""

import importlib.metadata
import importlib.util
import os
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewhub.domain.errors import Invalid, PluginFault, Problem
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.domain.rubric_check import validate, validate_issuer
from reviewhub.host.ask import Call, Reply, ask_twice
from reviewhub.host.sizes import too_large
from reviewhub.host.store import digest, keep, unpacked
from reviewhub.host.wheel import ENTRY_POINTS, SUFFIX, lay_out_wheel, plugin_name
from reviewhub.plugin_api.files import MANIFEST, manifest
from reviewhub.plugin_api.hooks import answer_type
from reviewhub.plugin_api.versions import notes
from reviewhub.services.ports import Gathered


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plugin comes from: a folder or a wheel. `package` is its import name where it is installed."""

    name: str
    path: Path
    package: str = ""


def gather(
    store: Path, places: Sequence[Path], without: Collection[str] = (), *, installed: bool = True
) -> tuple[Gathered, ...]:
    """Every plugin that was found, in the order of the names: inspected and kept, or with its problems.

    One that fails stops no other. Nothing of it is imported into this process. What is named in `without` is
    not even looked at: it comes back as a name alone. Unless `installed`, packages are not looked for.
    """
    every = sorted({*sources(places), *(_installed() if installed else ())}, key=_order)
    found = [source for source in every if source.name not in without]
    times = Counter(source.name for source in found)
    once = [source for source in found if times[source.name] == 1]
    twice = [_ambiguous(name, found) for name in times if times[name] > 1]
    unseen = [Gathered(name, "") for name in {source.name for source in every} & set(without)]
    gathered = [*(gather_one(store, source) for source in once), *twice, *unseen]
    return tuple(sorted(gathered, key=lambda one: one.name))


def sources(places: Sequence[Path]) -> Iterator[Source]:
    """Plugins in folders (a plugin's own, or one that holds several) and wheels."""
    for place in places:
        if place.suffix == SUFFIX and place.is_file():
            yield Source(plugin_name(place), place.absolute())
        elif (place / MANIFEST).is_file():
            yield Source(place.absolute().name, place.absolute())
        elif place.is_dir():
            yield from _inside(place.absolute())


def _installed() -> Iterator[Source]:
    """Plugins that came as packages."""
    for entry in importlib.metadata.entry_points(group=ENTRY_POINTS):
        package = entry.module.partition(".")[0]
        spec = importlib.util.find_spec(package)  # a top-level name is located, not imported
        for home in (spec.submodule_search_locations or ())[:1] if spec else ():
            yield Source(entry.name, Path(home), package)


def _inside(folder: Path) -> Iterator[Source]:
    for path in sorted(folder.iterdir()):
        if path.name[0] in "._":
            continue
        if path.is_dir():
            # a name in another encoding stays a plugin's own affair: as text that a database can hold
            yield Source(os.fsencode(path.name).decode(errors="replace"), path)
        elif path.suffix == SUFFIX:
            yield Source(plugin_name(path), path)


def _order(source: Source) -> tuple[str, str]:
    return source.name, str(source.path)


def _ambiguous(name: str, found: Sequence[Source]) -> Gathered:
    """Two versions of one plugin side by side: which of them counts is not ours to guess."""
    places = ", ".join(source.path.name for source in found if source.name == name)
    message = f"files: The plugin {name!r} is there more than once: {places}. Leave one of them."
    return Gathered(name, "", problems=(Problem("files", message, places),))


@contextmanager
def _copied(store: Path, source: Source) -> Iterator[tuple[Path, str]]:
    """A private copy to inspect, and the package in it that holds the manifest ("": the copy itself)."""
    if source.path.suffix != SUFFIX or source.path.is_dir():
        with unpacked(store, source.path, source.package) as copy:
            yield copy, source.package
        return
    with tempfile.TemporaryDirectory(prefix="reviewhub-wheel-") as scratch:
        package = lay_out_wheel(source.path, Path(scratch))
        with unpacked(store, Path(scratch, package), package) as copy:
            yield copy, package


def gather_one(store: Path, source: Source) -> Gathered:
    """One plugin, inspected and kept, or with its problems."""
    code = ""
    try:
        with _copied(store, source) as (copy, package):
            code = digest(copy)
            info, rubrics = inspect(source.name, copy)
            problems = _problems(info, rubrics)
            if not problems:
                has_code = "code" in manifest(copy / package)
                outgoing = notes(copy)
                keep(store, copy, info.slug, code)
                return Gathered(source.name, code, info, rubrics, has_code=has_code, notes=outgoing)
    except Invalid as wrong:
        problems = wrong.problems
    except PluginFault as fault:
        problems = (Problem(fault.hook, f"{fault.hook}: {fault.reason}"),)
    except OSError as broken:
        problems = (Problem("files", f"files: It cannot be read: {broken.strerror}."),)
    except (ValueError, RecursionError) as broken:  # of what reads its files here: nobody else's affair
        problems = (Problem("files", f"files: It cannot be read: {type(broken).__name__}."),)
    return Gathered(source.name, code, problems=problems)


def inspect(name: str, folder: Path) -> tuple[IssuerInfo, tuple[Rubric, ...]]:
    """What the plugin in this folder ships. Raises Invalid with its own problems, else PluginFault."""
    issuer, rubrics = ask_twice(name, folder, [Call("issuer", {}), Call("rubrics", {})])
    told = tuple(dict.fromkeys(problem for reply in (issuer, rubrics) for problem in reply.problems))
    told += tuple(problem for one in (issuer, rubrics) for problem in too_large(one.hook, one.value))
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
