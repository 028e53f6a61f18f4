"""kill -9 at every step of the loop: whoever comes after works it off, and it ends as if nothing had been."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.acts import ACTS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TOP = Path(__file__).parents[2]
SEEN = {
    "evidence": {"storage.put", "storage.copy", "storage.delete", "converter.clean", "queue.send", "commit"},
    "send": {"mail.send", "queue.send", "commit"},
    "first_sheet": {"queue.send", "commit"},
    "second_sheet": {"judge.agree", "mail.send", "queue.send", "commit"},
    "adjudication": {"judge.resolve", "judge.decide", "judge.feedback", "commit"},
    "feedback": {"mail.send", "commit"},
    "again": {"queue.send", "mail.send", "commit"},
    "agreed": {"judge.agree", "judge.resolve", "judge.decide", "judge.feedback", "queue.send", "commit"},
}
"""What each act must have been killed before and after, among others."""


def killed_everywhere(folder, server, act, stride):
    argv = [sys.executable, "-m", "tests.faults.every_step", str(folder), server, act, str(stride)]
    done = subprocess.run(argv, cwd=TOP, capture_output=True, text=True, timeout=590, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["problems"] == []
    assert told["bad"] == []
    return told


@pytest.mark.parametrize("act", ACTS)
def test_killed_at_each_step_it_ends_as_if_nothing_had_been(tmp_path, act):
    told = killed_everywhere(tmp_path, "", act, 1)
    assert told["tried"] == len(told["steps"])
    for what in SEEN[act]:
        assert any(step.startswith("before ") and step.endswith(what) for step in told["steps"]), what


@pytest.mark.postgres
@pytest.mark.parametrize("act", ["send", "second_sheet", "agreed"])
def test_killed_at_some_steps_on_postgresql(tmp_path, act, postgres_server):
    assert killed_everywhere(tmp_path, postgres_server, act, 4)["tried"] >= 5
