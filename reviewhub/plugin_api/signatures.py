"""Whether a plugin's class answers hooks as they are declared; what does not is told when it is defined."""

import difflib
import inspect
from collections.abc import Callable, Collection, Iterator
from typing import Any

from reviewhub.domain.errors import Problem
from reviewhub.plugin_api.hooks import HOOKS, HookSpecs

_CLOSE = 0.75  # of difflib: decde, agrees and check_evidences are close to a hook, helpers are not


def answered(cls: type) -> dict[str, Callable[..., Any]]:
    """The hooks that this class or one that it inherits from answers, by name."""
    return {hook: getattr(cls, hook) for hook in HOOKS if hasattr(cls, hook)}


def problems(cls: type, known: Collection[str]) -> Iterator[Problem]:
    """Hooks with another signature, and public methods, beside the known ones, that are nearly a hook.

    A misspelt hook would never be asked, and the policies would judge in its place without a word.
    """
    for hook, function in answered(cls).items():
        expected = [*inspect.signature(getattr(HookSpecs, hook)).parameters]
        if _parameters(function) != expected:
            place, wanted = f"{cls.__name__}.{hook}", f"def {hook}({', '.join(expected)})"
            yield Problem(place, f"{place}: Write it as `{wanted}`.")
    for name in dir(cls):
        if name.startswith("_") or name in (*known, *HOOKS) or not callable(getattr(cls, name)):
            continue
        near = difflib.get_close_matches(name, HOOKS, n=1, cutoff=_CLOSE)
        if near:
            place = f"{cls.__name__}.{name}"
            advice = f"Did you mean {near[0]}? A helper's name begins with _."
            yield Problem(place, f"{place}: No hook has this name. {advice}")


def _parameters(function: object) -> list[str]:
    """The names of a plain function's parameters; empty for what is none, such as an async one."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return []
    return [*inspect.signature(function).parameters]
