import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from reviewhub.supervise.supervisor import Child, ChildFailedError, StopAsked, Supervisor
from tests.toolchain.tiny import ENDS_ONCE, FORKS, STAYS, STUBBORN, command, gone, pid_in, until

# A supervisor in a process of its own, with one child of tiny.py, to be killed from outside.
SUPERVISED = """
import os, sys
from pathlib import Path
from reviewhub.supervise.supervisor import Child, Supervisor
folder, program = Path(sys.argv[1]), sys.argv[2]
with Supervisor(folder / "logs", print) as supervisor:
    supervisor.start(Child("one", (sys.executable, "-c", program, str(folder / "mark")), os.environ))
    print("ready", flush=True)
    supervisor.watch()
print("stopped", flush=True)
"""


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    with Supervisor(tmp_path / "logs", said.append) as running:
        yield running


def child(name, program, mark, **more):
    return Child(name, command(program, mark), os.environ, **more)


def in_its_own_process(folder, program):
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(folder), program], stdout=subprocess.PIPE, text=True
    )


def test_children_are_ready_one_after_the_other_and_stop_in_reverse(supervisor, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    supervisor.start(child("first", STAYS, first, ready=first.exists))
    assert not second.exists()
    supervisor.start(child("second", STAYS, second, ready=second.exists))
    pids = [pid_in(first), pid_in(second)]
    supervisor.stop()
    assert all(gone(pid) for pid in pids)
    assert supervisor.pids() == {}


def test_a_child_that_ends_before_it_is_ready_is_named_with_the_end_of_its_log(supervisor, tmp_path):
    with pytest.raises(
        ChildFailedError, match=r"broken ended before it was ready.*broken\.log.*something broke"
    ):
        supervisor.start(child("broken", ENDS_ONCE, tmp_path / "mark", ready=lambda: False))


def test_a_child_that_is_never_ready_is_named(supervisor, tmp_path):
    with pytest.raises(ChildFailedError, match=r"slow was not ready within 0 s"):
        supervisor.start(child("slow", STAYS, tmp_path / "mark", ready=lambda: False, ready_within=0.1))


def test_a_child_that_dies_is_started_again_and_the_log_is_quoted(supervisor, said, tmp_path):
    supervisor.start(child("one", ENDS_ONCE, tmp_path / "mark"))
    threading.Thread(target=_stop_when, args=((tmp_path / "mark").exists,)).start()
    with pytest.raises(StopAsked):
        supervisor.watch()
    assert len(said) == 1
    assert "one ended (exit code 3) and starts again in 0.5 s" in said[0]
    assert "something broke" in said[0]


def _stop_when(what):
    until(what)
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_child_that_will_not_end_is_made_to(tmp_path, said):
    mark = tmp_path / "mark"
    with Supervisor(tmp_path / "logs", said.append) as supervisor:
        supervisor.start(child("stubborn", STUBBORN, mark, ready=mark.exists, stop_within=0.2))
        pid = pid_in(mark)
    assert gone(pid)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopping_signal_ends_everything_in_order(tmp_path, signum):
    process = in_its_own_process(tmp_path, STAYS)
    assert process.stdout.readline() == "ready\n"
    pid = pid_in(tmp_path / "mark")
    process.send_signal(signum)
    assert process.communicate()[0] == "stopped\n"
    assert process.returncode == 0
    assert gone(pid)


@pytest.mark.parametrize("program", [STAYS, FORKS, STUBBORN])
def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path, program):
    process = in_its_own_process(tmp_path, program)
    with process:
        assert process.stdout.readline() == "ready\n"
        pids = [pid_in(tmp_path / "mark")]
        if program == FORKS:
            pids.append(pid_in(tmp_path / "mark.job"))
        process.kill()
    until(lambda: all(gone(pid) for pid in pids))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_a_child_does_not_outlive_its_guard(supervisor, tmp_path):
    mark = tmp_path / "mark"
    supervisor.start(child("one", STAYS, mark, ready=mark.exists))
    pid = pid_in(mark)
    os.kill(supervisor.pids()["one"], signal.SIGKILL)
    until(lambda: gone(pid))


def test_a_supervisor_that_was_asked_to_stops_with_its_parent(tmp_path):
    program = SUPERVISED.replace("print) as", "print, with_parent=True) as")
    parent = (
        "import subprocess, sys, signal\n"
        "subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]); signal.pause()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent, program, str(tmp_path), STAYS], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        pid = pid_in(tmp_path / "mark")
        process.kill()
        assert process.stdout.readline() == "stopped\n"
    assert gone(pid)


def test_a_lock_is_held_until_the_last_guard_has_ended_what_ran(tmp_path, said):
    reading, writing = os.pipe()
    mark = tmp_path / "mark"
    with Supervisor(tmp_path / "logs", said.append, keep_open=(writing,)) as supervisor:
        supervisor.start(child("one", STAYS, mark, ready=mark.exists))
        os.close(writing)
        os.set_blocking(reading, False)
        with pytest.raises(BlockingIOError):
            os.read(reading, 1)
    assert os.read(reading, 1) == b""
    os.close(reading)


def test_the_child_gets_its_environment_and_no_descriptor_of_ours(supervisor, tmp_path):
    mark = tmp_path / "mark"
    program = (
        "import os, pathlib, sys; fds = [n for n in os.listdir('/dev/fd') if int(n) > 2];"
        "pathlib.Path(sys.argv[1]).write_text(os.environ['WORD'] + str(len(fds)))"
    )
    with socket.socket():
        env = {**os.environ, "WORD": "hello"}
        supervisor.start(
            Child("env", command(program, mark), env, lambda: mark.exists() and mark.read_text())
        )
    assert mark.read_text() == "hello1"  # the one is the listing itself


def test_a_second_signal_does_not_wait(tmp_path):
    process = in_its_own_process(tmp_path, STUBBORN)
    assert process.stdout.readline() == "ready\n"
    pid = pid_in(tmp_path / "mark")
    process.terminate()
    began = time.monotonic()
    until(lambda: _signalled_until_gone(process), within=4)  # the first signal alone takes five seconds
    assert time.monotonic() - began < 4
    process.communicate()
    assert gone(pid)


def _signalled_until_gone(process):
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.3)
    return process.returncode is not None
