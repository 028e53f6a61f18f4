"""Asks one plugin's stored code a batch of hooks, in the sandbox runner."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewhub.domain.codec import decode, encode
from reviewhub.domain.errors import Invalid, PluginFault, Problem
from reviewhub.host.sandbox.run import Limits, run
from reviewhub.host.shield import close_memory

_LONGEST_WORDS = 500
_MOST_PROBLEMS = 50
LIMITS = Limits(cpu_seconds=5, wall_seconds=10, memory_mb=512, file_mb=16, output_mb=8)


@dataclass(frozen=True, slots=True)
class Call:
    """A hook and its arguments, still as domain types."""

    hook: str
    args: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one call: a plain value still to be checked, or a fault with its problems."""

    plugin: str
    hook: str
    value: Any = None
    fault: str = ""
    problems: tuple[Problem, ...] = ()

    def read(self, kind: Any) -> Any:  # noqa: ANN401 - a type as annotations write it
        """The value as a domain type. Raises PluginFault for a fault or another shape."""
        if self.fault:
            raise PluginFault(self.plugin, self.hook, self.fault)
        try:
            return decode(kind, self.value, self.hook)
        except Invalid as wrong:
            raise PluginFault(self.plugin, self.hook, _plain(wrong.message)) from wrong


def ask(plugin: str, folder: Path, calls: Sequence[Call]) -> tuple[Reply, ...]:
    """One reply for each call. Never raises for what the plugin does. Closes this process's memory to it."""
    close_memory()
    request = {
        "folder": str(folder.resolve()),
        "calls": [{"hook": call.hook, "args": encode(call.args)} for call in calls],
    }
    with tempfile.TemporaryDirectory(prefix="reviewhub-plugin-") as scratch:
        outcome = run(
            ["-m", "reviewhub.host.child"],
            request=json.dumps(request).encode(),
            folder=Path(scratch).resolve(),
            limits=LIMITS,
            readable=[folder],
        )
    if not outcome.ok:
        return tuple(Reply(plugin, call.hook, fault=_plain(outcome.reason)) for call in calls)
    return _replies(plugin, calls, outcome.answer)


def ask_twice(plugin: str, folder: Path, calls: Sequence[Call]) -> tuple[Reply, ...]:
    """The same from two processes: an answer that differs is a fault, because nobody could prove it later."""
    first = ask(plugin, folder, calls)
    if any(reply.fault for reply in first):
        return first
    return tuple(map(_same, first, ask(plugin, folder, calls)))


def _same(first: Reply, second: Reply) -> Reply:
    if second.fault or first == second:
        return second
    advice = "Keep hooks free of chance, of the time and of the order of sets."
    fault = f"It answered differently when it was asked again. {advice}"
    return Reply(first.plugin, first.hook, fault=fault)


def _replies(plugin: str, calls: Sequence[Call], answer: bytes) -> tuple[Reply, ...]:
    """The plugin's process wrote these bytes: nothing about them is taken for granted."""
    try:
        items = json.loads(answer)
    except (ValueError, RecursionError):
        items = None
    if not isinstance(items, list) or len(items) != len(calls):
        return tuple(Reply(plugin, call.hook, fault="It ended without an answer.") for call in calls)
    return tuple(_reply(plugin, call.hook, item) for call, item in zip(calls, items, strict=True))


def _reply(plugin: str, hook: str, item: object) -> Reply:
    if isinstance(item, dict) and "value" in item:
        return Reply(plugin, hook, value=item["value"], fault=_unfit(item["value"]))
    if not isinstance(item, dict) or not isinstance(item.get("fault"), str):
        return Reply(plugin, hook, fault="It answered something that is no answer.")
    try:
        problems = decode(tuple[Problem, ...], item.get("problems", []))
    except Invalid:
        problems = ()
    told = tuple(
        Problem(_plain(p.field), _plain(p.message), _plain(p.value)) for p in problems[:_MOST_PROBLEMS]
    )
    return Reply(plugin, hook, fault=_plain(item["fault"]) or "It failed.", problems=told)


def _plain(text: str) -> str:
    """A plugin's words for logs, terminals and databases: one line, short, without control characters."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text[:_LONGEST_WORDS].split()))


def _unfit(value: object) -> str:
    """Why no database could hold this; empty where one could."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "Its answer holds half of a character (a lone surrogate)."
    except RecursionError:
        return "Its answer is nested too deeply."
    return ""
