"""What was typed into the fields of a draft: back into plain data, by the types that a rubric declares.

A field is named by its place, such as `parts[0].criteria[1].name`. What the form does not hold stays as it
was; things of a list are known again by their ids.
"""

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from reviewhub.domain.naming import unique_ids
from reviewhub.domain.rubric import Rubric

Typed = Mapping[str, Sequence[str]]
"""Field name to its values, as a form sends them."""

_ABSENT: Any = object()
"""The form does not hold it: it stays as it was."""
_EMPTY: Any = object()
"""The form holds it, and nothing is written there: its default."""
_MOST = 200
"""Things of one list that a form may hold."""
_LONGEST_PLACE = 100
_STEP = re.compile(r"\[([0-9]{1,3})\]|\.")
_UNWANTED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class _Form:
    """The fields, gone through once: a list of thousands asks for each of its things by name.

    `holds` are places with fields below them, `numbers` those of the things that a list has.
    """

    def __init__(self, typed: Typed) -> None:
        self.fields = {name: values for name, values in typed.items() if len(name) <= _LONGEST_PLACE}
        self.holds: set[str] = set()
        self.numbers: dict[str, set[int]] = {}
        for name in self.fields:
            for step in _STEP.finditer(name):
                if step[1]:
                    self.numbers.setdefault(name[: step.start()], set()).add(int(step[1]))
                else:
                    self.holds.add(name[: step.start()])


def read_form(body: dict[str, Any], typed: Typed) -> dict[str, Any]:
    """The draft with what was typed. Nothing is refused here: what is wrong stays, and is told by `look`."""
    found = _dataclass(Rubric, "", _Form(typed), body)
    found["slug"] = body["slug"]  # the address is fixed from the beginning
    _settle(found)
    return found


def _read(kind: Any, place: str, typed: _Form, before: object) -> Any:  # noqa: ANN401 - plain data
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(one for one in arguments if one is not type(None))
        found = _read(inner, place, typed, before)
        return None if found in ("", _EMPTY) else found
    if origin is tuple:
        return _list(arguments[0], place, typed, before)
    if is_dataclass(kind):
        return _dataclass(kind, place, typed, before) if place in typed.holds else _ABSENT
    if place not in typed.fields or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _ABSENT
    return _scalar(kind, _tidy(typed.fields[place][-1]))


def _scalar(kind: Any, text: str) -> Any:  # noqa: ANN401 - a text, a number or yes and no
    if kind is bool:
        return text == "yes"
    if kind is int:
        return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text or _EMPTY
    if kind is Decimal:
        return text.replace(",", ".") or _EMPTY
    return text


def _dataclass(kind: Any, place: str, typed: _Form, before: object) -> dict[str, Any]:  # noqa: ANN401
    found = dict(before) if isinstance(before, Mapping) else {}
    hints = _hints(kind)
    for one in fields(kind):
        where = f"{place}.{one.name}" if place else one.name
        value = _read(hints[one.name], where, typed, found.get(one.name))
        if value is _EMPTY:
            found.pop(one.name, None)
        elif value is not _ABSENT:
            found[one.name] = value
    return found


@cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401
    return get_type_hints(kind)


def _list(kind: Any, place: str, typed: _Form, before: object) -> Any:  # noqa: ANN401
    """A list of things where the form says that it holds it, else texts, one a line."""
    if place not in typed.fields:
        return _ABSENT
    if not is_dataclass(kind):
        lines = _tidy("\n".join(typed.fields[place])).split("\n")
        return [text for text in (line.strip() for line in lines) if text]
    had = {str(one.get("id")): one for one in _tables(before)}
    found = sorted(typed.numbers.get(place, ()))[:_MOST]
    return [
        _dataclass(kind, f"{place}[{n}]", typed, had.get(_first(typed.fields, f"{place}[{n}].id")))
        for n in found
    ]


def _first(typed: Typed, name: str) -> str:
    return typed[name][0] if typed.get(name) else ""


def _tidy(text: str) -> str:
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _settle(body: dict[str, Any]) -> None:
    """New things get an id from their name, new levels their points; an id that is there stays."""
    _name(_tables(body.get("requirements")), "evidence")
    parts = _tables(body.get("parts"))
    _name(parts, "part")
    criteria = [one for part in parts for one in _tables(part.get("criteria"))]
    _name(criteria, "criterion")
    for criterion in criteria:
        levels = _tables(criterion.get("levels"))
        _name(levels, "level")
        if not all(str(level.get("points", "")) for level in levels):
            for n, level in enumerate(levels, 1):
                level["points"] = str(n)


def _name(things: list[dict[str, Any]], fallback: str) -> None:
    new = [one for one in things if not one.get("id")]
    taken = {str(one["id"]) for one in things if one.get("id")}
    keys = unique_ids([str(one.get("name", "")) for one in new], "_", fallback, taken)
    for one, key in zip(new, keys, strict=True):
        one["id"] = key


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
