"""Runs inside the sandbox and tries what a hostile plugin would. Started as `-m reviewhub.host.probe`.

The request (JSON) says where the bait lies: files, sockets and a process of whoever asks. Nothing is harmed:
signal 0 is sent, limits are read, modes are set to what they are. The answer names what could be done.
"""

import ctypes
import fcntl
import json
import mmap
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from reviewhub.host.sandbox.boot import ANSWER

_MB = 1024 * 1024
_OF_THE_INTERPRETER = {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}  # PEP 538; macOS


def processor(bait: dict[str, Any]) -> bool:
    """Compute longer than it may."""
    return resource.getrlimit(resource.RLIMIT_CPU)[0] not in range(bait["cpu_seconds"] + 1)


def memory(bait: dict[str, Any]) -> bool:
    """Take more memory than it may."""
    with mmap.mmap(-1, bait["memory_mb"] * _MB):
        return True


def file_size(bait: dict[str, Any]) -> bool:
    """Write a larger file than it may."""
    with open("big", "wb") as big:  # noqa: PTH123 - whatever is simplest stays readable here
        big.truncate(bait["file_mb"] * _MB + 1)
    return True


def environment(_bait: dict[str, Any]) -> bool:
    """See variables or open files of whoever started it."""
    handles = [n for n in range(256) if _is_open(n) and n > ANSWER]
    return bool(handles or set(os.environ) - _OF_THE_INTERPRETER)


def _is_open(handle: int) -> bool:
    try:
        fcntl.fcntl(handle, fcntl.F_GETFD)
    except OSError:
        return False
    return True


def read_files(bait: dict[str, Any]) -> bool:
    """Read a file outside of its folder."""
    with open(bait["file"], "rb") as file:  # noqa: PTH123
        return bool(file.read())


def write_files(bait: dict[str, Any]) -> bool:
    """Write to a file outside of its folder."""
    with open(bait["file"], "ab"):  # noqa: PTH123
        return True


def mark_files(bait: dict[str, Any]) -> bool:
    """Change the mode of a file outside of its folder."""
    os.chmod(bait["file"], 0o600)  # noqa: PTH101
    return True


def local_sockets(bait: dict[str, Any]) -> bool:
    """Talk to a server on this machine through its file, as the embedded Valkey's."""
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(bait["socket"])
    return True


def network(bait: dict[str, Any]) -> bool:
    """Talk to a server through the network."""
    with socket.socket() as one:
        one.connect(("127.0.0.1", bait["port"]))
    return True


def parents_memory(bait: dict[str, Any]) -> bool:
    """Read the environment of the process that started it."""
    if sys.platform != "linux":
        return True  # not closed by anything there
    with open(f"/proc/{bait['process']}/environ", "rb") as file:  # noqa: PTH123
        return bool(file.read())


def signals(bait: dict[str, Any]) -> bool:
    """Stop another process."""
    os.kill(bait["process"], 0)
    return True


def others_limits(bait: dict[str, Any]) -> bool:
    """Change the limits of another process."""
    if sys.platform != "linux":
        return False  # there is no such call
    resource.prlimit(bait["process"], resource.RLIMIT_CORE)
    return True


def leave_group(_bait: dict[str, Any]) -> bool:
    """Leave the process group that is killed in the end."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def kernel_objects(_bait: dict[str, Any]) -> bool:
    """Leave shared memory behind in the kernel."""
    libc = ctypes.CDLL(None)
    made: int = libc.shmget(0, 4096, 0o1600)
    if made >= 0:
        libc.shmctl(made, 0, None)
    return made >= 0


TRIES: tuple[Callable[[dict[str, Any]], bool], ...] = (
    processor,
    memory,
    file_size,
    environment,
    read_files,
    write_files,
    mark_files,
    local_sockets,
    network,
    parents_memory,
    signals,
    others_limits,
    leave_group,
    kernel_objects,
)


def _could(attempt: Callable[[dict[str, Any]], bool], bait: dict[str, Any]) -> bool:
    try:
        return attempt(bait)
    except (OSError, MemoryError, ValueError):  # ValueError: what prlimit makes of a refusal
        return False


def main() -> None:
    """Try everything, and leave a child behind that waits for ever."""
    bait = json.load(sys.stdin.buffer)
    could = [attempt.__name__ for attempt in TRIES if _could(attempt, bait)]
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        while True:
            signal.pause()
    os.write(ANSWER, json.dumps({"could": could, "child": child}).encode())


if __name__ == "__main__":
    main()
