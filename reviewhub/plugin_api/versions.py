"""Which version of the API is spoken here, what a plugin may ask for, and what is on its way out.

SemVer: the major number changes when an older plugin would break, the minor one when something is added or
deprecated. What is deprecated works for the rest of that minor version and the whole next one.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewhub.plugin_api.hooks import API_VERSION

API_MINOR = 0
"""Raised when a hook, a type or a function is added, or something is deprecated."""
SPOKEN = f"{API_VERSION}.{API_MINOR}"
_ASKED = re.compile(r"(\d{1,6})(?:\.(\d{1,6}))?")
_WORD = re.compile(r"\w+")
_MODULE = "plugin_api"


@dataclass(frozen=True, slots=True)
class Deprecated:
    """A name of `plugin_api` on its way out: what it still gives, since which version, until which."""

    value: object
    instead: str
    since: str
    gone: str

    def said(self, name: str) -> str:
        """What whoever uses it is told."""
        return f"{name} is deprecated since version {self.since} and goes with {self.gone}. {self.instead}"


DEPRECATED: dict[str, Deprecated] = {}
"""By name. `gone` is at least two minor versions after `since`, or the next major one."""


def misfit(api: object) -> str:
    """Why a plugin that asks for this version cannot run here; "" where it can.

    `api = 1` asks for any version 1, `api = "1.2"` for what came with 1.2. None asks for nothing.
    """
    if api is None:
        return ""
    asked = _ASKED.fullmatch(str(api))
    if asked is None or isinstance(api, bool):
        return f'Write api = {API_VERSION}, or api = "{SPOKEN}". This host speaks version {SPOKEN}.'
    major, minor = int(asked[1]), int(asked[2] or 0)
    if major < API_VERSION:
        advice = "Change the code as the notes on versions for issuers say, and raise this number."
        return f"Version {api} is no longer spoken. This host speaks version {SPOKEN}. {advice}"
    if (major, minor) > (API_VERSION, API_MINOR):
        return f"This host speaks version {SPOKEN}. Ask its operator for a newer ReviewHub, or ask for less."
    return ""


def notes(folder: Path, known: Mapping[str, Deprecated] = DEPRECATED) -> tuple[str, ...]:
    """What a plugin's code uses that is on its way out, with file and line.

    Its text is searched, and neither run nor parsed: this is asked outside the sandbox.
    """
    if not known:
        return ()
    return tuple(note for path in sorted(folder.rglob("*.py")) for note in _in_file(folder, path, known))


def _in_file(folder: Path, path: Path, known: Mapping[str, Deprecated]) -> Iterator[str]:
    text = path.read_bytes().decode("utf-8", "replace")
    if _MODULE not in text:
        return
    for number, line in enumerate(text.splitlines(), 1):
        for name in sorted(known.keys() & set(_WORD.findall(line))):
            yield f"{path.relative_to(folder)}:{number}: {known[name].said(name)}"
