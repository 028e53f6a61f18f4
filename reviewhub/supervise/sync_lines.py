"""What a sync of plugins did, in lines for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewhub.services.sync import SyncReport


def short(report: SyncReport) -> str:
    """One line: how many of each."""
    counts = {
        "new": len(report.added),
        "unchanged": len(report.unchanged),
        "retired": len(report.retired),
        "refused": len(report.refused),
        "quarantined": len(report.quarantined),
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "no plugins"


def problems(report: SyncReport) -> Iterator[str]:
    """A line for each thing that was not taken in, with the reason; then what is on its way out."""
    for problem in report.refused:
        yield f"refused: {problem.field}: {problem.message}"
    for plugin in report.quarantined:
        for problem in plugin.problems:
            yield f"quarantined: {plugin.name}: {problem.field}: {problem.message}"
    for note in report.notes:
        yield f"note: {note}"
