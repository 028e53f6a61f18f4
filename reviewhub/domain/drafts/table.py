"""A table of text from an uploaded file: encoding and separator guessed, limits kept, nothing cut in silence.

A table is rows of cells, all rows equally long; a cell is text without space around it. Row and column are
told as a spreadsheet names them: row 3, column B.
"""

import codecs
import csv
import re
from collections.abc import Sequence

from reviewhub.domain.errors import Invalid, Problem

MOST_BYTES = 1_000_000
MOST_ROWS = 400
MOST_COLUMNS = 40
LONGEST_CELL = 5_000
MOST_CHARACTERS = 150_000
_SEPARATORS = ("\t", ";", ",")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMED = re.compile(r'sep=([,;\t])\n|"sep=([,;\t])"\n')
# Control characters, and those that turn the direction of a text around so that it reads other than it is.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

Rows = tuple[tuple[str, ...], ...]


def rows_of_file(data: bytes) -> Rows:
    """The table in a CSV or TSV file. Invalid (field `table`) where it is none or above the limits."""
    if len(data) > MOST_BYTES:
        raise _wrong(
            f"The file is larger than {MOST_BYTES // 1_000_000} MB. Leave out what is not the rubric."
        )
    return rows_of_text(_decoded(data))


def rows_of_text(text: str) -> Rows:
    """The table in a text, such as one that was copied out of a spreadsheet. Invalid (field `table`)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    named = _NAMED.match(plain)
    body = plain[named.end() :] if named else plain
    separators = (named[1] or named[2],) if named else _SEPARATORS
    tables = [_split(body, separator) for separator in separators]
    rows, unclosed = max(tables, key=lambda one: (_width(one[0]), not one[1]))
    if unclosed:
        raise _wrong(
            f"From row {len(rows) + 1} on the table cannot be read: a quotation mark is opened and not "
            "closed, or stands within a cell. Save it as CSV from your spreadsheet, or paste it."
        )
    return tidy_rows(rows)


def tidy_rows(cells: Sequence[Sequence[str]]) -> Rows:
    """Cells without space around and without control characters; no empty rows or columns at the ends.

    Invalid with each cell that is too long, and where there is no table.
    """
    rows = [[_tidy(cell) for cell in row] for row in cells]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((n for row in rows for n, cell in enumerate(row, 1) if cell), default=0)
    if not width:
        raise _wrong(
            "There is nothing in it. A first row with headers and a row for each criterion are needed."
        )
    if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
        raise _wrong(
            f"It has {len(rows):,} rows and {width:,} columns; {MOST_ROWS} and {MOST_COLUMNS} are the most. "
            "Leave out what is not the rubric."
        )
    _need_short(rows)
    return tuple((*row[:width], *[""] * (width - len(row))) for row in rows)


def place(row: int, column: int) -> str:
    """Row and column (both 0-based) as a spreadsheet names them: `row 3, column B`."""
    return f"row {row + 1}, column {letters(column)}"


def letters(column: int) -> str:
    """A column's name, counted from 0: A to Z, then AA."""
    high, low = divmod(column, 26)
    return (letters(high - 1) if high else "") + chr(ord("A") + low)


def _need_short(rows: Sequence[Sequence[str]]) -> None:
    long = [
        _problem(f"R{place(r, c)[1:]} holds {len(cell):,} characters; {LONGEST_CELL:,} are the most.")
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if len(cell) > LONGEST_CELL
    ]
    whole = sum(len(cell) for row in rows for cell in row)
    if long:
        raise Invalid(*long)
    if whole > MOST_CHARACTERS:
        raise _wrong(f"It holds {whole:,} characters; {MOST_CHARACTERS:,} are the most.")


def _tidy(cell: str) -> str:
    return _UNWANTED.sub("", cell.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")).strip()


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Of the first row that has more than one cell."""
    return next((len(row) for row in rows if len(row) > 1), 1)


def _split(text: str, separator: str) -> tuple[list[list[str]], bool]:
    """The rows up to a quotation mark that is wrong, and whether there is one."""
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(_lines(text), delimiter=separator, strict=True))
    except csv.Error:
        return rows, True
    return rows, False


def _lines(text: str) -> list[str]:
    """Lines as files have them: str.splitlines would also part them at characters that belong to texts."""
    return [line + "\n" for line in text.split("\n")]


def _decoded(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace")
    if 0 in data:
        raise _wrong("This is no text. Save the table as CSV or XLSX, or paste it.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _problem(message: str) -> Problem:
    return Problem("table", message)


def _wrong(message: str) -> Invalid:
    return Invalid(_problem(message))
