"""Start child processes in order, restart what dies, stop all in reverse order.

Each child runs under a guard (see child.py), so that none outlives the supervisor.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

from reviewhub.supervise.child import descendants

LOG_LIMIT = 5_000_000
POLL_SECONDS = 0.1
READY_POLL_SECONDS = 0.03
FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 30.0
STEADY_SECONDS = 10.0  # a child that ran this long starts again with the first back-off
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(BaseException):
    """A stopping signal arrived, or the parent that the supervisor was to stop with is gone."""


class ChildFailedError(Exception):
    """A child ended before it was ready, or was not ready in time. The text names its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """What to run. `ready` is asked again and again until it is true; None means at once."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    ready_within: float = 30.0
    stop_within: float = 8.0


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    pipe: int  # the write end: the guard ends its child when this closes
    since: float
    failures: int = 0
    again_at: float | None = field(default=None)


def _signal(kill: Callable[[int, int], None], pid: int) -> None:
    """SIGKILL to a process or a group that may be gone (macOS calls a group of zombies not permitted)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        kill(pid, signal.SIGKILL)


class Supervisor:
    """Use as a context manager: signals raise StopAsked inside, leaving it stops every child.

    `logs` is the folder of the children's output, `say` prints a line for the person who
    started it, `keep_open` are descriptors that live as long as any guard does (a lock on the
    data folder), `with_parent` stops everything when the process that started us is gone.
    """

    def __init__(
        self,
        logs: Path,
        say: Callable[[str], None],
        *,
        keep_open: tuple[int, ...] = (),
        with_parent: bool = False,
    ) -> None:
        self._logs = logs
        self._say = say
        self._keep_open = keep_open
        self._parent = os.getppid() if with_parent else None
        self._running: list[_Running] = []
        self._hurry = threading.Event()
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for signum in STOPPING_SIGNALS:
            self._handlers[signum] = signal.signal(signum, self._ask_to_stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        for signum in STOPPING_SIGNALS:
            signal.signal(signum, self._ask_to_hurry)
        self.stop()
        for signum, handler in self._handlers.items():
            signal.signal(signum, handler)
        return kind is StopAsked

    def start(self, child: Child) -> float:
        """Start a child and wait until it is ready; the seconds that took.

        Raises ChildFailedError with the end of the child's log.
        """
        began = time.monotonic()
        running = self._spawn(child)
        self._running.append(running)
        while child.ready is not None and not child.ready():
            if running.process.poll() is not None:
                raise ChildFailedError(f"{child.name} ended before it was ready. {self._end_of_log(child)}")
            if time.monotonic() - began > child.ready_within:
                raise ChildFailedError(
                    f"{child.name} was not ready within {child.ready_within:.0f} s. {self._end_of_log(child)}"
                )
            time.sleep(READY_POLL_SECONDS)
        return time.monotonic() - began

    def watch(self) -> NoReturn:
        """Keep every child running until a signal, or the parent's end, raises StopAsked."""
        while True:
            for running in self._running:
                self._look_after(running)
            if self._parent is not None and os.getppid() != self._parent:
                raise StopAsked
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop every child, the last started first. A second signal meanwhile kills at once."""
        while self._running:
            running = self._running.pop()
            os.close(running.pipe)
            self._wait_for_end(running)

    def pids(self) -> dict[str, int]:
        """The guard's process id of each child by name."""
        return {running.child.name: running.process.pid for running in self._running}

    def log_of(self, child: Child) -> Path:
        """The file that a child's output is appended to."""
        return self._logs / f"{child.name}.log"

    # ------------------------------------------------------------ inside

    def _spawn(self, child: Child) -> _Running:
        log = self.log_of(child)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        reading, writing = os.pipe()
        try:
            with log.open("ab") as output:
                process = subprocess.Popen(  # noqa: S603  # argv comes from our own code
                    [sys.executable, "-m", "reviewhub.supervise.child", str(reading), "--", *child.argv],
                    env=dict(child.env),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=(reading, *self._keep_open),
                    start_new_session=True,
                )
        except BaseException:
            os.close(writing)
            raise
        finally:
            os.close(reading)
        return _Running(child, process, writing, time.monotonic())

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.again_at is not None:
            if now >= running.again_at:
                self._start_again(running)
            return
        code = running.process.poll()
        if code is None:
            return
        self._kill_rest(running)
        running.failures = 1 if now - running.since > STEADY_SECONDS else running.failures + 1
        wait = min(FIRST_BACK_OFF * 2 ** (running.failures - 1), LONGEST_BACK_OFF)
        running.again_at = now + wait
        self._say(
            f"{running.child.name} ended (exit code {code}) and starts again in {wait:g} s. "
            f"{self._end_of_log(running.child)}"
        )

    def _start_again(self, running: _Running) -> None:
        new, old_pipe = self._spawn(running.child), running.pipe
        running.process, running.pipe, running.since = new.process, new.pipe, new.since
        running.again_at = None
        os.close(old_pipe)

    def _wait_for_end(self, running: _Running) -> None:
        deadline = time.monotonic() + running.child.stop_within
        while running.process.poll() is None:
            if self._hurry.is_set() or time.monotonic() > deadline:
                for pid in descendants(running.process.pid):
                    _signal(os.kill, pid)
                _signal(os.killpg, running.process.pid)
                running.process.wait()
            time.sleep(READY_POLL_SECONDS)
        self._kill_rest(running)

    def _kill_rest(self, running: _Running) -> None:
        """Where a signal ended the guard, its group may still hold the child (not on Linux)."""
        if running.process.returncode < 0:
            _signal(os.killpg, running.process.pid)

    def _end_of_log(self, child: Child) -> str:
        log = self.log_of(child)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        last = next((line.strip() for line in reversed(lines) if line.strip()), "nothing was logged")
        return f"Its log, {log}, ends: {last}"

    def _ask_to_stop(self, _signum: int, _frame: FrameType | None) -> None:
        # Once: a second signal, before the way out is reached, must not interrupt it.
        for signum in STOPPING_SIGNALS:
            signal.signal(signum, self._ask_to_hurry)
        raise StopAsked

    def _ask_to_hurry(self, _signum: int, _frame: FrameType | None) -> None:
        self._hurry.set()
