"""The tutorial, line by line as it stands there: from criteria to a decision by the rule that it teaches."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviewhub.models import DecisionRow, Submission
from reviewhub.services.start import start
from reviewhub.supervise.folder import MARKER
from tests.plugins.test_repair import Case

PAGE = Path(__file__).parents[2] / "docs" / "issuers" / "tutorial.md"
BLOCK = re.compile(
    r"(?:^`(?P<file>[\w/.]+)`\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
BUILD = "python -m build --wheel --outdir dist project"
BUILD_HERE = "mkdir dist; cd project; {python} -c 'import hatchling.build as b; b.build_wheel(\"../dist\")'"
"""The same backend, without a front end that would fetch it."""


class Told(Case):
    """A submission for what the tutorial shipped."""

    def bring(self, _kit):
        """It was taken in by the page's own commands."""

    def begin(self):
        pid = start(self.kit, self.actor(self.learner), "my-organisation", "first-aid")
        self.submission = self.one(Submission, Submission.public_id == pid)


@pytest.fixture
def follow(tmp_path, settings):
    """Everything that the page says to do, in an empty folder; gives what was printed, block by block."""
    (settings.data / MARKER).write_text("")
    bin_ = Path(sys.executable).parent
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    env |= settings.to_env() | {"PATH": f"{bin_}:{os.environ['PATH']}"}

    def run(text):
        script = text.replace(BUILD, BUILD_HERE.format(python=sys.executable))
        done = subprocess.run(
            ["bash", "-euc", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout

    said = []
    for block in BLOCK.finditer(PAGE.read_text()):
        if block["file"]:
            place = tmp_path / block["file"]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(block["text"])
        else:
            assert block["kind"] == "sh"
            said.append(run(block["text"]))
    return said


@pytest.mark.timeout(200)
def test_from_criteria_to_a_decision(world, follow):
    _, checked, tested, compared, _, shipped = follow
    assert checked == "first-aid 1.0: 3 criteria. Nothing to mend.\n"
    assert "5 passed" in tested
    assert "only wording" in compared
    assert "1 new" in shipped
    assert "my-organisation" in shipped
    case = Told(world, None)
    short = {"safety": "met", "the_right_order": "met", "calm": "nearly"}
    round_id = case.scored(short, short)
    assert case.round(round_id).state == "resolved"
    decision = case.one(DecisionRow)
    assert (decision.outcome, decision.rule) == ("met", "two, and safety")
