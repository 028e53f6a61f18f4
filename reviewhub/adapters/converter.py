"""Clean copies of learners' files, made in the sandbox runner; the Converter port."""

import json
import logging
import stat
from pathlib import Path
from typing import Literal

from reviewhub.adapters.sniff import sniff
from reviewhub.host.sandbox.run import Limits, run
from reviewhub.services.ports import Cleaned, CleanPage, NotCleanable

_log = logging.getLogger(__name__)
_LIMITS = Limits(cpu_seconds=60, wall_seconds=90, memory_mb=1024, file_mb=64, output_mb=1)
_STARTS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
    "text/plain": (b"",),
}
_MOST_PAGES = 60
_LONGEST = 2401
_FAILED = "It could not be converted: the file is damaged or too complicated. Save it again, or as a PDF."


class SandboxConverter:
    """Sniffs here, converts in a confined process for each file; what comes back is checked."""

    def __init__(self, limits: Limits = _LIMITS) -> None:
        self._limits = limits

    def sniff(self, head: bytes, name: str) -> str:
        """The media type by content; 8 KB of head are enough."""
        return sniff(head, name)

    def clean(self, path: Path, media_type: str, folder: Path) -> Cleaned | NotCleanable:
        """Clean copies of `path` as new files in `folder`, which must exist and be empty."""
        request = json.dumps({"path": str(path.resolve()), "media_type": media_type}).encode()
        outcome = run(
            ["-m", "reviewhub.host.sandbox.convert"],
            request=request,
            folder=folder,
            limits=self._limits,
            readable=[path],
        )
        if not outcome.ok:
            _log.warning(
                "no clean copy of a %s after %.1f s: %s", media_type, outcome.seconds, outcome.reason
            )
            return NotCleanable(_FAILED)
        try:
            return _checked(json.loads(outcome.answer), folder)
        except (ValueError, KeyError, TypeError, OSError):
            return NotCleanable(_FAILED)


def _checked(answer: object, folder: Path) -> Cleaned | NotCleanable:
    """The child's answer, believed only as far as it can be checked: a learner's file had its hands on it."""
    if not isinstance(answer, dict):
        raise TypeError("not an object")
    if "reason" in answer:
        return NotCleanable(str(answer["reason"])[:500])
    pages = answer["pages"]
    if not isinstance(pages, list) or not 0 < len(pages) <= _MOST_PAGES:
        raise ValueError("pages")
    return Cleaned(tuple(_page(page, folder) for page in pages), str(answer["note"])[:500])


def _page(page: dict[str, object], folder: Path) -> CleanPage:
    name, media_type = str(page["name"]), str(page["media_type"])
    if Path(name).name != name or media_type not in _STARTS:
        raise ValueError("name or type")
    path = folder / name
    if not stat.S_ISREG(path.lstat().st_mode):
        raise ValueError("not a file")
    with path.open("rb") as stream:
        if not stream.read(16).startswith(_STARTS[media_type]):
            raise ValueError("content")
    return CleanPage(path, media_type, _kind(page["kind"]), _pixels(page["width"]), _pixels(page["height"]))


def _kind(value: object) -> Literal["image", "page", "text"]:
    match value:
        case "image" | "page" | "text":
            return value
    raise ValueError("kind")


def _pixels(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= _LONGEST:
        raise ValueError("size")
    return value
