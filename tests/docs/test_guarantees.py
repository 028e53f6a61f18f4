"""docs/guarantees.md names code, tests and mutations that there are, for every rule."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.mutation import domain, named

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guarantees.md").read_text()
ROW = re.compile(r"^\| (?!what holds|---)(.+) \|$", re.MULTILINE)
ROWS = [tuple(cell.strip() for cell in row.split(" | ")) for row in ROW.findall(PAGE)]
NAMED = {row.name: row for row in named.rows()}
MUTATED = {str(path.relative_to(ROOT)): domain.module_name(path) for path in domain.chosen([])}


@cache
def defined(file):
    """The names that a module gives at its top: functions, classes, tables."""
    found = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def place(cell):
    file, _, name = cell.strip("`").partition("::")
    return file, name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_names_what_there_is(row):
    _, code, test, mutation = row
    for file, name in (place(code), place(test)):
        assert name in defined(file), f"{file} has no {name}"
    assert place(test)[0].startswith("tests/")
    assert place(test)[1].startswith("test_")
    if mutation.startswith("all of "):
        files = re.findall(r"`([^`]+)`", mutation)
        assert set(files) <= set(MUTATED)
        assert place(code)[0] in files
        assert place(test)[0] in domain.tests_of(MUTATED[files[0]])
    else:
        assert NAMED[mutation.strip("“”")].test.partition("[")[0] == test.strip("`")


def test_every_rule_and_promise_has_a_row():
    parts = re.split(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)[1:]
    rows = {title: len(ROW.findall(text)) for title, text in zip(parts[::2], parts[1::2], strict=True)}
    numbered = [title for title in rows if re.match(r"\d", title)]
    assert [title.partition(".")[0] for title in numbered] == [str(n) for n in range(1, 20)]
    for title in (*numbered, "Blindness", "Durability", "Audit"):
        assert rows[title], title


def test_every_named_mutation_is_in_a_row():
    assert sorted(NAMED) == sorted(row[3].strip("“”") for row in ROWS if row[3].startswith("“"))
