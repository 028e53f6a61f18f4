"""The child's side of spreadsheets: one XLSX in, the cells of its first filled sheet out. Runs in the runner.

Request (JSON on stdin): `{"path", "rows", "columns"}`, the most that is read of either. Answer (JSON on
descriptor 3): `{"rows": [[text]]}` or `{"reason"}`. What a formula came to is read, the formula is not.
"""

import json
import mimetypes
import os
import sys
import zipfile
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

mimetypes.knownfiles.clear()  # openpyxl asks for the system's list at once, which nobody may read in here

import openpyxl  # noqa: E402

ANSWER = 3
_MOST_UNPACKED = 40 * 1024 * 1024
_MOST_FILES = 1_000
_LONGEST = 20_000
"""Characters of a cell that come back: more is told as too long by who asked."""
_BROKEN = "The file could not be read as a spreadsheet. Save it as XLSX or CSV again."


def sheet(path: Path, rows: int, columns: int) -> Mapping[str, object]:
    """The answer as it goes over the descriptor."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = archive.infolist()
            if len(files) > _MOST_FILES or sum(one.file_size for one in files) > _MOST_UNPACKED:
                return {"reason": "The spreadsheet is too large. Leave out what is not the rubric."}
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for tab in book.worksheets:
            found = _rows(tab, rows, columns) if tab.sheet_state == "visible" else []
            if any(any(row) for row in found):
                return {"rows": found}
    except Exception:  # noqa: BLE001 - whatever a file from outside makes the reader raise
        return {"reason": _BROKEN}
    return {"rows": []}


def _rows(tab: Any, rows: int, columns: int) -> list[list[str]]:  # noqa: ANN401 - openpyxl has no types
    tab.reset_dimensions()  # a file may claim any size
    found = tab.iter_rows(max_row=rows, max_col=columns, values_only=True)
    return [[_text(value) for value in row] for row in found]


def _text(value: object) -> str:
    """A cell as a person reads it."""
    match value:
        case None:
            text = ""
        case bool():
            text = "yes" if value else "no"
        case float() if value.is_integer():
            text = str(int(value))
        case datetime():
            text = value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case _:
            text = str(value)
    return text[:_LONGEST]


def main() -> None:
    """Read the request, answer, end."""
    request = json.loads(sys.stdin.buffer.read())
    answer = sheet(Path(request["path"]), request["rows"], request["columns"])
    with os.fdopen(ANSWER, "wb") as out:
        out.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
