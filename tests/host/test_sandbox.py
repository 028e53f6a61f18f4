import contextlib
import json
import os
import platform
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time

import psutil
import pytest

from reviewhub.host.sandbox.calls import MACHINES
from reviewhub.host.sandbox.confine import landlock_available
from reviewhub.host.sandbox.leavings import clear_folders
from reviewhub.host.sandbox.run import Limits, run


@pytest.fixture
def sandbox(tmp_path):
    """Run a few lines of Python in the runner and give its outcome."""
    code, folder = tmp_path / "code", tmp_path / "work"
    code.mkdir()
    folder.mkdir()

    def go(source, *, request=b"", **limits):
        script = code / "script.py"
        script.write_text(textwrap.dedent(source))
        return run([str(script)], request=request, folder=folder, limits=Limits(**limits), readable=[code])

    go.folder = folder
    return go


ANSWER = "import json, os\ndef answer(x): os.write(3, json.dumps(x).encode())\n"


def test_the_request_goes_in_and_the_answer_comes_out(sandbox):
    big = os.urandom(3_000_000)
    outcome = sandbox(
        "import sys, os, hashlib; os.write(3, hashlib.sha256(sys.stdin.buffer.read()).digest())", request=big
    )
    assert outcome.ok, outcome.reason
    assert len(outcome.answer) == 32
    assert outcome.reason == ""


def test_a_module_of_ours_can_be_run(sandbox):
    outcome = run(["-m", "json.tool"], request=b"{}", folder=sandbox.folder, limits=Limits())
    assert outcome.ok, outcome.reason


