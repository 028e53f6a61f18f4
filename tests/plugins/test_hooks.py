"""The hooks are a promise to people who are not us: no change by accident; each has text, test and use."""

import ast
import hashlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviewhub import plugin_api
from reviewhub.plugin_api.hooks import HOOKS, HookSpecs
from reviewhub.plugin_api.plugin import Plugin
from reviewhub.plugin_api.reference import page, signature
from reviewhub.plugin_api.versions import SPOKEN
from tests.plugins.conftest import HEAD

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "issuers" / "reference.md"
PROMISE = """\
def issuer(self) -> IssuerInfo
def rubrics(self) -> Sequence[Rubric]
def check_evidence(
    self,
    rubric: Rubric,
    requirement: Requirement,
    evidence: EvidenceFacts,
) -> Sequence[Finding] | None
def agree(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Agreement | None
def resolve(self, rubric: Rubric, sheets: Sequence[Sheet]) -> Resolution | None
def decide(
    self,
    rubric: Rubric,
    resolution: Resolution,
    history: Sequence[Locked],
) -> Decision | None
def feedback(
    self,
    rubric: Rubric,
    resolution: Resolution,
    decision: Decision,
    comments: Sequence[Comment],
) -> FeedbackDraft | None
"""
"""What the version of the API that is spoken promises. A hook that changes makes another version."""
PROMISED = {"1.0": "3e7bedea65ea5498fca6387f454dc9e08265760436620c9ddd88b43f3c66ad84"}
"""By version, the SHA-256 of its promise. A new version gets a line; one that was released never changes."""


def test_another_promise_is_another_version():
    assert PROMISED[SPOKEN] == hashlib.sha256(PROMISE.encode()).hexdigest(), (
        "A hook has changed: raise API_VERSION where older plugins break, else API_MINOR"
    )


def test_the_signatures_are_those_that_were_promised():
    assert [*PROMISE.splitlines()] == [
        line for hook in HOOKS for line in signature(getattr(HookSpecs, hook)).splitlines()
    ]


@pytest.mark.parametrize("hook", HOOKS)
def test_the_class_to_inherit_from_has_the_same_signature(hook):
    assert signature(getattr(Plugin, hook)) == signature(getattr(HookSpecs, hook))


def test_the_reference_is_made_from_the_code():
    told = "python -m reviewhub.plugin_api.reference > docs/issuers/reference.md"
    assert REFERENCE.read_text() == page(), f"plugin_api has changed. Run: {told}"


def test_all_that_may_be_imported_is_in_the_reference():
    titles = set(re.findall(r"^### (\w+)$", REFERENCE.read_text(), re.MULTILINE))
    assert titles == set(HOOKS) | set(plugin_api.__all__) - {"API_VERSION", "hookimpl"}


# ---------------------------------------------------------------- each documented, tested, used


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_documented(hook):
    told = inspect_doc(getattr(HookSpecs, hook))
    assert "Failure: " in told, "say what happens when it fails"
    assert f"### {hook}\n" in REFERENCE.read_text()
    assert f"`{hook}`" in (ROOT / "docs" / "issuers" / "README.md").read_text()


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_tested(hook):
    """A test in tests/host or tests/plugins runs a plugin that answers it."""
    places = [*(ROOT / "tests" / "host").glob("test_*.py"), *(ROOT / "tests" / "plugins").glob("test_*.py")]
    found = [text for path in places if path != Path(__file__) for text in texts_of_tests(path)]
    assert any(f"def {hook}(self" in text for text in found)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_is_used_by_a_plugin(hook):
    """By the code of one, or by the files that Plugin reads where there is no code."""
    files = {"issuer": "plugin.toml", "rubrics": "rubrics/*.toml"}
    used = any(hook in vars(kind) for kind in shipped_classes())
    assert used or any((ROOT / "plugins").glob(f"*/{files[hook]}"))


def inspect_doc(function):
    return " ".join((function.__doc__ or "").split())


def texts_of_tests(path):
    """The texts that stand in a module of tests: in its tests and in what they are given."""
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def shipped_classes():
    for path in sorted((ROOT / "plugins").glob("*/*.py")):
        spec = importlib.util.spec_from_file_location(f"shipped_{path.parent.name}_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield from (one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Plugin))


# ---------------------------------------------------------------- a type checker holds a plugin to them


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    """`mypy --strict` on the text of a plugin, as an issuer runs it; what it says."""
    pytest.importorskip("mypy")
    home = tmp_path_factory.mktemp("mypy")

    def run(body):
        (home / "rule.py").write_text(HEAD.replace("import *", "import Decision, Locked, Plugin") + body)
        command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", home / "cache", "rule.py"]
        env = {"MYPYPATH": str(ROOT), "PATH": ""}
        return subprocess.run(command, cwd=home, env=env, capture_output=True, text=True, check=False).stdout

    return run


GOOD = """
from collections.abc import Sequence
from reviewhub.plugin_api import Resolution, Rubric

class Rule(Plugin):
    def decide(self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]) -> Decision | None:
        return None
"""


@pytest.mark.slow  # that a parameter has another name, defining the class refuses
def test_mypy_refuses_a_plugin_with_a_wrong_signature(mypy):
    assert mypy(GOOD) == "Success: no issues found in 1 source file\n"
    for right, wrong in (
        ("history: Sequence[Locked]", "history: Sequence[str]"),
        (", history: Sequence[Locked]", ""),
        ("-> Decision | None", "-> str | None"),
    ):
        assert right in GOOD
        said = mypy(GOOD.replace(right, wrong))
        assert "[override]" in said, said
        assert '"decide"' in said
