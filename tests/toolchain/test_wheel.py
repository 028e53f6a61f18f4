"""The wheel alone, in an empty environment and an empty folder, runs the demo."""

import zipfile

import pytest

from tests.toolchain.running import Demo
from tests.toolchain.wheels import build, install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, pytestconfig):
    return build(pytestconfig.rootpath, tmp_path_factory.mktemp("wheel"))


@pytest.mark.parametrize(
    "part",
    [
        "reviewhub/_templates/base.html",
        "reviewhub/_config/example.env",
        "reviewhub/_config/ministack.lock",
        "reviewhub/static/vendor/htmx.min.js",
        "reviewhub/migrations/env.py",
        "reviewhub/py.typed",
    ],
)
def test_the_wheel_holds_what_is_no_code(wheel, part):
    assert part in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_every_plugin_and_migration_and_no_test(wheel, pytestconfig):
    held = set(zipfile.ZipFile(wheel).namelist())
    root = pytestconfig.rootpath
    for path in root.glob("plugins/*/rubrics/*.toml"):
        assert f"reviewhub/_{path.relative_to(root)}" in held
    for path in root.glob("reviewhub/migrations/versions/*.py"):
        assert str(path.relative_to(root)) in held
    assert not [name for name in held if name.startswith("tests") or "__pycache__" in name]


def test_the_demo_runs_from_the_wheel(wheel, tmp_path, pytestconfig):
    bin_ = install(pytestconfig.rootpath, wheel, tmp_path / "env")
    empty = tmp_path / "empty"
    empty.mkdir()
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    command = [str(bin_ / "reviewhub"), "demo", "--data", str(tmp_path / "data"), "--port", "0"]
    with Demo(command, empty, bare) as demo:
        assert demo.get("healthz")[0] == 200
        assert b"<html" in demo.get()[1]
        assert demo.stop()[0] == 0
        assert demo.left_behind() == []
    assert list(empty.iterdir()) == []