def test_it_knows_nothing_of_us(sandbox, monkeypatch):
    monkeypatch.setenv("REVIEWHUB_SECRET_KEY", "very secret")
    with socket.socket() as ours, open(__file__, "rb") as file:  # noqa: PTH123
        os.set_inheritable(ours.fileno(), True)
        os.set_inheritable(file.fileno(), True)
        outcome = sandbox(
            ANSWER
            + """
            import fcntl, sys
            def is_open(n):
                try:
                    fcntl.fcntl(n, fcntl.F_GETFD)
                except OSError:
                    return False
                return True
            answer([dict(os.environ), [n for n in range(256) if is_open(n)], os.getcwd()])
            """.replace("            ", "")
        )
    environment, handles, folder = json.loads(outcome.answer)
    # the interpreter itself may set its locale (PEP 538); nothing else is there
    assert set(environment) <= {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    assert handles == [0, 1, 2, 3]
    assert folder == str(sandbox.folder.resolve())


def test_an_endless_loop_ends_at_its_processor_time(sandbox):
    outcome = sandbox("while True: pass", cpu_seconds=1, wall_seconds=10)
    assert (outcome.ok, outcome.reason) == (False, "It used more than 1 s of processor time.")


def test_waiting_for_ever_ends_at_the_wall_time(sandbox):
    outcome = sandbox(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()", wall_seconds=1
    )
    assert (outcome.ok, outcome.reason) == (False, "It ran longer than 1 s.")
    assert outcome.seconds < 3


@pytest.mark.skipif(sys.platform != "linux", reason="macOS has no limit on address space")
def test_a_memory_hog_is_stopped(sandbox):
    outcome = sandbox("hog = bytearray(10**9)", memory_mb=256)
    assert (outcome.ok, outcome.reason) == (False, "It wanted more than 256 MB of memory.")


def test_a_huge_file_is_stopped(sandbox):
    outcome = sandbox("open('big', 'wb').write(bytes(3_000_000))", file_mb=1)
    assert not outcome.ok
    assert "File too large" in outcome.reason
    assert (sandbox.folder / "big").stat().st_size <= 1024 * 1024


def test_leaving_without_a_word_is_no_answer(sandbox):
    assert sandbox("import os; os._exit(0)").answer == b""
    outcome = sandbox("import os; os._exit(7)")
    assert (outcome.ok, outcome.reason) == (False, "It ended with code 7: it printed nothing")


def test_an_error_is_told_by_its_last_line(sandbox):
    outcome = sandbox("raise ValueError('no such level')")
    assert (outcome.ok, outcome.reason) == (False, "It ended with code 1: ValueError: no such level")


def test_a_megabyte_of_talk_does_not_matter(sandbox):
    outcome = sandbox(
        ANSWER + "import sys\nprint('x' * 10**6)\nprint('y' * 10**6, file=sys.stderr)\nanswer('done')"
    )
    assert (outcome.ok, outcome.answer) == (True, b'"done"')


def test_too_large_an_answer_is_no_answer(sandbox):
    outcome = sandbox("import os\nfor _ in range(9): os.write(3, bytes(1_000_000))", output_mb=1)
    assert (outcome.ok, outcome.answer) == (False, b"")
    assert outcome.reason == "Its answer is larger than 1 MB."


def test_a_request_that_nobody_reads_does_not_hang(sandbox):
    assert sandbox("import os; os.write(3, b'1')", request=bytes(5_000_000)).answer == b"1"


def test_children_left_behind_are_killed(sandbox):
    outcome = sandbox(
        ANSWER
        + """
        import signal
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.pause()
        answer(child)
        """.replace("        ", "")
    )
    assert outcome.ok, outcome.reason
    assert outcome.seconds < 5
    assert gone(int(outcome.answer))


def gone(pid):
    """Whether a process is dead; a zombie that init has not yet reaped counts."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        if state.stdout.strip()[:1] in ("", "Z"):
            return True
    return False


def read(path):
    return f"open({str(path)!r}, 'rb').read()"


def test_our_files_are_closed_to_it_where_the_kernel_can(sandbox, tmp_path):
    database = tmp_path / "reviewhub.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE person (name TEXT)")
    connection.close()
    for act in (
        read(database),
        f"open({str(database)!r}, 'ab')",
        f"os.unlink({str(database)!r})",
        "os.listdir('/')",
    ):
        outcome = sandbox(f"import os\n{act}")
        if landlock_available():
            assert not outcome.ok, act
            assert "Permission denied" in outcome.reason
    assert database.exists() or not landlock_available()


@pytest.mark.skipif(platform.machine() not in MACHINES or sys.platform != "linux", reason="no filter for it")
@pytest.mark.parametrize("forked", [False, True])
@pytest.mark.parametrize(
    "act",
    [
        "socket.socket()",
        "os.kill({other}, 0)",
        "os.killpg(0, 0)",
        "signal.pidfd_send_signal(os.pidfd_open({other}), 0)",
        "os.setpriority(os.PRIO_PROCESS, {other}, 19)",
        "os.sched_setaffinity({other}, {{0}})",
        "resource.prlimit({other}, resource.RLIMIT_CORE, (0, 0))",
        "os.utime({file!r})",
        "os.setxattr({file!r}, 'user.x', b'x')",
        "os.chown({file!r}, -1, -1)",
        "os.fchmod(os.open('own', os.O_RDWR | os.O_CREAT), 0)",
    ],
)
def test_it_cannot_reach_other_processes_or_mark_files(sandbox, tmp_path, act, forked):
    (tmp_path / "file").write_text("ours")
    act = act.format(other=os.getpid(), file=str(tmp_path / "file"))
    wait = "\nif os.fork(): os._exit(os.waitstatus_to_exitcode(os.wait()[1]))\n" if forked else "\n"
    outcome = sandbox(f"import os, resource, signal, socket{wait}{act}")
    refused = "Operation not permitted" in outcome.reason or "not allowed" in outcome.reason
    assert (outcome.ok, refused) == (False, True), outcome.reason


@pytest.mark.skipif(platform.machine() not in MACHINES or sys.platform != "linux", reason="no filter for it")
@pytest.mark.parametrize("act", ["os.setsid()", "os.setpgid(0, 0)"])
def test_what_it_starts_cannot_leave_the_group(sandbox, act):
    # The first process leads its group and could not leave it anyway; what it forks could.
    outcome = sandbox(f"import os\nif os.fork(): os._exit(os.waitstatus_to_exitcode(os.wait()[1]))\n{act}")
    assert (outcome.ok, "Operation not permitted" in outcome.reason) == (False, True), outcome.reason


def test_it_may_stop_itself(sandbox):
    outcome = sandbox("import os, signal; os.kill(os.getpid(), signal.SIGTERM)")
    assert outcome.reason == "It was stopped by SIGTERM: it printed nothing"
    assert "SIGABRT" in sandbox("import os; os.abort()").reason


def test_folders_that_it_leaves_are_gone_however_deep_or_closed(sandbox):
    (sandbox.folder / "before").mkdir()
    (sandbox.folder / "before" / "kept").touch()
    outcome = sandbox(
        """
        import os
        open('result', 'w').close()
        os.symlink('/', 'before/root'); os.symlink('before', 'link'); os.mkdir('closed', 0)
        for _ in range(1200):
            os.mkdir('deeper'); os.chdir('deeper'); os.mkfifo('pipe'); os.symlink('/etc', 'link')
        """
    )
    assert outcome.ok, outcome.reason
    tops = sorted(path.name for path in sandbox.folder.iterdir())
    clear_folders(sandbox.folder, {"before"})  # what is that deep, pytest could not remove
    assert tops == ["before", "link", "result"]
    left = sorted(str(path.relative_to(sandbox.folder)) for path in sandbox.folder.rglob("*"))
    assert left == ["before", "before/kept", "before/root", "link", "result"]


def test_it_can_write_in_its_own_folder_and_use_temporary_files(sandbox):
    outcome = sandbox(
        ANSWER + "import tempfile\nopen('result.txt', 'w').write('hello')\n"
        "with tempfile.TemporaryFile() as f: f.write(b'x')\nanswer(os.listdir('.'))"
    )
    assert outcome.ok, outcome.reason
    assert (sandbox.folder / "result.txt").read_text() == "hello"


def test_the_code_it_runs_stays_as_it_is(sandbox, tmp_path):
    outcome = sandbox(f"open({str(tmp_path / 'code' / 'script.py')!r}, 'a').write('#')")
    assert not outcome.ok or not landlock_available()
    sandbox("import json.tool")
    assert [p.name for p in (tmp_path / "code").iterdir()] == ["script.py"]


def test_a_program_that_is_killed_from_outside_is_run_again(tmp_path):
    outcome, left = run_and_kill(tmp_path, kills=1)
    assert (outcome.ok, outcome.answer) == (True, b"done")
    assert left == ["half"]


def test_a_program_that_is_killed_each_time_is_at_fault(tmp_path):
    outcome, _ = run_and_kill(tmp_path, kills=99)
    assert (outcome.ok, outcome.reason) == (False, "It was stopped by SIGKILL: it printed nothing")
    assert outcome.seconds < 20


KILLED = """
import os, select
open('half', 'x').write('half of a result')
while not os.path.exists({enough!r}):
    select.select([], [], [], 0.02)
os.write(3, b'done')
"""


def run_and_kill(tmp_path, kills):
    """Run a program that writes half a result and waits; kill it so often; what came of it, and its files."""
    script, folder, enough = tmp_path / "script.py", tmp_path / "work", tmp_path / "enough"
    folder.mkdir()
    script.write_text(KILLED.format(enough=str(enough)))
    over = threading.Event()

    def kill():
        killed = set()
        while len(killed) < kills and not over.wait(0.01):
            for process in psutil.Process().children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    begun = str(script) in process.cmdline() and (folder / "half").exists()
                    if begun and process.pid not in killed:
                        os.kill(process.pid, signal.SIGKILL)
                        killed.add(process.pid)
        enough.touch()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        outcome = run([str(script)], request=b"", folder=folder, limits=Limits(), readable=[tmp_path])
    finally:
        over.set()
        killer.join()
    return outcome, sorted(path.name for path in folder.iterdir())
