"""The lines that tell a person how a start goes: one a step, with its seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH = 52
QUIET_SECONDS = 2.0


class Steps:
    """Prints to standard output; on a terminal the running step is shown while it runs."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._last = 0.0

    @contextmanager
    def __call__(self, name: str) -> Iterator[Note]:
        """Time what is done inside; the note's text, if any, is printed behind the seconds."""
        note = Note(name, self)
        began = self._last = time.monotonic()
        self._passing(f"  {name} …")
        try:
            yield note
        except BaseException:
            self._line(f"  {name} ".ljust(WIDTH, ".") + " stopped")
            raise
        self._line(
            f"  {name} ".ljust(WIDTH, ".") + f"{time.monotonic() - began:6.1f} s  {note.text}".rstrip()
        )

    def say(self, text: str) -> None:
        """A line of its own."""
        self._line(text)

    def progress(self, text: str) -> None:
        """How far a long step is: in place on a terminal, else a line now and then."""
        if self._live:
            self._passing(f"  {text}")
        elif time.monotonic() - self._last > QUIET_SECONDS:
            self._last = time.monotonic()
            self._line(f"    {text}")

    def _passing(self, text: str) -> None:
        if self._live:
            print(f"\r{text[: WIDTH * 2]}\x1b[K", end="", flush=True)  # noqa: T201  # this is the screen

    def _line(self, text: str) -> None:
        start = "\r\x1b[K" if self._live else ""
        print(start + text, flush=True)  # noqa: T201  # this is the screen


class Note:
    """What a step has to say."""

    def __init__(self, name: str, steps: Steps) -> None:
        self.text = ""
        self._name = name
        self._steps = steps

    def progress(self, text: str) -> None:
        """How far this step is."""
        self._steps.progress(f"{self._name}: {text}")
