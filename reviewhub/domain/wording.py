"""What changed between two texts, word by word, bounded in size: learners write the texts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_WORDS = 2_000
"""Longer texts are shown as replaced from where they begin to differ: comparing costs the square of this."""
_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that stayed, came in or was taken out, with the blanks after it."""

    kind: Literal["same", "added", "removed"]
    text: str


def compare_words(before: str, after: str) -> tuple[Span, ...]:
    """The later text with what was taken out in its place; () for two empty texts.

    `same` and `added` joined are `after`; `same` and `removed` joined are `before`, save for runs of blanks.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    middle = _compare(old[start : len(old) - end], new[start : len(new) - end])
    head = _either(old[:start], new[:start])
    spans = [("same", head), *middle, ("same", _either(old[len(old) - end :], new[len(new) - end :]))]
    return tuple(Span(kind, "".join(words)) for kind, words in _joined(spans))


_Kind = Literal["same", "added", "removed"]
_Stretch = tuple[_Kind, list[str]]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first.strip() != second.strip():
            break
        count += 1
    return count


def _compare(old: list[str], new: list[str]) -> Iterator[_Stretch]:
    if max(len(old), len(new)) > MOST_WORDS or not old or not new:
        yield "removed", old
        yield "added", new
        return
    keys = [word.strip() for word in old], [word.strip() for word in new]
    for tag, a, b, c, d in SequenceMatcher(None, *keys).get_opcodes():
        if tag == "equal":
            yield "same", _either(old[a:b], new[c:d])
        else:
            yield "removed", old[a:b]
            yield "added", new[c:d]


def _either(old: list[str], new: list[str]) -> list[str]:
    """The same words, each with the blanks that keep it off the next one in whichever text it had them."""
    return [max(pair, key=len) for pair in zip(new, old, strict=True)]


def _joined(spans: Sequence[_Stretch]) -> Iterator[_Stretch]:
    """Without empty stretches, neighbours of one kind as one."""
    last: _Stretch | None = None
    for kind, words in spans:
        if not words:
            continue
        if last is not None and last[0] == kind:
            last = (kind, last[1] + words)
            continue
        if last is not None:
            yield last
        last = (kind, words)
    if last is not None:
        yield last
