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


@dataclass(frozen=True, slots=True)
class Named:
    """One row of named.toml; what the fields mean is said at its top."""

    name: str
    file: str
    old: str
    new: str
    test: str

    def apply(self, root: Path) -> None:
        """Writes the mutated file, or ValueError if the old text is not there exactly once."""
        path = root / self.file
        text = path.read_text()
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: the old text stands {text.count(self.old)} times in {self.file}")
        path.write_text(text.replace(self.old, self.new))


def rows() -> list[Named]:
    """The list, in its order."""
    return [Named(**row) for row in tomllib.loads(LIST.read_text())["mutation"]]


def run(words: list[str]) -> int:
    """Runs those with all the words in their names; returns how many are wrong, and prints which."""
    chosen = [row for row in rows() if all(word in row.name for word in words)]
    if _pytest(ROOT, "-n", "logical", *sorted({row.test for row in chosen})) != pytest.ExitCode.OK:
        print(
            "Without any mutation these tests should pass:", *sorted({row.test for row in chosen}), sep="\n  "
        )
        return 1
    wrong = [f"  {row.name}: {answer}" for row, answer in _judged(chosen) if answer]
    print(f"named: {len(chosen)} mutations, {len(wrong)} survive or cannot run", *wrong, sep="\n", flush=True)
    return len(wrong)


def _judged(some: Iterable[Named]) -> list[tuple[Named, str]]:
    """(mutation, what is wrong with it) for each: "" where its test failed, as it should."""
    trees: SimpleQueue[Path] = SimpleQueue()

    def judge(row: Named) -> tuple[Named, str]:
        tree = trees.get()
        before = (tree / row.file).read_text()
        try:
            row.apply(tree)
            code = _pytest(tree, row.test)
        except ValueError as error:
            return row, str(error)
        finally:
            (tree / row.file).write_text(before)
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


def _pytest(tree: Path, *words: str) -> int:
    """pytest's exit code in a tree, whose package is imported and not that of the environment."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *words]
    env = os.environ | {"PYTHONPATH": str(tree)}
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, check=False).returncode
