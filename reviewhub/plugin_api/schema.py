"""JSON Schemas of a rubric file and of plugin.toml, for editors: made from the types that read them.

They say which keys there are and what may stand there. Whether a rubric makes sense, `rubric check` says.
"""

import types
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from reviewhub.domain.codec import encode
from reviewhub.domain.rubric import IssuerInfo, Level, Rubric
from reviewhub.plugin_api.hooks import API_VERSION
from reviewhub.plugin_api.versions import API_MINOR

Schema: TypeAlias = dict[str, Any]
_Kind: TypeAlias = Any  # a type as annotations write it

_DRAFT = "http://json-schema.org/draft-07/schema#"  # the newest that editors' TOML extensions know
_PLAIN: dict[_Kind, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    Decimal: {"type": ["number", "string"]},
}
_MAY_BE_LEFT_OUT = {(Level, "points")}
"""What reading a file fills in (plugin_api.files), beside the fields that have a default."""


def rubric_schema() -> Schema:
    """The schema of `rubric.toml` and of the files in `rubrics/`."""
    return _whole("A rubric of ReviewHub", _object(Rubric), _inside(Rubric, {}))


def plugin_schema() -> Schema:
    """The schema of `plugin.toml`."""
    top = {
        "type": "object",
        "additionalProperties": False,
        "required": ["issuer"],
        "properties": {
            "api": {"type": ["integer", "string"], "enum": _versions(), "default": API_VERSION},
            "code": {"type": "string", "pattern": r"^[\w.]+:\w+$", "description": "module:Class"},
            "issuer": _of(IssuerInfo),
        },
    }
    kinds = _inside(IssuerInfo, {IssuerInfo: None})
    return _whole("The manifest of a plugin of ReviewHub", top, kinds)


def _whole(title: str, top: Schema, kinds: Iterable[_Kind]) -> Schema:
    return {
        "$schema": _DRAFT,
        "title": title,
        **top,
        "definitions": {kind.__name__: _object(kind) for kind in kinds},
    }


def _inside(kind: _Kind, found: dict[_Kind, None]) -> dict[_Kind, None]:
    """All dataclasses that this one is made of, each once."""
    for hint in get_type_hints(kind).values():
        for one in (hint, *get_args(hint)):
            if is_dataclass(one) and one not in found:
                found[one] = None
                _inside(one, found)
    return found


def _object(kind: _Kind) -> Schema:
    hints = get_type_hints(kind)
    return {
        "type": "object",
        "description": " ".join((kind.__doc__ or "").split()),
        "additionalProperties": False,
        "required": [one.name for one in fields(kind) if _required(kind, one)],
        "properties": {one.name: _of(hints[one.name]) | _default(one) for one in fields(kind)},
    }


def _required(kind: _Kind, one: Field[Any]) -> bool:
    filled = (kind, one.name) in _MAY_BE_LEFT_OUT
    return one.default is MISSING and one.default_factory is MISSING and not filled


def _default(one: Field[Any]) -> Schema:
    return {} if one.default is MISSING or one.default is None else {"default": encode(one.default)}


def _of(kind: _Kind) -> Schema:
    if isinstance(kind, type) and is_dataclass(kind):
        return {"$ref": f"#/definitions/{kind.__name__}"}
    origin: _Kind = get_origin(kind)
    arguments: tuple[_Kind, ...] = get_args(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0])}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _of(arguments[1])}
    if origin in (Union, types.UnionType):  # TOML has no null: what may be None is left out
        return _of(next(one for one in arguments if one is not type(None)))
    return dict(_PLAIN[kind])


def _versions() -> list[int | str]:
    """What a plugin of this host's may ask for."""
    return [API_VERSION, *(f"{API_VERSION}.{minor}" for minor in range(API_MINOR + 1))]
