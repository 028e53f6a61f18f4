import os
import socket
import sqlite3
import subprocess
import sys

import pytest

from reviewhub.supervise.ports import free_port
from tests.plugins.conftest import PluginFolder
from tests.toolchain.running import Demo
from tests.toolchain.tiny import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all tests here: whichever comes first fills it, the others start faster."""
    return tmp_path_factory.mktemp("demo")


def start(folder, *more):
    env = {key: value for key, value in os.environ.items() if not key.startswith("REVIEWHUB_")}
    return Demo(
        [sys.executable, "-m", "reviewhub", "demo", "--data", str(folder / "data"), *more], folder, env
    )


def world(folder):
    with sqlite3.connect(f"file:{folder / 'data' / 'reviewhub.sqlite'}?mode=ro", uri=True) as connection:
        tables = ("submission", "person", "issuer", "micro_credential")
        return {name: sorted(connection.execute(f"SELECT public_id FROM {name}")) for name in tables}


def test_a_demo_starts_is_killed_starts_again_with_the_same_data_and_stops(folder):
    wanted = free_port(0)
    with socket.create_server(("127.0.0.1", wanted)), start(folder, "--port", str(wanted)) as first:
        assert first.port != wanted
        assert first.get("healthz")[0] == 200
        assert first.get("readyz")[0] == 200
        assert first.get()[0] == 200
        assert len([line for line in first.lines if "http" in line]) == 1
        before = world(folder)
        assert len(before["submission"]) >= 100
        first.kill()
        assert first.left_behind() == []
    with start(folder, "--port", str(wanted)) as second:
        assert second.port == wanted
        assert second.get("readyz")[0] == 200
        assert world(folder) == before
        code, said = second.stop()
        assert code == 0
        assert said.rstrip().endswith("Stopped.")
        assert second.left_behind() == []


def test_two_on_one_folder_are_refused_and_a_dead_part_is_started_again(folder):
    with start(folder, "--port", "0") as running:
        with pytest.raises(pytest.fail.Exception, match="already runs"):
            start(folder, "--port", "0")
        queue = running.part("valkey-server")
        queue.kill()
        queue.wait()
        _ready_again(running)
        running.stop()


def _ready_again(running):
    """Asks until the queue is back; each answer before it is a plain 503."""
    until(lambda: running.get("readyz")[0] == 200, within=30)


def test_a_plugin_is_tried_in_the_demo_that_runs(folder, tmp_path):
    mine = PluginFolder(tmp_path).write("mine", code="class Rule(Plugin): pass")
    argv = [sys.executable, "-m", "reviewhub", "plugins", "try", str(mine), "--data", str(folder / "data")]
    with start(folder, "--port", "0") as running:
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        page = done.stdout.splitlines()[-1].strip()
        assert page == f"{running.address}explore/mine/small"
        status, body = running.get(page.removeprefix(running.address))
        assert (status, b"Sets a goal." in body) == (200, True)
        assert running.get("explore/harbor-skills/social-media-marketing-basics")[0] == 200
        running.stop()
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "No demo runs on" in done.stderr) == (1, True)


@pytest.mark.s3
def test_the_demo_keeps_its_files_in_s3_where_it_is_asked_to(tmp_path):
    with start(tmp_path, "--port", "0", "--s3") as running:
        assert running.get("readyz")[0] == 200
        assert not list((tmp_path / "data" / "files").rglob("*.*"))
        assert running.stop()[0] == 0
        assert running.left_behind() == []
