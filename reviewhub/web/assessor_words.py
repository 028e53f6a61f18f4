"""What the assessor's pages say about things: sizes of evidence, durations, differences of two sheets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from reviewhub.domain.rubric import Criterion
from reviewhub.queries.workspace import Entry, Workspace
from reviewhub.queries.workspace_evidence import Exhibit

_HOUR = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One criterion on which the saved draft and this page differ."""

    name: str
    saved: str
    saved_comment: str
    here: str
    here_comment: str


def detail(exhibit: Exhibit) -> str:
    """What an exhibit is, in two words: "PDF, 6 pages", "3 images", "412 words"."""
    if exhibit.kind == "text":
        return str(ngettext("%(num)d word", "%(num)d words", exhibit.words))
    if not exhibit.pages:
        return str(_("no clean copy yet"))
    count, kind = len(exhibit.pages), exhibit.pages[0].kind
    if kind == "text":
        return str(_("Text"))
    if kind == "image":
        return str(_("Image") if count == 1 else ngettext("%(num)d image", "%(num)d images", count))
    pages = str(ngettext("%(num)d page", "%(num)d pages", count))
    return str(_("PDF, %(pages)s", pages=pages)) if exhibit.media_type == "application/pdf" else pages


def duration(minutes: int) -> str:
    """Roughly how long: "about 35 min", "about 6 h"."""
    if minutes < _HOUR:
        return str(_("about %(n)d min", n=minutes))
    return str(_("about %(n)d h", n=round(minutes / _HOUR)))


def seconds_left(until: datetime | None, now: datetime) -> int:
    """Whole seconds until then, at least 0."""
    return max(0, round((until - now).total_seconds())) if until else 0


def with_entries(page: Workspace, entries: Mapping[str, Entry]) -> Workspace:
    """The same page with these entries in its form; a level that is not on the scale is left out."""
    parts = tuple(
        replace(
            part,
            scored=tuple(
                replace(one, entry=_on_scale(one.criterion, entries.get(one.criterion.id, Entry())))
                for one in part.scored
            ),
        )
        for part in page.parts
    )
    return replace(page, parts=parts)


def _on_scale(criterion: Criterion, entry: Entry) -> Entry:
    return entry if entry.level in {one.id for one in criterion.ratings} else replace(entry, level="")


def changes(saved: Workspace, here: Workspace) -> tuple[Change, ...]:
    """Where the two sheets differ, in the rubric's order."""
    return tuple(
        Change(
            one.criterion.name,
            _level(one.criterion, one.entry),
            one.entry.comment,
            _level(one.criterion, other.entry),
            other.entry.comment,
        )
        for one, other in zip(saved.scored, here.scored, strict=True)
        if one.entry != other.entry
    )


def _level(criterion: Criterion, entry: Entry) -> str:
    names = {one.id: one.name for one in criterion.ratings}
    return names.get(entry.level) or str(_("not rated"))
