"""Every hook, type and function of `plugin_api`; run as a module it prints docs/issuers/reference.md."""

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_type_hints

from reviewhub import plugin_api
from reviewhub.plugin_api.hooks import HOOKS, HookSpecs
from reviewhub.plugin_api.versions import SPOKEN

_MODULE = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Za-z])")
_WIDE = 100


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([*_head(), *_hooks(), *_types(), *_functions()]) + "\n"


def signature(function: Any) -> str:  # noqa: ANN401 - any function
    """`def agree(self, rubric: Rubric) -> Agreement | None`, on several lines where it is long."""
    hints = get_type_hints(function)
    words = []
    for name, one in inspect.signature(function).parameters.items():
        default = "" if one.default is one.empty else f" = {one.default!r}"
        words.append(f"{name}: {kind(hints[name])}{default}" if name in hints else name)
    answer = f" -> {kind(hints['return'])}"
    line = f"def {function.__name__}({', '.join(words)}){answer}"
    if len(line) <= _WIDE:
        return line
    inside = "".join(f"    {word},\n" for word in words)
    return f"def {function.__name__}(\n{inside}){answer}"


def kind(hint: Any) -> str:  # noqa: ANN401 - a type as annotations write it
    """A type by the names that an issuer imports: `Sequence[Sheet] | None`."""
    if isinstance(hint, type) and not getattr(hint, "__args__", None):
        return "None" if hint is type(None) else hint.__name__
    return _MODULE.sub("", str(hint))


def _head() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Made from the code by `python -m reviewhub.plugin_api.reference`; a test compares the two."
    yield f"How to begin stands in [For issuers](README.md). This is version {SPOKEN} of the API."


def _hooks() -> Iterator[str]:
    yield from ("", "## Hooks", "", "Methods of your subclass of `Plugin`. Write those that you need.")
    yield "`None` leaves a case to the policies."
    for name in HOOKS:
        yield from _entry(name, signature(getattr(HookSpecs, name)), getattr(HookSpecs, name))


def _types() -> Iterator[str]:
    yield from (
        "",
        "## Types",
        "",
        "Import them from `reviewhub.plugin_api`. All that you are given are frozen.",
    )
    for name in plugin_api.__all__:
        one = getattr(plugin_api, name)
        if isinstance(one, type):
            yield from ("", f"### {name}", "", inspect.getdoc(one) or "")
            if is_dataclass(one):
                yield from ("", *_fields(one), *_methods(one))


def _fields(one: type) -> Iterator[str]:
    hints = get_type_hints(one)
    for field in fields(one):
        yield f"- `{field.name}: {kind(hints[field.name])}{_default(field)}`"


def _methods(one: type) -> Iterator[str]:
    for name, member in vars(one).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property) and member.fget:
            answer = kind(get_type_hints(member.fget)["return"])
            yield f"- `{name}: {answer}` (made from the others): {_text(member.fget)}"
        elif inspect.isfunction(member):
            yield f"- `{signature(member).removeprefix('def ')}`: {_text(member)}"


def _functions() -> Iterator[str]:
    yield from ("", "## Functions", "", "What the policies are made of, for rules that begin where they end.")
    for name in plugin_api.__all__:
        one = getattr(plugin_api, name)
        if inspect.isfunction(one):
            yield from _entry(name, signature(one), one)


def _entry(name: str, said: str, one: object) -> Iterator[str]:
    yield from ("", f"### {name}", "", "```py", said, "```", "", inspect.getdoc(one) or "")


def _text(one: object) -> str:
    """A docstring on one line."""
    return " ".join((inspect.getdoc(one) or "").split())


def _default(one: Field[Any]) -> str:
    if one.default is not MISSING:
        return f" = {one.default!r}"
    return " = …" if one.default_factory is not MISSING else ""


if __name__ == "__main__":
    sys.stdout.write(page())
