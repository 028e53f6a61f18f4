"""What would tell who somebody is, and how it is found in what another person can reach."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from reviewhub.domain.blinding import Field
from reviewhub.domain.giveaway import marks_of_person, plain, stands_in

_TYPED = 25
"""Shorter comments and notes are typed by several people."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that tell something. `part`: one word of a name, which may be a word of the language as well."""

    field: str
    words: str
    part: bool = False


def of_person(field: Field, name: str, email: str | None, public_id: str) -> frozenset[Mark]:
    """The name, its parts, the address, and the id that names the person in addresses."""
    certain = {word for word in (name.strip(), (email or "").strip(), public_id) if word}
    parts = marks_of_person(name, email) - certain
    return frozenset(
        {Mark(field.value, word) for word in certain if not word.isalpha()}
        | {Mark(field.value, word, part=True) for word in {*parts, *(w for w in certain if w.isalpha())}}
    )


def of_file(title: str) -> frozenset[Mark]:
    """A file's name; without its ending only where it is more than one word."""
    stem = title.strip().rpartition(".")[0]
    found = {title.strip()} | ({stem} if stem and not stem.isalpha() else set())
    return frozenset(Mark(Field.FILE_NAME.value, word) for word in found if len(word) > 3)  # noqa: PLR2004 - 1.a


def of_words(field: Field, texts: Iterable[str]) -> frozenset[Mark]:
    """What somebody typed, where it is long enough to be theirs."""
    return frozenset(Mark(field.value, text.strip()) for text in texts if len(text.strip()) >= _TYPED)


def of_ids(field: str, ids: Iterable[str | None]) -> frozenset[Mark]:
    """Random ids and keys."""
    return frozenset(Mark(field, one) for one in ids if one)


def without_words(marks: Iterable[Mark], words: frozenset[str]) -> frozenset[Mark]:
    """Leave out parts of names that are words of the pages anyhow; the whole name stays."""
    return frozenset(mark for mark in marks if not (mark.part and mark.words.casefold() in words))


def words_of(text: str) -> frozenset[str]:
    """The words of a text, without case."""
    return frozenset(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.casefold()))


class Text:
    """What somebody reads: entities as characters, one space where there are several."""

    def __init__(self, text: str) -> None:
        self._written = " ".join(html.unescape(text).split())
        self._plain = plain(self._written)

    def tells(self, marks: Iterable[Mark]) -> frozenset[str]:
        """Fields of which a mark stands here. Parts of names count as written, capitals and all."""
        return frozenset(mark.field for mark in marks if self._has(mark))

    def _has(self, mark: Mark) -> bool:
        words = " ".join(mark.words.split())
        return stands_in(words, self._written) if mark.part else stands_in(plain(words), self._plain)
