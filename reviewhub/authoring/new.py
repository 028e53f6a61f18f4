"""A plugin to begin with: what was answered, as files that pass `check`, and a test of them."""

import json
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviewhub.authoring import templates
from reviewhub.authoring.check import check
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.naming import unique_ids


@dataclass(frozen=True, slots=True)
class Wish:
    """What the questions of `rubric new` ask. Levels come lowest first; the highest counts as met."""

    issuer: str
    contact_name: str
    contact_email: str
    name: str
    evidence: Literal["file", "text", "link"]
    criteria: Sequence[str]
    levels: Sequence[str]
    code: bool = False


def write_new(folder: Path, wish: Wish) -> tuple[str, ...]:
    """Write the plugin into a folder that is empty or not there yet; returns the files by relative path.

    Raises Invalid, and leaves nothing behind, for a folder that holds something and for answers that make
    no rubric.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise Invalid(Problem("dir", f"{folder} is there and not empty. Name a new folder.", str(folder)))
    home = folder.resolve()
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".reviewhub-new-", dir=home.parent) as scratch:
        made = Path(scratch, home.name)
        files = _files(wish, home.name)
        for place, text in files.items():
            path = made / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        faults = check(made).faults
        if faults:
            raise Invalid(*(fault.problem for fault in faults))
        home.mkdir(exist_ok=True)
        for path in made.iterdir():
            path.rename(home / path.name)
    return tuple(files)


def _files(wish: Wish, home: str) -> dict[str, str]:
    slug = unique_ids([wish.name], "-", "micro-credential")[0]
    criteria, levels = _ids(wish.criteria, "criterion"), _ids(wish.levels, "level")
    said = {"issuer": wish.issuer, "contact_name": wish.contact_name, "contact_email": wish.contact_email}
    quoted = {key: _quoted(value) for key, value in said.items()}
    words = {"slug": slug, "home": home, "first": next(iter(criteria), ""), "low": next(iter(levels), "")}
    words["high"] = list(levels)[-1] if levels else ""
    manifest = templates.MANIFEST.format(
        **quoted,
        slug=unique_ids([wish.issuer], "-", "issuer")[0],
        code=templates.CODE_LINE if wish.code else "",
    )
    files = {
        "plugin.toml": manifest,
        f"rubrics/{slug}.toml": _rubric(wish, slug, criteria, levels),
        f"tests/test_{slug.replace('-', '_')}.py": templates.TEST.format(**words, name=_bare(wish.name)),
    }
    return files | ({"rule.py": templates.RULE} if wish.code else {})


def _rubric(wish: Wish, slug: str, criteria: dict[str, str], levels: dict[str, str]) -> str:
    evidence = templates.EVIDENCE[wish.evidence]
    scale = "\n".join(templates.LEVEL.format(id=key, name=_quoted(name)) for key, name in levels.items())
    high = list(levels)[-1] if levels else ""
    head = templates.RUBRIC.format(slug=slug, name=_quoted(wish.name), evidence=evidence)
    return head + "".join(
        templates.CRITERION.format(id=key, name=_quoted(name), met_from=high, levels=scale)
        for key, name in criteria.items()
    )


def _ids(names: Sequence[str], fallback: str) -> dict[str, str]:
    """Names by an id for each, which is a name in Python too, so that tests read well."""
    ids = unique_ids(names, "_", fallback)
    return dict(zip(ids, names, strict=True))


def _quoted(text: str) -> str:
    """As a TOML string on one line."""
    return json.dumps(_bare(text), ensure_ascii=False)


def _bare(text: str) -> str:
    """Without control characters and runs of blanks."""
    return " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
