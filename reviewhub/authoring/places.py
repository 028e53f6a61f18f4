"""Where in a TOML file a thing stands: the line of `parts[0].criteria[1].met_from`, of an id, of an error.

Python's reader tells no lines, so the text is walked once more here; whether it is TOML, that reader says.
"""

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field

from reviewhub.domain.errors import Problem

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r'[ \t]*(?:"((?:\\.|[^"\\\n])*)"|\'([^\'\n]*)\'|([A-Za-z0-9_-]+))[ \t]*(\.?)')
_TEXT = re.compile(
    r'"""((?:\\.|[^\\])*?)"""(?!")|' + r"'''(.*?)'''(?!')|" + r'"((?:\\.|[^"\\\n])*)"|' + r"'([^'\n]*)'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^\s,\]}#]+(?: [0-9][0-9:.]+)?")  # a date may have a blank before its time
_SYNTAX = re.compile(r"\(at line (\d+), ")
_INDEX = re.compile(r"\[\d+\]")
_BY_NAME = {"criterion": "parts.criteria.id", "requirement": "requirements.id", "stack": "issuer.stacks.slug"}
"""Problems that name a thing by its id: `criterion goal`."""


class _NoToml(Exception):
    """What stands here is not understood."""


@dataclass(slots=True)
class Places:
    """The line (from 1) of each place in a text, what is written where it is a text, and the last line."""

    last: int = 1
    lines: dict[str, int] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def line(self, problem: Problem) -> int | None:
        """Where to look for this problem; None where the file gives no hint."""
        syntax = _SYNTAX.search(problem.message)
        if syntax:
            return int(syntax[1])
        if "(at end of document)" in problem.message:
            return self.last
        said = problem.message.partition(": ")[0]
        for place in (problem.field, said):
            kind, _, name = place.partition(" ")
            if kind in _BY_NAME and name:
                return self._named(_BY_NAME[kind], name)
        slug = self.lines["slug"] if self.texts.get("slug") == said else None
        return self._twice(problem) or self._nearest(problem.field) or slug

    def _named(self, kind: str, name: str, within: str = "") -> int | None:
        """The last of the things of this kind that have this name."""
        found = [
            place
            for place, text in self.texts.items()
            if text == name and _INDEX.sub("", place) == kind and place.startswith(within)
        ]
        return self.lines[found[-1]] if found else None

    def _twice(self, problem: Problem) -> int | None:
        """An id that is used twice is told for the list that it is in."""
        whole = _INDEX.sub("", problem.field)
        within = problem.field if "[" in problem.field else ""
        kinds = [f"{whole}.{key}" for key in ("id", "slug")]
        return next(filter(None, (self._named(kind, problem.value, within) for kind in kinds)), None)

    def _nearest(self, place: str) -> int | None:
        """The line of this place, else of what it would stand in."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = re.sub(r"(?:\[\d+\]|\.?[^.\[\]]+)$", "", place)
        return None


def places_in(text: str) -> Places:
    """All places of a TOML text; of one that is no TOML, those before its first error."""
    walk = _Walk(text)
    with suppress(_NoToml):
        walk.file()
    return walk.found


class _Walk:
    """One walk through a text, from its begin to its end."""

    def __init__(self, text: str) -> None:
        self.found = Places(max(1, len(text.splitlines())))
        self._text = text
        self._at = 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._tables: dict[str, int] = {}

    def file(self) -> None:
        prefix = ""
        self._skip()
        while self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                prefix = self._header("[[", "]]")
            elif self._text.startswith("[", self._at):
                prefix = self._header("[", "]")
            else:
                self._pair(prefix)
            self._skip()

    def _header(self, opening: str, closing: str) -> str:
        begin = self._at
        self._at += len(opening)
        keys, place = self._keys(), ""
        for number, key in enumerate(keys, 1):
            place = f"{place}.{key}" if place else key
            self._note(place, begin)
            last = number == len(keys)
            if last and opening == "[[":
                self._tables[place] = self._tables.get(place, 0) + 1
            if place in self._tables:
                place = f"{place}[{self._tables[place] - 1}]"
        self._take(closing)
        self._note(place, begin)
        return place

    def _pair(self, prefix: str) -> None:
        begin = self._at
        place = prefix
        for key in self._keys():
            place = f"{place}.{key}" if place else key
            self._note(place, begin)
        self._take("=")
        self._value(place)

    def _value(self, place: str) -> None:
        self._skip()
        self._note(place, self._at)
        text = _TEXT.match(self._text, self._at)
        if text:
            self.found.texts[place] = next((group for group in text.groups() if group is not None), "")
            self._at = text.end()
        elif self._text.startswith("[", self._at):
            self._items(place, "[", "]")
        elif self._text.startswith("{", self._at):
            self._items(place, "{", "}")
        else:
            self._at = self._match(_PLAIN).end()

    def _items(self, place: str, opening: str, closing: str) -> None:
        self._at += len(opening)
        number = 0
        self._skip()
        while not self._text.startswith(closing, self._at):
            if opening == "[":
                self._value(f"{place}[{number}]")
            else:
                self._pair(place)
            number += 1
            self._skip()
            if not self._text.startswith(closing, self._at):
                self._take(",")
        self._take(closing)

    def _keys(self) -> list[str]:
        keys, more = [], True
        while more:
            key = self._match(_KEY)
            keys.append(next(group for group in key.groups()[:3] if group is not None))
            more = bool(key[4])
            self._at = key.end()
        return keys

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self._text, self._at)
        if not found:
            raise _NoToml
        return found

    def _take(self, sign: str) -> None:
        if not self._text.startswith(sign, self._at):
            raise _NoToml
        self._at += len(sign)
        self._skip()

    def _skip(self) -> None:
        self._at = self._match(_BLANK).end()

    def _note(self, place: str, at: int) -> None:
        self.found.lines.setdefault(place, bisect_right(self._starts, at))
