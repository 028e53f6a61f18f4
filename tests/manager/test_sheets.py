"""Spreadsheets from outside: read in the sandbox, and only as far as a rubric goes."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from reviewhub.adapters.sheets import SandboxSheets
from reviewhub.domain.drafts.table import tidy_rows
from reviewhub.services.ports import NotCleanable
from tests.manager.forms import fill


def book(*sheets, hidden=0):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for n, rows in enumerate(sheets):
        tab = made.create_sheet(f"Sheet {n}")
        tab.sheet_state = "hidden" if n < hidden else "visible"
        for row in rows:
            tab.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_the_first_filled_sheet_that_is_shown():
    day = datetime(2026, 11, 2)  # noqa: DTZ001 - a spreadsheet knows no zone
    rows = [["Criterion", "Low", "High"], ["Ordnung — größer", 3.0, True], [None, 2.5, day]]
    data = book([["secret"]], [], rows, [["later"]], hidden=1)
    assert tidy_rows(SandboxSheets().rows(data)) == (
        ("Criterion", "Low", "High"),
        ("Ordnung — größer", "3", "yes"),
        ("", "2.5", "2026-11-02"),
    )


def test_no_more_than_the_limits_is_read():
    found = SandboxSheets().rows(book([["x"] * 60] * 500))
    assert (len(found), len(found[0])) == (401, 41)


def bomb():
    out = io.BytesIO(book([["a", "b"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(60_000_000))
    return out.getvalue()


def entities():
    """A sheet whose XML grows without end where a reader lets it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([["a", "b"]]))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            text = good.read(name)
            if name.endswith("sheet1.xml"):
                grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20 if n else "ha"}">' for n in range(12))
                text = f"<!DOCTYPE x [{grown}]>".encode() + text.replace(b"<sheetData>", b"<sheetData>&e11;")
            bad.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04nothing", bomb(), entities()], ids=["broken", "bomb", "entities"]
)
def test_what_is_no_sheet_or_too_much_is_refused_in_a_sentence(data):
    found = SandboxSheets().rows(data)
    assert isinstance(found, NotCleanable)
    assert "spreadsheet" in found.reason


def test_a_manager_uploads_one(max_):
    data = book([["Criterion", "Not yet", "Met"], ["Order", "random", "right"]])
    answer = fill(max_, "/manage/harbor/drafts", name="Aid", file=(io.BytesIO(data), "aid.xlsx"))
    assert answer.status_code == 303
    assert "random" in max_.get(answer.location).get_data(as_text=True)
    answer = fill(max_, "/manage/harbor/drafts", name="Aid", file=(io.BytesIO(b"PK\x03\x04"), "aid.xlsx"))
    assert answer.status_code == 422
    assert "Save it as XLSX or CSV again" in answer.get_data(as_text=True)
