"""What runs in the sandbox may run as the worker's own user: it must not read the worker's memory."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
import redis

from reviewhub.supervise import valkey
from reviewhub.supervise.supervisor import Supervisor
from tests.plugins.conftest import PluginFolder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")

# Without SYS_PTRACE, SYS_ADMIN and PERFMON root is like any other user here; another user has none of them.
_AS_ANYBODY = """
import ctypes, os, sys
for capability in (19, 21, 38):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
_WAIT = "print(os.getpid(), flush=True); os.fork() or print(os.getpid(), flush=True); sys.stdin.read()"
_WORK = """
import sys
from pathlib import Path
from reviewhub.jobs import work
from reviewhub.settings import Settings
work(Settings(data=Path(sys.argv[1]), redis_url=sys.argv[2]))
"""
SECRET = "REVIEWHUB_CANARY=do-not-read"


def as_anybody(*argv):
    return [sys.executable, "-c", _AS_ANYBODY, *argv]


def reads(pid):
    """What another process of the same user is told when it reads this one's environment."""
    look = as_anybody("/bin/cat", f"/proc/{pid}/environ")
    told = subprocess.run(look, capture_output=True, text=True, check=False)
    return "the canary" if SECRET in told.stdout else told.stderr


@contextmanager
def running(code, *argv, **variables):
    name, _, value = SECRET.partition("=")
    argv = as_anybody(sys.executable, "-c", code, *argv)
    env = {**os.environ, name: value, **variables}
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe, text=True, env=env) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("shielded", [False, True])
def test_it_and_what_it_forks_cannot_be_read(shielded):
    first = "shield.close_memory();" if shielded else ""
    with running(f"import os, sys; from reviewhub.host import shield; {first} {_WAIT}") as process:
        for _ in range(2):
            expected = "Permission denied" if shielded else "the canary"
            assert expected in reads(int(process.stdout.readline()))


def test_a_web_process_cannot_be_read(tmp_path):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    serve = "import sys; from reviewhub.cli import main; sys.argv[1:] = ['web']; main()"
    settings = {"REVIEWHUB_DATA": str(tmp_path / "data"), "REVIEWHUB_PORT": str(port)}
    with running(serve, **settings) as web:
        until_it_answers(port)
        assert "Permission denied" in reads(web.pid)


def until_it_answers(port):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
    raise TimeoutError


def test_whoever_asks_a_plugin_cannot_be_read(tmp_path):
    plugin = PluginFolder(tmp_path).write("harbor")
    act = "from pathlib import Path; from reviewhub.host.ask import Call, ask"
    act += "; ask('harbor', Path(sys.argv[1]), [Call('issuer', {})])"
    with running(f"import os, sys; {act}; {_WAIT}", str(plugin)) as process:
        assert "Permission denied" in reads(int(process.stdout.readline()))


def test_a_worker_cannot_be_read(tmp_path):
    server, url, _ = valkey.child(tmp_path, os.environ)
    with Supervisor(tmp_path / "logs", print) as supervisor:
        supervisor.start(server)
        with (
            redis.Redis.from_url(url) as client,
            client.monitor() as seen,
            running(_WORK, str(tmp_path / "data"), url) as worker,
        ):
            assert next(one for one in seen.listen() if "rq:worker:" in one["command"])
            assert "Permission denied" in reads(worker.pid)
