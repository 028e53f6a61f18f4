"""Versions of the API: what a plugin may ask for, and what is on its way out says so as long as promised."""

import re
from decimal import Decimal

import pytest

from reviewhub import plugin_api
from reviewhub.authoring.check import check
from reviewhub.domain.decision import decide
from reviewhub.plugin_api import versions
from reviewhub.plugin_api.hooks import API_VERSION
from reviewhub.plugin_api.versions import API_MINOR, DEPRECATED, SPOKEN, Deprecated, misfit
from reviewhub.services.sync import sync
from reviewhub.supervise import sync_lines

OLD = Deprecated(decide, instead="Use decide.", since="1.0", gone="1.2")
SAID = "decide_all is deprecated since version 1.0 and goes with 1.2. Use decide."
USES = """
from reviewhub import plugin_api

class Rule(Plugin):
    def decide(self, rubric, resolution, history):
        return plugin_api.decide_all(rubric, resolution, history)
"""


@pytest.mark.parametrize("api", [None, 1, "1", "1.0", Decimal("1.0")])
def test_what_is_spoken_may_be_asked_for(api):
    assert misfit(api) == ""


@pytest.mark.parametrize(
    ("api", "says"),
    [
        (2, "newer ReviewHub"),
        (f"1.{API_MINOR + 1}", "newer ReviewHub"),
        (Decimal("99.0"), "newer ReviewHub"),
        (0, "no longer spoken"),
        ("0.9", "no longer spoken"),
        ("one", "Write api = 1"),
        (True, "Write api = 1"),
        ("1.", "Write api = 1"),
        ("9" * 5000, "Write api = 1"),
    ],
)
def test_what_comes_from_the_future_or_the_past_is_told_what_to_do(api, says):
    assert says in misfit(api)
    assert f"This host speaks version {SPOKEN}." in misfit(api)


@pytest.fixture
def outgoing(monkeypatch):
    monkeypatch.setitem(DEPRECATED, "decide_all", OLD)


def test_a_deprecated_name_works_and_warns(outgoing):
    with pytest.warns(DeprecationWarning, match=re.escape(SAID)):
        assert plugin_api.decide_all is decide
    with pytest.raises(AttributeError):
        plugin_api.decide_some  # noqa: B018


def test_a_plugin_that_uses_it_is_taken_in_with_a_note(outgoing, kit, plugin_folder):
    folder = plugin_folder.write("harbor", code=USES)
    report = sync(kit, [plugin_folder.path])
    assert (report.whole, report.notes) == (True, [f"harbor: rule.py:8: {SAID}"])
    assert list(sync_lines.problems(report)) == [f"note: harbor: rule.py:8: {SAID}"]
    looked = check(folder)
    assert (looked.faults, looked.notes) == ((), (f"rule.py:8: {SAID}",))


def test_nothing_goes_before_its_time():
    """One whole minor version lies between the one that deprecates it and the one that is without it."""
    for name, one in {**DEPRECATED, "decide_all": OLD}.items():
        since, gone = ([int(n) for n in text.split(".")] for text in (one.since, one.gone))
        assert gone[0] > since[0] or gone[1] >= since[1] + 2, name
        assert gone > [API_VERSION, API_MINOR], f"{name} was to go with {one.gone}: take it out"
        assert name not in vars(plugin_api), name


def test_without_anything_on_its_way_out_no_code_is_read(tmp_path):
    assert versions.notes(tmp_path / "nowhere") == ()
