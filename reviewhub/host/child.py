"""Runs inside the sandbox: loads one plugin and answers a batch of hook calls.

Started by the runner as `-m reviewhub.host.child`. The request and the answer are JSON (host/ask.py
writes and reads them); what a hook raises is the fault of that call, and the others are still answered.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pluggy

from reviewhub.domain.codec import decode, encode
from reviewhub.domain.errors import Invalid, Problem
from reviewhub.host.sandbox.boot import ANSWER
from reviewhub.plugin_api.files import MANIFEST, manifest
from reviewhub.plugin_api.hooks import HOOKS, NAMESPACE, HookSpecs, argument_types
from reviewhub.plugin_api.plugin import Plugin
from reviewhub.plugin_api.versions import misfit


def load(folder: Path) -> Plugin:
    """The plugin in a folder: the class that plugin.toml names under `code`, else a declarative one."""
    home = folder if (folder / MANIFEST).is_file() else _package(folder)
    data = manifest(home)
    wrong = misfit(data.get("api"))
    if wrong:
        raise Invalid(Problem("api", f"{MANIFEST}: api: {wrong}", str(data["api"])))
    if "code" not in data:
        return Plugin(home)
    module_name, _, class_name = str(data["code"]).partition(":")
    sys.path.insert(0, str(folder))
    found = getattr(importlib.import_module(module_name), class_name, None)
    if not (isinstance(found, type) and issubclass(found, Plugin)):
        advice = 'Write "module:Class", where the class is a subclass of Plugin.'
        raise Invalid(Problem("code", f"{MANIFEST}: code: {advice}", str(data["code"])))
    return found(home)


def _package(folder: Path) -> Path:
    """The package inside an unpacked distribution that holds the manifest; the folder itself if none does."""
    return next((path.parent for path in sorted(folder.glob(f"*/{MANIFEST}"))), folder)


def _manager(folder: Path) -> pluggy.PluginManager:
    """A pluggy manager with this one plugin: nobody else can answer."""
    manager = pluggy.PluginManager(NAMESPACE)
    manager.add_hookspecs(HookSpecs)
    manager.register(load(folder))
    for hook in HOOKS:
        if not getattr(manager.hook, hook).get_hookimpls():
            raise Invalid(Problem(hook, f"{hook}: It would never be asked. Define it in the class."))
    return manager


def _call(manager: pluggy.PluginManager, hook: str, arguments: dict[str, Any]) -> dict[str, Any]:
    kinds = argument_types(hook)
    given = {name: decode(kinds[name], value, name) for name, value in arguments.items()}
    return {"value": encode(getattr(manager.hook, hook)(**given))}


def _fault(raised: BaseException) -> dict[str, Any]:
    problems = encode(raised.problems) if isinstance(raised, Invalid) else []
    try:
        said = f"{type(raised).__name__}: {raised}"
    except BaseException:  # noqa: BLE001 - what is raised may be unable to tell about itself
        said = type(raised).__name__
    return {"fault": said[:500], "problems": problems}


def answer(request: dict[str, Any]) -> list[dict[str, Any]]:
    """One answer for each call: `{"value": …}`, or `{"fault": …, "problems": […]}`."""
    calls = request["calls"]
    try:
        manager = _manager(Path(request["folder"]))
    except BaseException as raised:  # noqa: BLE001 - an import may do anything, sys.exit included
        return [_fault(raised)] * len(calls)
    answers = []
    for call in calls:
        try:
            answers.append(_call(manager, call["hook"], call["args"]))
        except BaseException as raised:  # noqa: BLE001 - so may a hook
            answers.append(_fault(raised))
    return answers


def main() -> None:
    """Read the request, write the answer."""
    written = json.dumps(answer(json.load(sys.stdin.buffer))).encode()
    with os.fdopen(ANSWER, "wb") as out:
        out.write(written)
    os._exit(0)  # threads that the plugin began would be waited for


if __name__ == "__main__":
    main()
