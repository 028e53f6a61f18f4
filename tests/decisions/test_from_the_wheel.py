"""Whoever has the file and the package replays it: no checkout, no database, an empty environment."""

import subprocess

import pytest

from reviewhub.models import Round
from reviewhub.services.export_decision import export_decision
from tests.toolchain.wheels import build, install

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_wheel_alone_replays_an_issuers_code(coded, kit, tmp_path, pytestconfig):
    file = tmp_path / "decision.json"
    file.write_bytes(export_decision(kit, coded.one(Round).public_id))
    (tmp_path / "dist").mkdir()
    bin_ = install(pytestconfig.rootpath, build(pytestconfig.rootpath, tmp_path / "dist"), tmp_path / "env")
    empty = tmp_path / "empty"
    empty.mkdir()

    def replay():
        return subprocess.run(
            [str(bin_ / "reviewhub"), "decision", "replay", str(file), "--key", kit.signer.public()],
            cwd=empty, env={"PATH": "/usr/bin:/bin", "HOME": str(empty)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = replay()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Decision: met, by loomfield" in done.stdout
    file.write_bytes(file.read_bytes().replace(b'"seat":1', b'"seat":2', 1))
    assert replay().returncode == 1
    assert list(empty.iterdir()) == []
