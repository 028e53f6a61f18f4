import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewhub.domain.drafts import table
from reviewhub.domain.drafts.table import letters, rows_of_file, rows_of_text, tidy_rows
from reviewhub.domain.errors import Invalid

cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def written(rows, separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


def problems_of(read, what):
    try:
        read(what)
    except Invalid as wrong:
        return wrong.problems
    return ()


@settings(deadline=None)
@given(st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_any_table_comes_back_as_it_was_or_a_problem_says_why(rows, separator):
    said = problems_of(tidy_rows, rows)
    text = written(rows, separator)
    assert problems_of(rows_of_text, text) == said
    assert said or rows_of_text(text) == tidy_rows(rows)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_problem(data):
    said = problems_of(rows_of_file, data)
    assert {problem.field for problem in said} <= {"table"}
    assert said or len({len(row) for row in rows_of_file(data)}) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_spreadsheets_save(encoding, separator):
    rows = (("Kriterium", "Schwach", "Stark"), ("Übersicht — für wen?", "fehlt; fehlt", "klar, begründet"))
    data = written(rows, separator).encode(encoding)
    assert rows_of_file(data) == rows


def test_a_line_that_names_the_separator_is_no_row():
    assert rows_of_text("sep=;\na;b,c,d\n") == (("a", "b,c,d"),)


def test_rows_are_filled_up_and_empty_ends_cut_off():
    assert rows_of_text("a,b,c,,\n\nd\n,,,,\n") == (("a", "b", "c"), ("", "", ""), ("d", "", ""))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "nothing in it"),
        (b"a,b\x00c", "no text"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b'a,b\nc,"d\n', "From row 2"),
        (b"a,b\n" * 401, "401 rows"),
        (b"a," * 40 + b"a", "41 columns"),
        (b"a,b\nc," + b"x" * 5001, "Row 2, column B holds 5,001"),
        ((b"x" * 4000 + b"\n") * 40, "160,000 characters"),
    ],
)
def test_what_is_too_much_or_no_table_is_told(data, said):
    with pytest.raises(Invalid, match=said):
        rows_of_file(data)


def test_columns_are_named_as_in_a_spreadsheet():
    assert [letters(n) for n in (0, 25, 26, 39)] == ["A", "Z", "AA", "AN"]
    assert table.place(2, 1) == "row 3, column B"
