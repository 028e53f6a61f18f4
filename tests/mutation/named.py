"""Runs the named mutations: in a copy of the tree one change of a text, and the test that must then fail."""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("named.toml")
PASSED = "REVIEWHUB_ALL_TESTS_PASSED"
"""Set where every test has just passed without any mutation."""


@dataclass(frozen=True, slots=True)
class Named:
    """One row of named.toml; what the fields mean is said at its top."""

    name: str
    file: str
    old: str
    new: str
    test: str

    def mutated(self, root: Path) -> str:
        """The mutated file's text, or ValueError if there is no such file or no such text exactly once."""
        path = root / self.file
        text = path.read_text() if path.is_file() else ""
        if text.count(self.old) != 1:
            raise ValueError(f"the old text stands {text.count(self.old)} times in {self.file}")
        return text.replace(self.old, self.new)


def rows() -> list[Named]:
    """The list, in its order."""
    return [Named(**row) for row in tomllib.loads(LIST.read_text())["mutation"]]


def run(words: list[str]) -> int:
    """Runs those with all the words in their names; returns how many are wrong, and prints which."""
    chosen = [row for row in rows() if all(word in row.name for word in words)]
    # Who has just run them all says so; a name that is no test still ends with another code than a failure's.
    broken = set() if os.environ.get(PASSED) else _failing({row.test for row in chosen})
    wrong = [f"  {row.name}: its test fails without it: {row.test}" for row in chosen if row.test in broken]
    judged = _judged([row for row in chosen if row.test not in broken])
    wrong += [f"  {row.name}: {answer}" for row, answer in judged if answer]
    print(f"named: {len(chosen)} mutations, {len(wrong)} wrong", *wrong, sep="\n", flush=True)
    return len(wrong)


def _failing(tests: set[str]) -> set[str]:
    """Those that do not pass without any mutation."""
    done = _pytest(ROOT, "-n", "logical", "--dist", "worksteal", *sorted(tests))
    if done.returncode == pytest.ExitCode.OK:
        return set()
    bad = [
        line.split(" ", 1)[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))
    ]
    return {test for test in tests if not bad or any(one.startswith(test.rstrip("]")) for one in bad)}


def _judged(some: Iterable[Named]) -> list[tuple[Named, str]]:
    """(mutation, what is wrong with it) for each: "" where its test failed, as it should."""
    trees: SimpleQueue[Path] = SimpleQueue()

    def judge(row: Named) -> tuple[Named, str]:
        try:
            text = row.mutated(ROOT)
        except ValueError as error:
            return row, str(error)
        tree = trees.get()
        try:
            (tree / row.file).write_text(text)
            code = _pytest(tree, row.test).returncode
        finally:
            shutil.copyfile(ROOT / row.file, tree / row.file)
            trees.put(tree)
        if code == pytest.ExitCode.TESTS_FAILED:
            return row, ""
        return row, "survives" if code == pytest.ExitCode.OK else f"pytest ended with {code} on {row.test}"

    with ExitStack() as stack:
        several = os.cpu_count() or 1
        for _ in range(several):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="reviewhub-named-"))
            trees.put(shutil.copytree(ROOT, Path(folder) / "tree", symlinks=True))
        with ThreadPoolExecutor(several) as pool:
            return list(pool.map(judge, some))


def _pytest(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """pytest in a tree, whose package is imported and not that of the environment."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-p", "no:cacheprovider", *words]
    env = os.environ | {"PYTHONPATH": str(tree)}
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
