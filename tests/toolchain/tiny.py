"""Small programs that the supervisor's tests run, and how they look at processes."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

# Says its process id, then stays until it is ended.
STAYS = (
    "import os, signal, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); signal.pause()"
)
# Will not end when asked.
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + STAYS
# Leaves a process behind in a group of its own, as rq's worker does with its job.
FORKS = (
    "import os, pathlib, signal, sys\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    pathlib.Path(sys.argv[1] + '.job').write_text(str(os.getpid()))\n"
    "    signal.pause()\n" + STAYS
)
# Ends at once the first time, stays the second time.
ENDS_ONCE = (
    "import os, pathlib, sys\n"
    "first = pathlib.Path(sys.argv[1] + '.first')\n"
    "if not first.exists():\n"
    "    first.touch(); print('something broke'); sys.exit(3)\n" + STAYS
)


def command(program: str, mark: Path) -> tuple[str, ...]:
    return (sys.executable, "-c", program, str(mark))


def until(what: Callable[[], object], within: float = 15.0) -> None:
    """Look again and again until it is true; fails by name when it never is."""
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline, f"never came true: {what}"
        os.sched_yield()


def pid_in(mark: Path) -> int:
    until(lambda: mark.exists() and mark.read_text())
    return int(mark.read_text())


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
