"""`make demo` as a newcomer runs it: an empty clone, an empty environment, no variables."""

import os
import shutil
import subprocess

import pytest

from tests.toolchain.running import Demo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def clone(tmp_path, pytestconfig):
    """What a clone of the present state would hold."""
    git = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(git, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        source, target = pytestconfig.rootpath / name, tmp_path / "clone" / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return tmp_path / "clone"


def test_make_demo(clone):
    bare = {name: os.environ[name] for name in ("PATH", "HOME")}
    with Demo(["make", "demo", "ARGS=--port 0"], clone, bare) as demo:
        assert demo.get("readyz")[0] == 200
        assert (clone / "data" / ".reviewhub").exists()
        demo.kill()  # make alone: what it started stops with it
        assert demo.left_behind() == []
