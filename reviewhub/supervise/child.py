"""The guard of one child process: `python -m reviewhub.supervise.child FD -- argv…`.

FD is the read end of a pipe whose write end only the supervisor holds. When the supervisor
goes, however it goes (kill -9 too), the pipe reads as ended and the guard ends its child and
whatever that child left behind. The supervisor starts each guard as leader of its own process
group; the guard ends with its child's exit code, and on Linux the child is also killed by the
kernel if the guard itself is killed.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

GRACE_SECONDS = 5.0
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def _prctl(option: int, value: int) -> None:
    """Linux's prctl; does nothing elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _die_with_guard(guard: int) -> None:
    """Run in the child before its program: the kernel kills it when the guard is gone."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != guard:  # the guard was gone before the kernel was asked
        os._exit(1)


def descendants(pid: int) -> list[int]:
    """Every living descendant of a process, nearest first. Linux only; elsewhere an empty list."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop(0)
        try:
            listed = [path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children")]
        except OSError:  # it ended while it was looked at
            continue
        children = [int(word) for text in listed for word in text.split()]
        found += children
        waiting += children
    return found


def _kill_rest() -> None:
    """Kill what the child left behind, in other process groups too (the guard is their reaper)."""
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child to end, then make it."""
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _watch(pipe: int, child: subprocess.Popen[bytes]) -> None:
    while os.read(pipe, 1):
        pass
    _end(child)


def _outlive(_signum: int, _frame: FrameType | None) -> None:
    """A signal to the whole group is for the child; the guard stays until the child has ended."""


def guard(pipe: int, argv: Sequence[str]) -> int:
    """Run argv until it ends or the pipe does; its exit code (128 + n when signal n ended it)."""
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # A handler, not SIG_IGN: an ignored signal would stay ignored in the child.
        signal.signal(signum, _outlive)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    me = os.getpid()
    # Safe here: the guard has one thread until the child runs.
    child = subprocess.Popen(argv, preexec_fn=lambda: _die_with_guard(me))  # noqa: S603, PLW1509
    threading.Thread(target=_watch, args=(pipe, child), daemon=True).start()
    code = child.wait()
    _kill_rest()
    return code if code >= 0 else 128 - code


def main() -> None:
    """Parse `FD -- argv…` and guard."""
    pipe, dashes, *argv = sys.argv[1:]
    if dashes != "--" or not argv:
        raise SystemExit("usage: python -m reviewhub.supervise.child FD -- command…")
    sys.exit(guard(int(pipe), argv))


if __name__ == "__main__":
    main()
