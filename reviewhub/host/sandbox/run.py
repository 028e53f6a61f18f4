"""The runner for anything not trusted: issuers' code, and converters of learners' files.

One confined process for one batch: `python -I` with an empty environment in a folder and a process
group of its own. The request goes in on stdin, the answer comes back on descriptor 3; what it prints is
kept only to explain a failure. When it ends, or at the wall time, the whole group is killed. One that was
killed from outside has said nothing: it is run again.
"""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewhub.host.sandbox.leavings import clear, clear_folders

_BOOT = Path(__file__).with_name("boot.py")
_KEPT = 16 * 1024  # bytes of what it printed
_PIECE = 64 * 1024
_GRACE = 1.0  # seconds to empty the pipes after the group was killed
_MB = 1024 * 1024
_RUNS = 3  # of one that somebody else kills: a crash of the machine's is no fault of an issuer's rules


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use. `output_mb` is the largest answer; `file_mb` the largest file it writes."""

    cpu_seconds: int = 10
    wall_seconds: int = 20
    memory_mb: int = 512
    file_mb: int = 64
    output_mb: int = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ok` if it ended by itself with exit code 0; else `reason` says in a sentence what stopped it."""

    ok: bool
    answer: bytes
    reason: str
    seconds: float
    killed: bool = False
    """By somebody else, as the system does when memory is short; at its limits it is stopped by us."""


def run(
    argv: Sequence[str],
    *,
    request: bytes,
    folder: Path,
    limits: Limits,
    readable: Sequence[Path] = (),
) -> Outcome:
    """Run a script (`["/path/script.py", …]`) or a module (`["-m", "package.module", …]`) confined.

    It may read Python, our package and `readable`, and write only in `folder`; folders that it makes there go
    with it. Never raises for what it does.
    Killed from outside, it is run again with `folder` as it was; each time, and it counts as stopped.
    """
    kept = {path.name for path in folder.iterdir()}
    outcome = _run_once(argv, request, folder, limits, readable)
    for _ in range(_RUNS - 1):
        if outcome.killed:
            clear(folder, kept)
            outcome = _run_once(argv, request, folder, limits, readable)
    clear_folders(folder, kept)
    return outcome


def _run_once(
    argv: Sequence[str], request: bytes, folder: Path, limits: Limits, readable: Sequence[Path]
) -> Outcome:
    begun = time.monotonic()
    ours, theirs = os.pipe()
    try:
        process = _start(argv, folder, limits, readable, theirs)
    finally:
        os.close(theirs)
    with process, os.fdopen(ours, "rb", buffering=0) as answer:
        talk = _Talk(process, answer.fileno(), request, limits)
        try:
            stopped = talk.until(begun + limits.wall_seconds)
        finally:
            _kill_group(process.pid)
        talk.empty(time.monotonic() + _GRACE)
        code = process.wait()
    seconds = time.monotonic() - begun
    reason = stopped or talk.overflow or _why(code, talk.printed, limits)
    return Outcome(
        ok=not reason,
        answer=b"" if reason else bytes(talk.answer),
        reason=reason,
        seconds=seconds,
        # The kernel kills whoever ignores the limit on processor time; that takes at least as long.
        killed=code == -signal.SIGKILL and not (stopped or talk.overflow) and seconds < limits.cpu_seconds,
    )


def _start(
    argv: Sequence[str], folder: Path, limits: Limits, readable: Sequence[Path], answer: int
) -> subprocess.Popen[bytes]:
    orders = {
        "answer": answer,
        "wall_seconds": limits.wall_seconds,
        "limits": {
            "cpu_seconds": limits.cpu_seconds,
            "memory_mb": limits.memory_mb,
            "file_mb": limits.file_mb,
        },
        "readable": [str(path.resolve()) for path in readable],
    }
    return subprocess.Popen(  # noqa: S603 - our own interpreter; what it runs is what the runner is for
        [sys.executable, "-I", str(_BOOT), json.dumps(orders), *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={},
        cwd=folder,
        pass_fds=(answer,),
        start_new_session=True,
    )


class _Talk:
    """Feeds the request and collects the answer and what is printed, without ever blocking on the child."""

    def __init__(self, process: subprocess.Popen[bytes], answer: int, request: bytes, limits: Limits) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.answer = bytearray()
        self.printed = bytearray()
        self.overflow = ""
        self._limits = limits
        self._request = memoryview(request)
        self._stdin, self._stdout, self._answer = process.stdin, process.stdout.fileno(), answer
        self._pipes = selectors.DefaultSelector()
        self._pipes.register(self._answer, selectors.EVENT_READ)
        self._pipes.register(self._stdout, selectors.EVENT_READ)
        os.set_blocking(self._stdin.fileno(), False)
        self._pipes.register(self._stdin.fileno(), selectors.EVENT_WRITE)

    def until(self, deadline: float) -> str:
        """Talk until the child ends or closes its ends; a reason if the deadline or a limit came first."""
        while not self.overflow and not _ended(self.process):
            left = deadline - time.monotonic()
            if left <= 0:
                return f"It ran longer than {self._limits.wall_seconds} s."
            self._turn(min(left, 0.05))
        return ""

    def empty(self, deadline: float) -> None:
        """Read what is still in the pipes of a killed group."""
        while self._reading() and time.monotonic() < deadline:
            self._turn(0.05)
        self._pipes.close()

    def _reading(self) -> bool:
        return any(key.events & selectors.EVENT_READ for key in self._pipes.get_map().values())

    def _turn(self, seconds: float) -> None:
        if not self._reading():  # all closed: only its end is left to wait for
            time.sleep(min(seconds, 0.002))
            return
        for key, _ in self._pipes.select(seconds):
            if key.fd == self._answer:
                self._read(key.fd, self.answer, self._limits.output_mb * _MB)
            elif key.fd == self._stdout:
                self._read(key.fd, self.printed, _KEPT)
            else:
                self._feed()

    def _read(self, fd: int, into: bytearray, most: int) -> None:
        piece = os.read(fd, _PIECE)
        if not piece:
            self._pipes.unregister(fd)
        into += piece
        if len(into) > most and fd == self._answer:
            self.overflow = f"Its answer is larger than {self._limits.output_mb} MB."
        del into[: max(0, len(into) - most)]

    def _feed(self) -> None:
        try:
            written = os.write(self._stdin.fileno(), self._request[:_PIECE])
        except BrokenPipeError:  # it does not want to read: its affair
            written = len(self._request)
        self._request = self._request[written:]
        if not self._request:
            self._pipes.unregister(self._stdin.fileno())
            with contextlib.suppress(BrokenPipeError):
                self._stdin.close()


def _ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended; left unreaped where possible, so that its group's number cannot be reused."""
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _why(code: int, printed: bytearray, limits: Limits) -> str:
    """A sentence for how it ended; empty for a good end."""
    if code == 0:
        return ""
    if code == -signal.SIGXCPU:
        return f"It used more than {limits.cpu_seconds} s of processor time."
    lines = printed.decode(errors="replace").strip().splitlines()
    last = lines[-1].strip()[:300] if lines else "it printed nothing"
    if last.startswith("MemoryError"):
        return f"It wanted more than {limits.memory_mb} MB of memory."
    how = f"was stopped by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return f"It {how}: {last}"
