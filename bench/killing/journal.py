"""What a client was told is done: one line of JSON each, on the disk before the client goes on."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Journal:
    """Appended and synced: what stands here was acknowledged, whatever is killed afterwards."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def write(self, what: str, **about: object) -> None:
        """One acknowledgement (or a `fault` that a page showed)."""
        self._file.write(json.dumps({"what": what, **about}).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Nothing more will be written."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """All journals together, by what was done."""

    lines: tuple[dict[str, Any], ...]

    def of(self, what: str) -> list[dict[str, Any]]:
        """The lines about one thing, in the order of each client."""
        return [line for line in self.lines if line["what"] == what]


def read(paths: Iterable[Path]) -> Acknowledged:
    """Every journal in these files; a last line that was cut off was never acknowledged."""
    lines: list[dict[str, Any]] = []
    for path in paths:
        lines += [json.loads(line) for line in path.read_bytes().split(b"\n") if line.endswith(b"}")]
    return Acknowledged(tuple(lines))
