"""Names and summaries of the catalogue's list in its reader's language, without reading whole rubrics."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from reviewhub.domain.translation import primary
from reviewhub.models import RubricVersion

_MOST = 2
"""So many of a reader's languages are looked for in the list; on its own page a rubric is asked for all."""


def tags_of(reads: Sequence[str]) -> tuple[str, ...]:
    """Under which tags a translation for this reader would stand, best first."""
    return tuple(dict.fromkeys(tag for one in reads[:_MOST] for tag in (one, primary(one))))


def word_columns(reads: Sequence[str]) -> list[ColumnElement[Any]]:
    """The language that a rubric is written in, and for each of `tags_of` what the catalogue says in it."""
    body = col(RubricVersion.body)
    return [
        body[("about", "languages", 0)],
        *(body[("translations", tag, "about")] for tag in tags_of(reads)),
    ]


def said(values: Sequence[Any], reads: Sequence[str], name: str, summary: str) -> tuple[str, str, str]:
    """Name and summary for this reader, and their language, from the values of `word_columns`."""
    written, words = str(values[0] or ""), values[1:]
    for tag, about in zip(tags_of(reads), words, strict=True):
        if primary(tag) == primary(written):
            break
        if isinstance(about, Mapping):
            return about.get("name") or name, about.get("summary") or summary, tag
    return name, summary, written
