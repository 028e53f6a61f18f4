"""Everything that is wrong with a rubric file or a plugin, each with its file, its line and the remedy."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewhub.authoring.places import places_in
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import IssuerInfo, Rubric
from reviewhub.host.gather import Source, gather_one
from reviewhub.host.wheel import SUFFIX as WHEEL
from reviewhub.host.wheel import plugin_name
from reviewhub.plugin_api.files import MANIFEST, issuer_from_toml, manifest, rubric_from_toml
from reviewhub.services.ports import Gathered

_NAMED_FILE = re.compile(r"([^\s:/]+\.toml): ")


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem in a file or folder. `line` counts from 1; None where no line is to blame."""

    file: Path
    line: int | None
    problem: Problem

    def __str__(self) -> str:
        """`rubrics/first-aid.toml:42: parts[0].criteria[1].met_from: Name one of … (found: dear)`."""
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        said = self.problem.message.removeprefix(f"{self.file.name}: ")
        shown = self.problem.value if self.problem.value not in ("", said) else ""
        return f"{where}: {said}" + (f" (found: {shown})" if shown and shown not in said else "")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file or folder holds: its rubrics, or what is wrong. `issuer` where it is one plugin."""

    rubrics: tuple[Rubric, ...] = ()
    faults: tuple[Fault, ...] = ()
    issuer: IssuerInfo | None = None
    notes: tuple[str, ...] = ()
    """What works and will not for ever; no fault."""


def check(path: Path) -> Checked:
    """A rubric file, a plugin's folder or wheel, or a folder of plugins. Code runs in the sandbox.

    Problems of shape are told before those of sense: what cannot be read cannot be judged.
    """
    if path.is_file() and path.name != MANIFEST:
        return _wheel(path) if path.suffix == WHEEL else _file(path)
    folder = path.parent if path.is_file() else path
    found = [_plugin(one) for one in plugins_in(folder)]
    return Checked(
        tuple(rubric for one in found for rubric in one.rubrics),
        tuple(fault for one in found for fault in one.faults),
        found[0].issuer if len(found) == 1 else None,
        tuple(note for one in found for note in one.notes),
    )


def plugins_in(folder: Path) -> tuple[Path, ...]:
    """The plugin that this folder is, else the plugins that lie in it; the folder itself if none do."""
    inside = tuple(path.parent for path in sorted(folder.glob(f"*/{MANIFEST}")))
    return inside if inside and not (folder / MANIFEST).is_file() else (folder,)


def _file(path: Path) -> Checked:
    rubrics: list[Rubric] = []
    problems = _problems(lambda: rubrics.append(rubric_from_toml(path)))
    return Checked(tuple(rubrics), tuple(_faults(path.parent, problems)))


def _wheel(path: Path) -> Checked:
    """As at sync: its files are laid out and asked, nothing is installed."""
    gathered = _gathered(Source(plugin_name(path), path.resolve()))
    faults = tuple(Fault(path, None, problem) for problem in gathered.problems)
    return Checked(gathered.rubrics, faults, gathered.issuer, gathered.notes)


def _plugin(folder: Path) -> Checked:
    """The files are read here, all of them, and the plugin is asked as at sync.

    Code may give what the files do not: what it gives counts, and only where it fails the files are told too.
    """
    code = _code(folder)
    read = [] if code else list(_problems(lambda: issuer_from_toml(folder)))
    for path in rubric_files(folder):
        read += _file_problems(path)
    if read and not code:
        return Checked(faults=tuple(_faults(folder, read)))
    package = folder.name if code.startswith(f"{folder.name}.") else ""
    gathered = _gathered(Source(folder.name, folder.resolve(), package))
    problems = [*read, *gathered.problems] if gathered.problems else ()
    faults = tuple(dict.fromkeys(_faults(folder, problems)))
    return Checked(gathered.rubrics, faults, gathered.issuer, gathered.notes)


def _gathered(source: Source) -> Gathered:
    with tempfile.TemporaryDirectory(prefix="reviewhub-check-") as store:
        return gather_one(Path(store), source)


def rubric_files(folder: Path) -> tuple[Path, ...]:
    """The rubric files of a plugin that leaves reading them to us."""
    alone = folder / "rubric.toml"
    return (*([alone] if alone.is_file() else []), *sorted((folder / "rubrics").glob("*.toml")))


def _code(folder: Path) -> str:
    """What plugin.toml names under `code`; "" for none, and where that file cannot be read."""
    try:
        return str(manifest(folder).get("code", ""))
    except Invalid:
        return ""


def _file_problems(path: Path) -> tuple[Problem, ...]:
    return _problems(lambda: rubric_from_toml(path))


def _problems(act: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        act()
    except Invalid as wrong:
        return wrong.problems
    return ()


def _faults(folder: Path, problems: Iterable[Problem]) -> Iterator[Fault]:
    for problem in problems:
        home = _home(folder, problem)
        line = places_in(_text(home)).line(problem) if home else None
        yield Fault(home or folder, line, problem)


def _home(folder: Path, problem: Problem) -> Path | None:
    """The file that holds this place: the one that the message names, the rubric's, or the manifest."""
    files, head = rubric_files(folder), folder / MANIFEST
    named = _NAMED_FILE.match(problem.message)
    if named:
        every = (head, *files, *sorted(folder.glob("*.toml")))
        return next((path for path in every if path.name == named[1]), None)
    said = problem.message.partition(": ")[0]
    own = [path for path in files if places_in(_text(path)).texts.get("slug") == said]
    if own:
        return own[-1]
    return head if said.startswith(("issuer", "stack ")) and head.is_file() else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
