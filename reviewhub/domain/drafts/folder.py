"""The plugin folder that rubrics make: its files as text, from which reading gives the same rubrics again."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from typing import Any

from reviewhub.domain.codec import decimal_text
from reviewhub.domain.rubric import IssuerInfo, Level, Rubric

API = 1
_ON_ONE_LINE = (Level,)
"""Things that are written as `{ … }` on a line of their own, so that a scale is read at a glance."""


def folder_files(issuer: IssuerInfo, rubrics: Iterable[Rubric]) -> dict[str, str]:
    """`plugin.toml` and `rubrics/<slug>.toml`: {relative path: text}, all of it UTF-8 with plain line ends.

    Reading them gives equal rubrics, hence the same hashes, where the texts are as a file can say them
    (`domain/paragraphs.py`): a file's reader joins the lines of a paragraph.
    """
    files = {"plugin.toml": f"api = {API}\n{_table('issuer', _plain(issuer))}"}
    for rubric in sorted(rubrics, key=lambda one: one.slug):
        files[f"rubrics/{rubric.slug}.toml"] = _table("", _plain(rubric)).lstrip("\n")
    return files


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a rubric is made of
    """Dataclasses as dicts without what holds its default; decimals stay numbers; a scale is `_Inline`."""
    if is_dataclass(value):
        kept = [f for f in fields(value) if getattr(value, f.name) != _default(f)]
        return {f.name: _plain(getattr(value, f.name)) for f in kept}
    if isinstance(value, tuple) and value and isinstance(value[0], _ON_ONE_LINE):
        return _Inline(_without_counting([_plain(item) for item in value]))
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


class _Inline(list[Any]):
    """A list of tables that are written on one line each."""


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _without_counting(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Levels that count 1, 2, 3 … need not say so: reading fills it in."""
    if any(level.get("points") != n for n, level in enumerate(levels, 1)):
        return levels
    return [{key: value for key, value in level.items() if key != "points"} for level in levels]


def _table(name: str, values: Mapping[str, Any]) -> str:
    """A table under its name, which may be left out where it only holds other tables."""
    simple = not values or any(not _is_table(value) for value in values.values())
    return (f"\n[{name}]\n" if name and simple else "") + _body(name, values)


def _body(name: str, values: Mapping[str, Any]) -> str:
    """The simple values first, as TOML wants it, then the tables within."""
    simple = {key: value for key, value in values.items() if not _is_table(value)}
    lines = [f"{_key(key)} = {_value(value)}\n" for key, value in simple.items()]
    return "".join(lines) + "".join(_inner(name, values))


def _inner(name: str, values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        whole = f"{name}.{_key(key)}" if name else _key(key)
        if isinstance(value, dict):
            yield _table(whole, value)
        elif _is_table(value):
            for item in value:
                yield f"\n[[{whole}]]\n" + _body(whole, item)


def _is_table(value: object) -> bool:
    if isinstance(value, list) and not isinstance(value, _Inline):
        return any(isinstance(one, dict) for one in value)
    return isinstance(value, dict)


def _value(value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    match value:
        case bool():
            text = "true" if value else "false"
        case int():
            text = str(value)
        case Decimal():
            text = decimal_text(value)
        case dict():
            text = "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
        case _Inline():
            text = "[\n" + "".join(f"    {_value(item)},\n" for item in value) + "]"
        case list():
            text = "[" + ", ".join(_value(item) for item in value) + "]"
        case _:
            text = _long(value) if "\n" in value else _quoted(value)
    return text


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if bare else _quoted(key)


def _quoted(text: str) -> str:
    """JSON's escapes are TOML's too, but for the one control character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _long(text: str) -> str:
    """A text of several lines, as people write it."""
    return '"""\n' + "\n".join(_quoted(line)[1:-1] for line in text.split("\n")) + '"""'
