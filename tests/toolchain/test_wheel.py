"""The wheel alone, in an empty environment and an empty folder, runs the demo."""

import subprocess
import sys
import zipfile

import pytest

from tests.toolchain.running import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(*argv, cwd):
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, pytestconfig):
    folder = tmp_path_factory.mktemp("wheel")
    build = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"
    run(sys.executable, "-c", build, str(folder), cwd=pytestconfig.rootpath)
    (made,) = folder.glob("*.whl")
    return made


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
    for path in root.glob("plugins/*/rubric*.toml"):
        assert f"reviewhub/_{path.relative_to(root)}" in held
    for path in root.glob("reviewhub/migrations/versions/*.py"):
        assert str(path.relative_to(root)) in held
    assert not [name for name in held if name.startswith("tests") or "__pycache__" in name]


def test_the_demo_runs_from_the_wheel(wheel, tmp_path, pytestconfig):
    env, python = tmp_path / "env", tmp_path / "env" / "bin" / "python"
    empty = tmp_path / "empty"
    empty.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", str(env), cwd=tmp_path)
    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", str(python))
    lock = pytestconfig.rootpath / "requirements" / "run.lock"
    run(*uv, "--require-hashes", "-r", str(lock), cwd=tmp_path)
    run(*uv, "--no-deps", "--no-index", str(wheel), cwd=tmp_path)
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    command = [str(env / "bin" / "reviewhub"), "demo", "--data", str(tmp_path / "data"), "--port", "0"]
    with Demo(command, empty, bare) as demo:
        assert demo.get("healthz")[0] == 200
        assert b"<html" in demo.get()[1]
        assert demo.stop()[0] == 0
        assert demo.left_behind() == []
    assert list(empty.iterdir()) == []
