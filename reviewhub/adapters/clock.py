"""Clocks: the system's, and the demo's, which can be moved forward."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


class DemoClock:
    """The machine's time plus an offset that all processes read from one file (seconds, forward only)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        """Aware UTC, moved by the offset."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far the clock was moved."""
        try:
            return timedelta(seconds=float(self._path.read_text()))
        except FileNotFoundError:
            return timedelta(0)

    def advance(self, by: timedelta) -> None:
        """Move forward for every process that reads the same file; never back."""
        if by < timedelta(0):
            raise ValueError("the demo's clock only moves forward")
        fresh = self._path.with_suffix(".new")
        fresh.write_text(str((self.offset() + by).total_seconds()))
        fresh.replace(self._path)
