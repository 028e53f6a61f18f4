"""The tool that makes things wrong does so, and tells what survived."""

import ast
import importlib
import subprocess
import sys

import pytest

from tests.mutation import domain, named
from tests.mutation.operators import mutants

TABLE = """
from reviewhub.domain.access import Action, Role
_LEAD = frozenset({Role.LEAD})
_SEAT = frozenset({Role.ASSESSOR})
def _open(facts):
    return None if facts.undo_open else "Too late."
def _past(facts):
    return None
GUARDS = {Action.UNDO: (Role.LEAD, _open), Action.CLOSE: _LEAD | _SEAT}
"""
CODE = """
def price(items, most=3):
    if not items or len(items) > most:
        raise ValueError
    return min(one for one in items if one)
"""


def changed(source):
    known = {"__name__": "sample"}
    exec(source, known)
    made = list(mutants(source, known))
    assert all(ast.unparse(ast.parse(one.source)) != ast.unparse(ast.parse(source)) for one in made)
    assert len({one.name for one in made}) == len(made)
    return {one.name for one in made}


def test_a_table_is_changed_entry_by_entry():
    assert {
        "_LEAD[]: without Role.LEAD",
        "_LEAD[]: Role.LEAD → Role.COORDINATOR",
        "GUARDS[]: without Action.UNDO",
        "GUARDS[]: without Action.CLOSE",
        "GUARDS[Action.UNDO]: Action.UNDO → Action.CLOSE",
        "GUARDS[Action.UNDO][0]: Role.LEAD → Role.COORDINATOR",
        "GUARDS[Action.UNDO][1]: _open → _past",
        "GUARDS[Action.UNDO]: without _open",
        "GUARDS[Action.CLOSE]: _LEAD → _SEAT",
        "GUARDS[Action.CLOSE]: _LEAD | _SEAT → _LEAD",
        "GUARDS[Action.CLOSE]: _LEAD | _SEAT → _LEAD & _SEAT",
        "_open: return None if facts.undo_open else 'Too late.' → return None",
        "_past: return None → return 'made up'",
    } <= changed(TABLE)


def test_code_is_changed_piece_by_piece():
    guard = "not items or len(items) > most"
    assert changed(CODE) == {
        "price: 3 → 4",
        "price: 3 → 2",
        f"price: if {guard}: raise ValueError → if not ({guard}): raise ValueError",
        "price: not items or len(items) > most → not items and len(items) > most",
        "price: not items or len(items) > most → not items",
        "price: not items or len(items) > most → len(items) > most",
        "price: not items → items",
        "price: len(items) > most → len(items) >= most",
        "price: len(items) > most → len(items) <= most",
        "price: raise ValueError → pass",
        "price: return min((one for one in items if one)) → return None",
        "price: min((one for one in items if one)) → max((one for one in items if one))",
        "price: for one in items if one → for one in items",
        "price: for one in items if one → for one in items if not one",
    }


JUDGED = """
from tests.mutation.domain import DOMAIN, judge
from tests.mutation.operators import Mutant
path = DOMAIN / "sheet.py"
source = path.read_text()
some = [
    Mutant("the same", 0, source),
    Mutant("no limit", 0, source.replace("LONGEST_COMMENT = 5_000", "LONGEST_COMMENT = 6_000")),
    Mutant("no module", 0, "raise ImportError"),
]
for mutant, killer in judge(path, some):
    print(mutant.name, "|", killer.rpartition("::")[2])
"""


def test_what_a_test_tells_is_killed_by_it_and_what_none_tells_survives():
    done = subprocess.run(
        [sys.executable, "-c", JUDGED], cwd=domain.ROOT, capture_output=True, text=True, check=True
    )
    assert sorted(done.stdout.splitlines()) == [
        "no limit | test_everything_wrong_is_named_at_once",
        "no module | import",
        "the same | ",
    ]


def test_every_module_of_the_domain_is_mutated_or_said_not_to_be():
    names = {path.stem for path in domain.DOMAIN.rglob("*.py")}
    assert names >= domain.ELSEWHERE
    untested = [path.stem for path in domain.chosen([]) if not domain.tests_of(domain.module_name(path))]
    assert untested == []


@pytest.mark.parametrize("module", sorted({module for module, _ in domain.equivalents()}))
def test_what_is_listed_as_equivalent_is_still_there(module):
    path = domain.ROOT.joinpath(*module.split(".")).with_suffix(".py")
    names = {one.name for one in mutants(path.read_text(), vars(importlib.import_module(module)))}
    assert {name for of, name in domain.equivalents() if of == module} <= names


def functions(file):
    tree = ast.parse((named.ROOT / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", named.rows(), ids=lambda row: row.name)
def test_a_named_mutation_has_its_text_and_its_test(row):
    ast.parse(row.mutated(named.ROOT)) if row.file.endswith(".py") else row.mutated(named.ROOT)
    file, _, test = row.test.partition("::")
    assert test.partition("[")[0] in functions(file)


def test_every_named_mutation_has_a_name_of_its_own():
    names = [row.name for row in named.rows()]
    assert len(set(names)) == len(names)
