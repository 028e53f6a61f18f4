"""A whole ReviewHub to be killed in parts: `reviewhub serve`, but on a fast clock.

`python -m bench.killing.house` starts it. The clock is the demo's, whose offset this benchmark moves: leases,
undo windows and back-offs pass several times as fast as real time. Nothing else of the house is different.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Self

import psutil

from reviewhub.adapters.clock import DemoClock
from reviewhub.settings import Settings
from reviewhub.supervise import folder, supervisor
from reviewhub.supervise.house import WORKERS, House
from reviewhub.supervise.ports import free_port
from reviewhub.supervise.steps import Steps

STEADY_SECONDS = 2.0
"""A process that ran this long comes back after the first back-off: here each is killed every few seconds."""
STEP_SECONDS = 0.1
STARTING_SECONDS = 120.0
ROLES: Mapping[str, int] = {"web": 1, "worker": WORKERS, "ticker": 1, "storage": 1, "valkey": 1}
"""How many processes of each kind the supervisor keeps."""


def main() -> None:
    """Run everything until told to stop."""
    supervisor.STEADY_SECONDS = STEADY_SECONDS
    settings = Settings.from_env(os.environ)
    lock = folder.claim(settings.data)
    house = House(Steps(), settings, os.environ)
    with house.supervisor(settings.data, lock) as watched:
        house.start_queue(watched, "")
        house.start_storage(watched)
        house.prepare()
        house.start_work(watched)
        house.start_web(watched)
        house.ready("It is there to be killed.")
        watched.watch()
    os.close(lock)


def settings_for(folder_: Path, *, database_url: str, plugins: Path, smtp_url: str) -> Settings:
    """Settings of a house in this folder, on two free ports."""
    port = free_port(0)
    files_port = free_port(0, avoid=frozenset({port}))
    return Settings(
        data=folder_ / "data",
        database_url=database_url,
        public_url=f"http://127.0.0.1:{port}",
        port=port,
        files_url=f"http://localhost:{files_port}",
        files_port=files_port,
        plugins=(plugins,),
        smtp_url=smtp_url,
        undo_seconds=20,
        rate_limits=False,
        demo=True,
    )


class RunningHouse:
    """The house as a child of this process, to be looked into and killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._process = self._start()

    def _start(self) -> psutil.Popen:
        # Valkey's address is the house's own affair.
        env = {
            **os.environ,
            **replace(self.settings, redis_url="").to_env(),
            "REVIEWHUB_STOP_WITH_PARENT": "1",
        }
        log = self.settings.data.with_name("house.log").open("ab")
        with log:
            process = psutil.Popen(
                [sys.executable, "-m", "bench.killing.house"], env=env, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + STARTING_SECONDS
        marks = log_of(self.settings).count("Stop   Ctrl-C")
        while log_of(self.settings).count("Stop   Ctrl-C") == marks:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the house did not start:\n" + log_of(self.settings)[-3000:])
            time.sleep(0.05)
        return process

    def again(self) -> None:
        """Kill the supervisor itself, and start the house anew as an operator would."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()

    def processes(self) -> dict[str, list[psutil.Process]]:
        """What runs now, by kind: the roles, `job` (a worker's fork), `runner` (the sandbox), `guard`."""
        found: dict[str, list[psutil.Process]] = {}
        for process in self._process.children(recursive=True):
            try:
                kind = _kind(process)
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
            found.setdefault(kind, []).append(process)
        return found

    def whole(self) -> bool:
        """Whether as many of each role run as the supervisor keeps."""
        now = self.processes()
        return all(len(now.get(role, ())) >= count for role, count in ROLES.items())

    def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        self._process.terminate()
        return int(self._process.wait(60))


def log_of(settings: Settings) -> str:
    """What the house said so far."""
    path = settings.data.with_name("house.log")
    return path.read_text(errors="replace") if path.exists() else ""


def _kind(process: psutil.Process) -> str:
    words = process.cmdline()
    if "reviewhub.supervise.child" in words:
        return "guard"
    if any(word.endswith("sandbox/boot.py") for word in words):
        return "runner"
    if words and "valkey-server" in words[0]:
        return "valkey"
    last = words[-1] if words else ""
    if last == "worker":
        parent = process.parent()
        return "job" if parent is not None and parent.cmdline() == words else "worker"
    return last if last in ROLES else "other"


class FastClock:
    """Lets the house's time pass `speed` times as fast as ours, while it is open."""

    def __init__(self, settings: Settings, speed: float) -> None:
        self.speed = speed
        self._clock = DemoClock(settings.data / "clock")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        last = time.monotonic()
        while not self._stop.wait(STEP_SECONDS):
            now = time.monotonic()
            self._clock.advance(timedelta(seconds=(now - last) * (self.speed - 1)))
            last = now

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


if __name__ == "__main__":
    main()
