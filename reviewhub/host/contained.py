"""What the sandbox contains on this machine, found out by trying from inside of it."""

import json
import os
import select
import socket
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from reviewhub.host.ask import LIMITS
from reviewhub.host.sandbox.run import Outcome, run

_DYING_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Attack:
    """Something that hostile code would do, by the name of its try in host/probe.py.

    With Landlock all are contained. `without`, on Linux without Landlock; `macos`, as far as it is known.
    """

    name: str
    words: str
    without: bool = True
    macos: bool = False
    fault: bool = False
    """It happens by mistake as well: where this is not contained, faults are not."""


ATTACKS = (
    Attack("waits", "waits for ever", macos=True, fault=True),
    Attack("processor", "computes for ever", macos=True, fault=True),
    Attack("memory", "takes more memory than it may", fault=True),
    Attack("file_size", "writes a larger file than it may", macos=True, fault=True),
    Attack("children", "leaves a process behind", macos=True, fault=True),
    Attack("environment", "sees variables or open files of the worker", macos=True),
    Attack("read_files", "reads other files: the database, the secret, other plugins", without=False),
    Attack("write_files", "writes to other files", without=False),
    Attack("mark_files", "changes the mode, owner or times of other files"),
    Attack("local_sockets", "talks to the embedded Valkey"),
    Attack("network", "talks to the network"),
    Attack("parents_memory", "reads the worker's memory and environment"),
    Attack("signals", "stops the worker or another process"),
    Attack("others_limits", "changes the limits of another process", macos=True),
    Attack("leave_group", "leaves its process group, and lives on"),
    Attack("kernel_objects", "leaves shared memory behind"),
)


class BrokenRunnerError(Exception):
    """The sandbox runner does not work on this machine at all; the text says why."""


def could() -> tuple[Attack, ...]:
    """The attacks that succeed on this machine. Raises BrokenRunnerError where nothing can be run."""
    done = _waits()
    with tempfile.TemporaryDirectory(prefix="reviewhub-doctor-") as folder:
        outcome = _probe(Path(folder))
    try:
        answer = json.loads(outcome.answer)
        done |= set(answer["could"])
        child = int(answer["child"])
    except (ValueError, KeyError, TypeError):
        raise BrokenRunnerError(outcome.reason or "It ended without an answer.") from None
    if _lives(child):
        done.add("children")
    return tuple(attack for attack in ATTACKS if attack.name in done)


def _waits() -> set[str]:
    """Whether one that waits is stopped, in a second instead of the usual ten."""
    with tempfile.TemporaryDirectory(prefix="reviewhub-doctor-") as scratch:
        script = Path(scratch, "wait.py")
        script.write_text("import signal\nsignal.pause()\n")
        outcome = run(
            [str(script)],
            request=b"",
            folder=Path(scratch),
            limits=replace(LIMITS, wall_seconds=1),
            readable=[script],
        )
    return set() if outcome.seconds < LIMITS.wall_seconds else {"waits"}


def _probe(folder: Path) -> Outcome:
    (folder / "secret").write_text("bait")
    (folder / "secret").chmod(0o600)
    (folder / "work").mkdir()
    with socket.socket(socket.AF_UNIX) as local, socket.socket() as net:
        local.bind(str(folder / "socket"))
        local.listen()
        net.bind(("127.0.0.1", 0))
        net.listen()
        bait = {
            "file": str(folder / "secret"),
            "socket": str(folder / "socket"),
            "port": net.getsockname()[1],
            "process": os.getpid(),
            "cpu_seconds": LIMITS.cpu_seconds,
            "memory_mb": LIMITS.memory_mb,
            "file_mb": LIMITS.file_mb,
        }
        return run(
            ["-m", "reviewhub.host.probe"],
            request=json.dumps(bait).encode(),
            folder=folder / "work",
            limits=LIMITS,
        )


def _lives(process: int) -> bool:
    """Whether it is there still; one that is dead and waits to be buried is not."""
    try:
        if not hasattr(os, "pidfd_open"):  # macOS
            os.kill(process, 0)
            return True
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return False
    try:
        return not select.select([handle], [], [], _DYING_SECONDS)[0]
    finally:
        os.close(handle)
