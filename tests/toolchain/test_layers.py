"""What import-linter cannot say: which modules use nothing but the standard library."""

import ast
import sys

import pytest

ALONE = {
    "reviewhub/domain": {"reviewhub.domain"},
    "reviewhub/plugin_api": {"reviewhub.domain", "reviewhub.plugin_api", "pluggy"},
    "reviewhub/plugin_api/testing.py": {
        "reviewhub.domain",
        "reviewhub.plugin_api",
        "reviewhub.authoring.judging",
        "pytest",
    },
    "reviewhub/supervise/child.py": set(),
    "reviewhub/supervise/supervisor.py": {"reviewhub.supervise"},
    "scripts": set(),
}


@pytest.mark.parametrize("place", ALONE)
def test_it_imports_nothing_else(place, pytestconfig):
    top = pytestconfig.rootpath / place
    paths = sorted(top.rglob("*.py")) if top.is_dir() else [top]
    paths = [
        path for path in paths if path == top or str(path.relative_to(pytestconfig.rootpath)) not in ALONE
    ]
    assert paths
    for path in paths:
        for name in _imported(ast.parse(path.read_text())):
            standard = name.partition(".")[0] in sys.stdlib_module_names
            assert standard or any(_within(name, allowed) for allowed in ALONE[place]), f"{path}: {name}"


def _within(name, package):
    return name == package or name.startswith(f"{package}.")


def _imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
