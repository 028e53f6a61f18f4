"""A plugin's state, reasons and faults on one page; and everything that is held goes on by one action."""

import pytest

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import DecisionRow, Event, Hold, Scoresheet
from reviewhub.services.ask_rules_again import ask_rules_again
from reviewhub.services.quarantine import quarantine
from reviewhub.services.sync import sync
from tests.cases import sign_in
from tests.coordinator.browsing import text
from tests.marks import BOTH
from tests.plugins.conftest import PluginFolder
from tests.plugins.test_repair import CLEAR, Case
from tests.web.pages import submit

HERE = "/plugins/harbor"


@pytest.fixture
def plugin_folder(tmp_path):
    (tmp_path / "issuers").mkdir()
    return PluginFolder(tmp_path / "issuers")


@pytest.fixture
def case(world, plugin_folder):
    made = Case(world, plugin_folder)
    made.max = world.person("Max Mann", "manager")
    made.begin()
    made.scored(CLEAR, CLEAR)
    return made


@BOTH
@pytest.mark.parametrize("who", ["max", "coordinator"])
def test_what_a_fault_holds_is_shown_and_goes_on_by_one_action_after_a_repair(case, client, who):
    sign_in(client, case.kit, getattr(case, who))
    shown = text(client, HERE)
    assert "decide: RuntimeError: no table for spring" in shown
    assert "1 scoring, since" in shown
    assert "No repaired version yet" in shown
    assert "Lee Learner" not in shown
    assert "Ana Silva" not in shown
    case.mend()
    assert "A repaired version is there for 1 of them" in text(client, HERE)
    assert submit(client, HERE, "/ask-again", reason="").status_code == 422
    sheets = len(case.all(Scoresheet))
    assert submit(client, HERE, "/ask-again", reason="The table is mended.").status_code == 303
    case.run()
    assert case.one(DecisionRow).rule == "mended"
    assert len(case.all(Scoresheet)) == sheets
    assert case.one(Hold).closed_at
    assert "Nothing is held" in text(client, HERE)
    asked = case.one(Event, Event.action == "issuer.ask_rules_again")
    assert asked.facts == {"rounds": 1}
    assert submit_again(client) == 409


def submit_again(client):
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client.post(f"{HERE}/ask-again", data={"reason": "Once more."}).status_code


def test_without_a_repair_it_is_held_again_with_its_reason(case):
    max_ = case.actor(case.max)
    ask_rules_again(case.kit, max_, "harbor", "Perhaps the machine.")
    case.run()
    first, second = case.all(Hold)
    assert (first.closed_at is None, second.closed_at) == (False, None)
    with pytest.raises(Invalid):
        ask_rules_again(case.kit, max_, "harbor", " ")
    quarantine(case.kit, "harbor", "It prints.")
    with pytest.raises(Refused, match="It prints"):
        ask_rules_again(case.kit, max_, "harbor", "Now.")


def test_a_version_that_was_not_taken_in_names_every_reason(case, client):
    case.plugins.write("harbor", code="class Rule(Plugin):\n    def decde(self):\n        pass\n",
                       version="x", rubrics=("small", "other"))  # fmt: skip
    report = sync(case.kit, [case.plugins.path])
    reasons = [problem.message for one in report.quarantined for problem in one.problems]
    assert reasons
    sign_in(client, case.kit, case.max)
    shown = text(client, HERE)
    assert "not taken in" in shown
    assert "live" in shown
    for reason in reasons:
        assert reason.split(":")[0] in shown


@pytest.mark.parametrize("roles", [(), ("assessor",), ("lead",)])
def test_nobody_else_sees_it_or_asks(case, client, roles):
    somebody = case.world.person("Some Body", *roles)
    sign_in(client, case.kit, somebody)
    assert client.get("/plugins").status_code == 404
    assert client.get(HERE).status_code == 404
    with pytest.raises(NotFound):
        ask_rules_again(case.kit, case.actor(somebody), "harbor", "Because.")


def test_nor_who_works_for_another_issuer(case, client):
    other = case.world.issuer("other", "Other")
    sign_in(client, case.kit, case.world.person("Otto", "manager", issuer=other))
    assert client.get(HERE).status_code == 404
    assert client.get("/plugins").location == "/plugins/other"
    assert submit_again(client) == 404
