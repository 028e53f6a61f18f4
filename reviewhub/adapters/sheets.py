"""The cells of an uploaded spreadsheet, read in the sandbox runner; the Sheets port."""

import json
import logging
import tempfile
from pathlib import Path

from reviewhub.domain.drafts.table import MOST_COLUMNS, MOST_ROWS
from reviewhub.host.sandbox.run import Limits, run
from reviewhub.services.ports import NotCleanable

_log = logging.getLogger(__name__)
_LIMITS = Limits(cpu_seconds=10, wall_seconds=20, memory_mb=512, file_mb=1, output_mb=8)
_FAILED = "The spreadsheet could not be read: it is damaged or too complicated. Save it again, or as CSV."


class SandboxSheets:
    """Reads in a confined process; what comes back is checked."""

    def __init__(self, limits: Limits = _LIMITS) -> None:
        self._limits = limits

    def rows(self, data: bytes) -> tuple[tuple[str, ...], ...] | NotCleanable:
        """The first filled sheet of an XLSX, or why it cannot be read; one row and column above limits."""
        with tempfile.TemporaryDirectory(prefix="reviewhub-sheet-") as name:
            path = Path(name, "given.xlsx")
            path.write_bytes(data)
            folder = Path(name, "work")
            folder.mkdir()
            wanted = {"path": str(path.resolve()), "rows": MOST_ROWS + 1, "columns": MOST_COLUMNS + 1}
            outcome = run(
                ["-m", "reviewhub.host.sandbox.convert_sheet"],
                request=json.dumps(wanted).encode(),
                folder=folder,
                limits=self._limits,
                readable=[path],
            )
        if not outcome.ok:
            _log.warning("no rows of a spreadsheet after %.1f s: %s", outcome.seconds, outcome.reason)
            return NotCleanable(_FAILED)
        try:
            return _checked(json.loads(outcome.answer))
        except (ValueError, KeyError, TypeError):
            return NotCleanable(_FAILED)


def _checked(answer: object) -> tuple[tuple[str, ...], ...] | NotCleanable:
    """The child's answer, believed only as far as it can be checked: somebody's file had its hands on it."""
    if not isinstance(answer, dict):
        raise TypeError("not an object")
    if "reason" in answer:
        return NotCleanable(str(answer["reason"])[:500])
    rows = answer["rows"]
    if not isinstance(rows, list) or len(rows) > MOST_ROWS + 1:
        raise ValueError("rows")
    return tuple(tuple(str(cell) for cell in row[: MOST_COLUMNS + 1]) for row in rows)
