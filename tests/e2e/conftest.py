"""A whole ReviewHub as an operator would start it: `reviewhub serve`, with every process of its own."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reviewhub.bootstrap import build
from reviewhub.settings import Settings
from reviewhub.supervise.ports import free_port

PLUGINS = Path(__file__).parents[2] / "plugins"


class House:
    """A running server, and a kit on the same data for what a test may look up (letters, counts)."""

    def __init__(self, settings, process):
        self.settings, self.process = settings, process
        self.kit = build(replace(settings, redis_url=""))
        self.url = settings.public_url

    def command(self, *words):
        """Run `reviewhub …` as an operator would; its output."""
        done = subprocess.run(
            [sys.executable, "-m", "reviewhub", *words],
            env={**os.environ, **self.settings.to_env()},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def logs(self):
        """All that any process has logged so far."""
        folder = self.settings.data / "logs"
        return "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log")))


@pytest.fixture
def house(tmp_path, database_url):
    """Started, and stopped as by Ctrl-C."""
    port = free_port(0)
    files_port = free_port(0, avoid=frozenset({port}))
    settings = Settings(
        data=tmp_path / "data",
        database_url=database_url,
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        files_url=f"http://localhost:{files_port}",
        files_port=files_port,
        plugins=(PLUGINS,),
        undo_seconds=2,
        rate_limits=False,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewhub", "serve"],
        env={**os.environ, **settings.to_env(), "REVIEWHUB_STOP_WITH_PARENT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.strip().startswith("Stop"):
            break
    else:
        pytest.fail("the server did not start:\n" + "".join(lines))
    running = House(settings, process)
    yield running
    process.terminate()
    process.communicate(timeout=40)
    running.kit.db.engine.dispose()
