import contextlib
import fcntl
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
import waitress

from reviewhub.adapters.clock import SystemClock
from reviewhub.adapters.storage.local import Folder, LocalStorage
from reviewhub.adapters.storage.s3 import S3Storage
from reviewhub.adapters.storage.server import FileServer
from reviewhub.adapters.storage.signing import Signer
from reviewhub.services.ports import Storage

APP = "http://127.0.0.1:5000"
SECRET = "test secret"
MINISTACK = "1.5.33"
FROM_VARIABLES = "REVIEWHUB_TEST_S3_ENDPOINT"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Kept:
    """A storage that works, and one of the same kind that is out of reach."""

    kind: str
    storage: Storage
    down: Storage


@dataclass(frozen=True)
class Served:
    url: str
    folder: Folder
    storage: LocalStorage


@pytest.fixture
def served(tmp_path):
    """LocalStorage and its server, in a thread, on a free port."""
    folder = Folder(tmp_path / "files")
    app = FileServer(folder, Signer(SECRET, SystemClock()), APP)
    server = waitress.create_server(app, host="127.0.0.1", port=0, ident="", max_request_body_size=2_000_000)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.effective_port}"
    yield Served(url, folder, LocalStorage(tmp_path / "files", url, SECRET))

    def end():
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    server.task_dispatcher.shutdown()  # first, so that no worker wakes a loop that is gone
    with contextlib.suppress(OSError):  # it may run `end`, and be closed by it, before it was pulled
        server.trigger.pull_trigger(end)  # in the server's own thread, whose sockets these are
    thread.join(10)


@pytest.fixture(scope="session")
def ministack(tmp_path_factory):
    """MiniStack in an environment of its own (it pins an older botocore), kept between runs."""
    python = _ministack_python()
    data = tmp_path_factory.mktemp("ministack")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "SERVICES": "s3",
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(data / "s3"),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(data / "state"),
    }
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            [python, "-m", "ministack"], env=env, cwd=data, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(url, process, data / "log")
        yield url
    finally:
        process.kill()
        process.wait()


@pytest.fixture(
    params=[
        "local",
        pytest.param("ministack", marks=[pytest.mark.s3, pytest.mark.slow]),
        *([pytest.param("endpoint", marks=pytest.mark.s3)] if FROM_VARIABLES in os.environ else []),
    ]
)
def kept(request, tmp_path):
    """Every storage that there is, one after the other."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    if request.param == "local":
        served = request.getfixturevalue("served")
        (tmp_path / "in-the-way").write_text("not a folder")
        down = LocalStorage(tmp_path / "in-the-way" / "files", served.url, SECRET)
        return Kept("local", served.storage, down)
    if request.param == "ministack":
        url = request.getfixturevalue("ministack")
        login = ("test", "test", "us-east-1")
    else:
        url = os.environ[FROM_VARIABLES]
        login = tuple(
            os.environ.get(f"REVIEWHUB_TEST_S3_{name}", default)
            for name, default in (("KEY", ""), ("SECRET", ""), ("REGION", "us-east-1"))
        )
    bucket = os.environ.get("REVIEWHUB_TEST_S3_BUCKET", "reviewhub-test")
    storage = S3Storage(url, url, bucket, *login)
    storage.make_bucket(APP)
    return Kept(request.param, storage, S3Storage(nowhere, nowhere, bucket, *login))


@pytest.fixture
def key():
    """Makes a key that no other test has, also in a bucket that is kept."""
    return lambda kind="staging": f"{kind}/{secrets.token_hex(16)}"


def _ministack_python():
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = home / "reviewhub-tests" / f"ministack-{MINISTACK}"
    python = folder / "bin" / "python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes, one installation
        if not (folder / "ready").exists():
            _install_ministack(folder, python)
    return str(python)


def _install_ministack(folder, python):
    try:
        _run(sys.executable, "-m", "venv", str(folder))
        uv = Path(sys.executable).parent / "uv"
        install = [str(uv), "pip", "install", "-q", "--python", str(python)] if uv.exists() else None
        _run(*(install or [str(python), "-m", "pip", "install", "-q"]), f"ministack=={MINISTACK}")
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"MiniStack {MINISTACK} could not be installed: {error}; it needs the package registry")
    (folder / "ready").touch()


def _run(*command):
    subprocess.run(command, check=True, capture_output=True, timeout=150)


def _wait_for(url, process, log):
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            threading.Event().wait(0.05)
        else:
            return
    pytest.fail(f"MiniStack did not start: {log.read_text()[-2000:]}")
