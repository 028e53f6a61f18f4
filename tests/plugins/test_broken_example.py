"""The broken example that ships in docs/issuers: set aside with its reason, while scoring goes on."""

import shutil
from pathlib import Path

import pytest

from reviewhub.models import DecisionRow, Plugin, Submission
from reviewhub.services.start import start
from reviewhub.services.sync import sync
from tests.assessor.test_workspace_browser import open_page  # noqa: F401  # a fixture
from tests.plugins.test_repair import Case

BROKEN = Path(__file__).parents[2] / "docs" / "issuers" / "broken_example"
REASON = "No hook has this name. Did you mean decide?"


class Knots(Case):
    """The issuer shipped well once: as the example is, but for the letter that it lacks."""

    def bring(self, kit):
        self.folder = shutil.copytree(BROKEN, self.plugins.path / BROKEN.name)
        rule = self.folder / "rule.py"
        rule.write_text(rule.read_text().replace("def decde(", "def decide("))
        assert sync(kit, [self.folder]).whole

    def begin(self):
        pid = start(self.kit, self.actor(self.learner), "broken-example", "knots")
        self.submission = self.one(Submission, Submission.public_id == pid)


@pytest.mark.browser
def test_a_broken_version_is_set_aside_with_its_reason_while_scoring_goes_on(world, plugin_folder, open_page):  # noqa: F811
    knots = Knots(world, plugin_folder)
    manager = world.person("Max Mann", "manager")
    knots.waits()
    shutil.copytree(BROKEN, knots.folder, dirs_exist_ok=True)
    assert not sync(knots.kit, [knots.folder]).whole
    assert [row.state for row in knots.all(Plugin)].count("quarantined") == 1

    for person in (knots.coordinator, manager):
        page = open_page(person, "/plugins/broken-example")
        shown = page.inner_text("main")
        assert REASON in shown
        assert "What was shipped before goes on" in shown
        assert "Nothing is held" in shown

    for person in (knots.people.ana, knots.people.ben):
        page = open_page(person, "/queue")
        page.get_by_role("link", name="Knots").click()
        page.locator(".criterion.now").wait_for()
        page.keyboard.press("2")
        page.get_by_role("button", name="Submit scores").click()
        page.get_by_role("heading", name="Submitted").wait_for()
    knots.pass_undo()
    decided = knots.one(DecisionRow)
    assert (decided.outcome, decided.rule) == ("met", "the knot decides")
    assert start(knots.kit, knots.actor(world.person("Nora New")), "broken-example", "knots"), (
        "and others begin"
    )
