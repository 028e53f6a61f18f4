"""Words that would tell one person who another is: found in what somebody typed, before it is passed on."""

import re
import unicodedata
from collections.abc import Iterable

_LEAST = 3
"""Shorter parts of a name or a file name are in half of all sentences."""
_PART = re.compile(r"[\w'’-]+")


def marks_of_person(name: str, email: str | None) -> frozenset[str]:
    """The name's parts, and the address whole and up to its @; nothing under three characters."""
    address = (email or "").strip()
    parts = [*_PART.findall(name), address, address.partition("@")[0]]
    return frozenset(part for part in parts if len(part) >= _LEAST)


def marks_of_file(title: str) -> frozenset[str]:
    """The file's name with and without its ending."""
    whole = title.strip()
    return frozenset(part for part in (whole, whole.rpartition(".")[0]) if len(part) >= _LEAST)


def given_away(text: str, marks: Iterable[str]) -> tuple[str, ...]:
    """Which marks stand in the text as words of their own, whatever their case and accents; sorted."""
    found = plain(text)
    return tuple(sorted(mark for mark in set(marks) if stands_in(plain(mark), found)))


def stands_in(mark: str, text: str) -> bool:
    """Whether the mark is a word of its own in the text; of both without case and accents."""
    return mark in text and re.search(rf"(?<!\w){re.escape(mark)}(?!\w)", text) is not None


def plain(text: str) -> str:
    """Without case and accents: José is found in JOSE."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
