"""What a new version of a plugin changes, and for whom: told before it is taken in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

from reviewhub.authoring.check import Checked, Fault, check, plugins_in, rubric_files
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import Difference, compare_rubrics
from reviewhub.domain.rubric_json import content_hash
from reviewhub.domain.translation_diff import compare_translations
from reviewhub.host.store import files_of
from reviewhub.plugin_api.files import MANIFEST
from reviewhub.services.sync import unversioned

Kind = Literal["new", "gone", "same", "wording", "policies", "structure", "refused"]


@dataclass(frozen=True, slots=True)
class RubricChange:
    """One micro-credential: what kind of change, and both versions where there are both."""

    label: str
    kind: Kind
    before: Rubric | None = None
    after: Rubric | None = None
    differences: tuple[Difference, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PluginChange:
    """Everything that differs; or the faults that stop both from being compared."""

    rubrics: tuple[RubricChange, ...] = ()
    issuer: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether a sync would refuse something of it."""
        return bool(self.faults) or any(one.kind == "refused" for one in self.rubrics)


def diff(old: Path, new: Path) -> PluginChange:
    """Compare two rubric files, two plugins, or a file with the rubric of the same slug in a plugin.

    A plugin is a folder or a wheel; whether its code changed is seen of folders alone.

    Raises Invalid for a folder that holds several plugins.
    """
    for path in (old, new):
        if path.is_dir() and len(plugins_in(path)) > 1:
            raise Invalid(Problem(str(path), f"{path}: Several plugins lie here. Name one of them."))
    before, after = check(old), check(new)
    if before.faults or after.faults:
        return PluginChange(faults=before.faults + after.faults)
    whole = bool(before.issuer) == bool(after.issuer)
    return PluginChange(
        tuple(_rubrics(before, after, whole=whole)),
        tuple(_issuer(before, after)),
        tuple(_code(old, new)) if old.is_dir() and new.is_dir() else (),
    )


def _rubrics(before: Checked, after: Checked, *, whole: bool) -> Iterator[RubricChange]:
    """In the order of the new one, then what it lacks; without `whole` only what is in both."""
    old, new = ({one.slug: one for one in side.rubrics} for side in (before, after))
    issuer = next((side.issuer.slug for side in (after, before) if side.issuer), "")
    home = f"{issuer}/" if issuer else ""
    for slug in [*new, *(slug for slug in old if slug not in new)]:
        was, now = old.get(slug), new.get(slug)
        if was and now:
            yield _pair(home + slug, was, now)
        elif whole:
            yield RubricChange(home + slug, "new" if now else "gone", was, now)


def _pair(label: str, was: Rubric, now: Rubric) -> RubricChange:
    if content_hash(was) == content_hash(now):
        return RubricChange(label, "same", was, now)
    found = (*compare_rubrics(was, now), *compare_translations(was, now))
    if was.version == now.version:
        refusal = unversioned(f"{label} {now.version}", now).message
        return RubricChange(label, "refused", was, now, found, refusal)
    return RubricChange(label, _kind(found), was, now, found)


def _kind(found: Sequence[Difference]) -> Kind:
    structural = {one.thing for one in found if one.structural}
    if not structural:
        return "wording"
    return "policies" if structural == {"policy"} else "structure"


def _issuer(before: Checked, after: Checked) -> Iterator[str]:
    """What the plugins say differently about their issuer, by the keys of plugin.toml."""
    if before.issuer and after.issuer:
        for one in fields(before.issuer):
            if getattr(before.issuer, one.name) != getattr(after.issuer, one.name):
                yield one.name


def _code(old: Path, new: Path) -> Iterator[str]:
    """The files that differ beside the manifest and the rubrics, by relative path."""
    was, now = _others(old), _others(new)
    yield from (place for place in sorted(was.keys() | now.keys()) if was.get(place) != now.get(place))


def _others(folder: Path) -> dict[str, bytes]:
    apart = {folder / MANIFEST, *rubric_files(folder)}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in files_of(folder)
        if path not in apart
    }
