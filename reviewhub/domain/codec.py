"""Between the domain's frozen dataclasses and plain JSON values, with every problem named at once.

What comes from outside (an issuer's file, a plugin's answer) is never trusted to have the right
shape: `decode` checks each value against the declared type and says where it went wrong.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from reviewhub.domain.errors import Invalid, Problem

T = TypeVar("T")

_Kind: TypeAlias = Any  # a type as annotations write it: a class, a union, tuple[X, ...]

_MISSING = object()
_SHOWN = 80  # characters of a wrong value that a message repeats
_DIGITS = 12  # points have no use for more, and an exponent of a million would fill the memory


def decimal_text(value: Decimal) -> str:
    """The shortest plain notation, so that equal numbers have equal text: 1.50 and 1.5 are both `1.5`."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def encode(value: object, *, defaults: bool = True) -> Any:  # noqa: ANN401 - plain data has no narrower type
    """Dataclasses to dicts, tuples to lists, decimals to text. TypeError for anything else.

    Without `defaults`, fields that hold their default are left out: `decode` puts them back.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return decimal_text(value)
    if is_dataclass(value):
        kept = [f for f in fields(value) if defaults or getattr(value, f.name) != _default(f)]
        return {f.name: encode(getattr(value, f.name), defaults=defaults) for f in kept}
    if isinstance(value, Mapping):
        return {str(key): encode(item, defaults=defaults) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item, defaults=defaults) for item in value]
    raise TypeError(f"{type(value).__name__} has no place in plain data")


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def decode(kind: type[T], value: object, place: str = "") -> T:
    """A value of the declared type. Raises Invalid with every problem, each with its place and remedy."""
    problems: list[Problem] = []
    result = _decode(kind, value, place, problems)
    if problems:
        raise Invalid(*problems)
    return cast("T", result)


def _decode(kind: _Kind, value: object, place: str, problems: list[Problem]) -> object:
    origin: _Kind = get_origin(kind)
    arguments: tuple[_Kind, ...] = get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(a for a in arguments if a is not type(None))
        result = None if value is None else _decode(inner, value, place, problems)
    elif origin is Literal:
        result = _literal(kind, value, place, problems)
    elif origin in (tuple, Sequence):
        result = _tuple(arguments[0], value, place, problems)
    elif origin is not None:
        result = _mapping(arguments[1], value, place, problems)
    elif is_dataclass(kind):
        result = _dataclass(kind, value, place, problems)
    elif kind is Decimal:
        result = _decimal(value, place, problems)
    else:
        result = _scalar(kind, value, place, problems)
    return result


def _complain(problems: list[Problem], place: str, value: object, message: str) -> object:
    place = place or "(whole)"
    shown = "" if value is _MISSING else repr(value)
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    problems.append(Problem(place, f"{place}: {message}", shown))
    return _MISSING


_SAID = {str: "a text in quotes", int: "a whole number", bool: "true or false"}


def _scalar(kind: _Kind, value: object, place: str, problems: list[Problem]) -> object:
    right = type(value) is kind
    if right and kind is str and "\x00" in str(value):
        return _complain(problems, place, value, "Remove the zero character from this text.")
    if right:
        return value
    return _complain(problems, place, value, f"Write {_SAID[kind]} here.")


def _literal(kind: _Kind, value: object, place: str, problems: list[Problem]) -> object:
    allowed = get_args(kind)
    if isinstance(value, str) and value in allowed:
        return value
    return _complain(problems, place, value, f"Choose one of {', '.join(map(repr, allowed))}.")


def _decimal(value: object, place: str, problems: list[Problem]) -> object:
    number = _MISSING
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = _MISSING
    if isinstance(number, Decimal) and number.is_finite() and abs(number.adjusted()) <= _DIGITS:
        return number
    return _complain(problems, place, value, 'Write a finite number here, such as 3 or "1.5".')


def _tuple(item: _Kind, value: object, place: str, problems: list[Problem]) -> object:
    if not isinstance(value, list | tuple):
        return _complain(problems, place, value, "Write a list here, in square brackets.")
    return tuple(_decode(item, entry, f"{place}[{n}]", problems) for n, entry in enumerate(value))


def _mapping(item: _Kind, value: object, place: str, problems: list[Problem]) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        return _complain(problems, place, value, "Write a table of named values here.")
    return {key: _decode(item, entry, f"{place}.{key}", problems) for key, entry in value.items()}


@cache
def _hints(kind: _Kind) -> dict[str, _Kind]:
    return get_type_hints(kind)


def _dataclass(kind: _Kind, value: object, place: str, problems: list[Problem]) -> object:
    if not isinstance(value, Mapping):
        return _complain(problems, place, value, "Write a table of named values here.")
    before, hints, found = len(problems), _hints(kind), {}
    dot = f"{place}." if place else ""
    known = {f.name: f for f in fields(kind)}
    for key in value:
        if key not in known:
            message = f"This key is not known here. Remove it, or use one of {', '.join(known)}."
            _complain(problems, f"{dot}{key}", _MISSING, message)
    for name, spec in known.items():
        if name in value:
            found[name] = _decode(hints[name], value[name], dot + name, problems)
        elif spec.default is MISSING and spec.default_factory is MISSING:
            _complain(problems, dot + name, _MISSING, "This is missing. Add it.")
    return kind(**found) if len(problems) == before else _MISSING
