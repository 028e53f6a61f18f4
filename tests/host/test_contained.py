"""What hostile code reaches of this machine, as `reviewhub doctor` tries it and the operators' page says."""

import json
import os
import platform
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from reviewhub.host import probe
from reviewhub.host.contained import ATTACKS, could
from reviewhub.host.sandbox.confine import landlock_available

ROOT = Path(__file__).parents[2]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="another kernel")
NOT_CONTAINED = re.compile(r"^  NOT CONTAINED +(.+)$", re.MULTILINE)
WITHOUT_LANDLOCK = [attack.words for attack in ATTACKS if not attack.without]
# Refuse one call of the kernel to what is started: its number, and the error that it answers.
REFUSING = """
import ctypes, os, struct, sys
number, error = int(sys.argv[1]), int(sys.argv[2])
code = [(0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error), (0x06, 0, 0, 0x7FFF0000)]
lines = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in code))
libc, header = ctypes.CDLL(None), struct.pack("@HP", len(code), ctypes.addressof(lines))
assert libc.prctl(38, 1, 0, 0, 0) == libc.prctl(22, 2, ctypes.create_string_buffer(header), 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-m", "reviewhub", "doctor"])
"""
LANDLOCK_CREATE, NO_CALL, NO_SUCH_CALL = 444, 99_999, 38
CAPSET, NOT_PERMITTED = {"x86_64": 126, "aarch64": 91}.get(platform.machine()), 1


@pytest.fixture
def doctor(tmp_path):
    """What the command says, on a kernel that refuses one call."""

    def ask(refused=NO_CALL, error=NO_SUCH_CALL):
        argv = [sys.executable, "-c", REFUSING, str(refused), str(error)]
        env = {**os.environ, "REVIEWHUB_DATA": str(tmp_path / "data")}
        return subprocess.run(argv, capture_output=True, text=True, check=False, env=env, cwd=ROOT)

    return ask


def test_every_try_is_an_attack_that_is_told():
    tried = {attempt.__name__ for attempt in probe.TRIES}
    assert tried | {"waits", "children"} == {attack.name for attack in ATTACKS}


@LINUX
def test_unconfined_every_try_succeeds_so_that_none_is_idle(tmp_path):
    (tmp_path / "file").write_text("bait")
    ours, theirs = os.pipe()
    with socket.socket(socket.AF_UNIX) as local, socket.socket() as net:
        local.bind(str(tmp_path / "s"))
        local.listen()
        net.bind(("127.0.0.1", 0))
        net.listen()
        sleeper = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=-1)
        bait = {
            "file": str(tmp_path / "file"),
            "socket": str(tmp_path / "s"),
            "port": net.getsockname()[1],
            "process": sleeper.pid,
            "cpu_seconds": 5,
            "memory_mb": 8,
            "file_mb": 1,
        }
        move = "import os, sys; os.dup2(int(sys.argv[1]), 3); from reviewhub.host import probe; probe.main()"
        with sleeper:
            subprocess.run(
                [sys.executable, "-c", move, str(theirs)],
                input=json.dumps(bait).encode(),
                pass_fds=(theirs,),
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                check=True,
            )
            sleeper.kill()
    answer = json.loads(os.read(ours, 65536))
    os.kill(answer["child"], 9)
    os.close(ours)
    os.close(theirs)
    assert answer["could"] == [attempt.__name__ for attempt in probe.TRIES]


def test_on_this_machine_nothing_more_succeeds_than_the_page_says():
    succeeded = [attack.words for attack in could()]
    if sys.platform == "linux":
        assert succeeded == ([] if landlock_available() else WITHOUT_LANDLOCK)
    else:
        assert succeeded == [attack.words for attack in ATTACKS if not attack.macos]


@LINUX
def test_the_doctor_tells_which_it_is(doctor):
    told = doctor()
    assert told.returncode == 0, told.stderr
    assert "Memory closed to others     yes" in told.stdout
    assert "5 s of processor time, 10 s in all, 512 MB of memory a process" in told.stdout
    if landlock_available():
        assert NOT_CONTAINED.findall(told.stdout) == []
        assert "This machine contains faults and malice" in told.stdout


@LINUX
def test_without_landlock_it_contains_faults_and_says_what_not_and_what_to_do(doctor):
    told = doctor(LANDLOCK_CREATE)
    assert told.returncode == 0, told.stderr
    assert "Landlock                    no" in told.stdout
    assert NOT_CONTAINED.findall(told.stdout) == WITHOUT_LANDLOCK
    assert "This machine contains faults, not malice.\nUse a kernel with Landlock" in told.stdout


@pytest.mark.skipif(CAPSET is None or sys.platform != "linux", reason="its number is not known here")
def test_a_sandbox_that_cannot_be_closed_runs_nothing_and_the_doctor_says_so(doctor):
    told = doctor(CAPSET, NOT_PERMITTED)
    assert told.returncode == 1
    assert "The sandbox does not work here" in told.stderr
    assert "cannot confine this process" in told.stderr


def test_the_doctor_makes_nothing_and_asks_the_parts_that_are_there(doctor, tmp_path):
    assert "not there yet" in doctor().stdout
    assert not (tmp_path / "data").exists()
    env = {**os.environ, "REVIEWHUB_DATA": str(tmp_path / "data")}
    subprocess.run([sys.executable, "-m", "reviewhub", "db", "upgrade"], env=env, cwd=ROOT, check=True)
    told = doctor().stdout
    assert re.search("^Database +ready$", told, re.MULTILINE)
    assert re.search("^Redis +embedded", told, re.MULTILINE)
    assert re.search("^Storage +", told, re.MULTILINE)


def test_the_operators_page_has_this_table():
    page = (ROOT / "docs" / "operators" / "sandbox.md").read_text()
    for attack in ATTACKS:
        marks = ("contained", *("contained" if one else "**open**" for one in (attack.without, attack.macos)))
        assert f"| {attack.words} | {' | '.join(marks)} |\n" in page
    rows = re.findall(r"^\| .* \| contained \| .*$", page, re.MULTILINE)
    assert len(rows) == len(ATTACKS)
