"""Runs the mutants of the domain, a child process each, until the first of the module's own tests fails.

The parent never imports the package, so a child that installs a mutated module before anything asks for it
needs no reload. Property tests draw the same examples each time: no mutant is killed or survives by luck.
"""

import ast
import importlib.abc
import importlib.util
import math
import os
import pickle
import resource
import select
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest

from tests.mutation.operators import Mutant, mutants

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "reviewhub" / "domain"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
BARE = (
    *("-c", os.devnull, "--rootdir", str(ROOT), "--import-mode=importlib", "--noconftest", "--assert=plain"),
    *("-q", "-x", "--tb=no", "-pno:cacheprovider", "-pno:faulthandler", "-pno:unraisableexception"),
)
"""pytest without what a domain's test does not need: a mutant costs a tenth of a second and its tests."""
SECONDS = 60
"""Processor time that the tests of a module may take."""
MEMORY = 2**28
"""Bytes that they may take: an endless loop that collects something ends here."""
FORMATS = {
    *("bundle", "codec", "condition_check", "evidence", "media", "policy_check", "rubric", "rubric_check"),
    *("rubric_json", "texts", "translation", "translation_check"),
}
DRAFTS = {*("acts", "body", "build", "folder", "form", "keep", "mapping", "table"), *("naming", "paragraphs")}
"""What managers type, on its way to a rubric: nobody is judged by it before `rubric_check` has passed it."""
SHOWN = {"alias_words", "errors", "rubric_diff", "translation_diff", "wording"}
ELSEWHERE = {*SHOWN, *FORMATS, *DRAFTS}
"""Words and differences that are shown, formats of files: no rule of the workflow."""


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of the package from another source."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source

    def find_spec(self, fullname, path=None, target=None):
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module):
        exec(compile(self.source, "<mutant>", "exec"), module.__dict__)


class Watch:
    """Runs first what kills most in the shortest time, and remembers the first failure.

    `usual` is the processor time of each test on the unchanged module: who takes thrice that, and a little,
    is in an endless loop and ends.
    """

    def __init__(self, worth: Mapping[str, float], usual: Mapping[str, float]) -> None:
        self.worth, self.usual, self.killer = worth, usual, ""
        self.begun, self.spent = 0.0, dict[str, float]()

    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: -self.worth.get(item.nodeid, 0))

    def pytest_runtest_logstart(self, nodeid):
        self.begun = time.process_time()
        if nodeid in self.usual:
            _end_after(self.begun + 2 + 3 * self.usual[nodeid])

    def pytest_runtest_logfinish(self, nodeid):
        self.spent[nodeid] = time.process_time() - self.begun

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.killer:
            self.killer = report.nodeid


def _end_after(seconds: float) -> None:
    """The system ends this process when it has used so much processor time."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), most))


def module_name(path: Path) -> str:
    """The dotted name of a file of the package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def tests_of(module: str) -> list[str]:
    """The files in tests/domain that import the module."""
    return [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests" / "domain").glob("test_*.py"))
        if module in set(_imported(ast.parse(path.read_text())))
    ]


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def run(words: list[str]) -> int:
    """Judges the modules, or those with one of these names; returns how many mutants are wrong."""
    wrong, listed = 0, equivalents()
    for path in chosen(words):
        begun, some = time.monotonic(), mutants_of(path)
        known = {name for module, name in listed if module == module_name(path)}
        gone = known - {one.name for one in some}
        lines = [f"  listed as equivalent, but there is no such mutant: {name}" for name in gone]
        for mutant, killer in judge(path, some):
            if (not killer) != (mutant.name in known):
                said = f"listed as equivalent, but killed by {killer}" if killer else "survives"
                lines.append(f"  line {mutant.line}: {said}: {mutant.name}")
        took = f"{time.monotonic() - begun:.0f} s"
        print(f"{path.relative_to(ROOT)}: {len(some)} mutants, {len(lines)} wrong, {took}")
        print(*(f"{line}\n" for line in sorted(lines)), sep="", end="", flush=True)
        wrong += len(lines)
    return wrong


def chosen(words: list[str]) -> list[Path]:
    """The files that are mutated, or those of them with one of these names."""
    files = [path for path in sorted(DOMAIN.rglob("*.py")) if path.stem not in {*ELSEWHERE, "__init__"}]
    return [path for path in files if not words or path.stem in words]


def equivalents() -> set[tuple[str, str]]:
    """(module, mutant's name) of those that nobody can tell from the original, as listed with reasons."""
    return {(one["module"], one["name"]) for one in tomllib.loads(EQUIVALENT.read_text())["mutant"]}


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a file, made in a child: its globals are needed, and the parent imports nothing."""
    name = module_name(path)
    result = _finish(_start(lambda: list(mutants(path.read_text(), vars(importlib.import_module(name))))))
    assert result is not None, name
    return result


def judge(path: Path, some: Iterable[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """(mutant, the test that failed first) as they end; "" for one that survives."""
    module = module_name(path)
    tests = tests_of(module)
    assert tests, f"no test in tests/domain imports {module}"
    same = ast.unparse(ast.parse(path.read_text()))
    plain = _finish(_start(lambda: _run(module, same, tests, {}, {})))
    assert plain, f"{module}: its tests run longer than {SECONDS} s"
    assert not plain.killer, f"{module}: fails without any mutation: {plain.killer}"
    usual = plain.spent
    worth = {test: 0.1 / (seconds + 0.005) for test, seconds in usual.items()}
    ahead, running = iter(some), {}
    while True:
        while len(running) < (os.cpu_count() or 1) and (mutant := next(ahead, None)):
            child = _start(lambda source=mutant.source: _run(module, source, tests, worth, usual))
            running[child] = mutant
        if not running:
            return
        ready, _, _ = select.select([fd for _, fd in running], [], [])
        for child in [one for one in running if one[1] in ready]:
            watch = _finish(child)
            killer = watch.killer if watch else "out of time"
            if killer in worth:
                worth[killer] += 1 / (usual[killer] + 0.005)
            yield running.pop(child), killer


def _run(
    module: str, source: str, tests: list[str], worth: Mapping[str, float], usual: Mapping[str, float]
) -> Watch:
    """In a child: runs the tests on the mutant until one fails."""
    sys.meta_path.insert(0, Mutated(module, source))
    hypothesis.settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutants")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    watch = Watch(worth, usual)
    code = pytest.main([*BARE, *tests], plugins=[watch])
    if code and not watch.killer:
        unread = {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED}  # none ran: a file was not read
        watch.killer = "import" if code in unread else repr(code)
    return watch


def _start(work: Callable[[], object]) -> tuple[int, int]:
    """A child that does the work, silent and within its processor time: (its id, a pipe with the result)."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        with os.fdopen(write, "wb") as answer:
            pickle.dump(work(), answer)
    finally:
        os._exit(0)


def _finish(child: tuple[int, int]) -> object:
    """The result of a child, None if it died."""
    pid, read = child
    with os.fdopen(read, "rb") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    return pickle.loads(said) if said else None
