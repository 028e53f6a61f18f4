"""A manager ships what is theirs alone, and who syncs or ships meanwhile neither opens it nor undoes it."""

from dataclasses import replace

import pytest

from reviewhub.domain.errors import Refused, Stale
from reviewhub.models import MicroCredential, Plugin
from reviewhub.queries.drafts import draft_folder
from reviewhub.services.ship import ship
from reviewhub.services.sync import sync
from tests.manager.test_ship import SAID, School
from tests.marks import BOTH
from tests.plugins.conftest import PluginFolder
from tests.rubrics import small_rubric


@pytest.fixture
def school(kit, world):
    return School(kit, world)


@pytest.fixture
def plugin_folder(tmp_path):
    return PluginFolder(tmp_path / "issuers")


class Meanwhile:
    """The real plugins; something happens after these were looked at, or in their place."""

    def __init__(self, plugins, happens):
        self._plugins, self._happens = plugins, happens

    def __getattr__(self, name):
        return getattr(self._plugins, name)

    def gather(self, *places, **more):
        found = self._plugins.gather(*places, **more)
        self._happens()
        return found


@pytest.mark.parametrize("broken", [False, True])
def test_an_installed_plugin_of_somebody_else_is_not_touched_and_is_no_reason_to_refuse(
    kit, school, plugin_folder, tmp_path, monkeypatch, broken
):
    site = tmp_path / "site"
    info = site / "loomtest-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loomtest\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[reviewhub.plugins]\nloomtest = loomtest:Rule\n")
    source = plugin_folder.write("loomtest")
    (source / "__init__.py").write_text("")
    if broken:
        (source / "plugin.toml").write_text("nonsense")
    source.rename(site / "loomtest")
    monkeypatch.syspath_prepend(str(site))
    report = school.ship(school.draft(small_rubric()))
    assert report.added == ["night/small 1.0"]
    assert [row.name for row in school.rows(Plugin)] == ["authored-night"]
    assert kit.authored.newest("night")[0] == 1


@BOTH
def test_what_an_operator_syncs_before_its_manager_does_begins_as_a_pilot_too(kit, school):
    kit_of_manager = replace(kit, plugins=Meanwhile(kit.plugins, lambda: sync(kit, [])))
    draft = school.draft(small_rubric())
    ship(kit_of_manager, school.ida, "night", draft.public_id, draft.version, SAID)
    assert school.states == {"small": "pilot"}


@BOTH
def test_a_sync_that_began_before_does_not_retire_what_was_shipped_meanwhile(kit, school):
    school.ship(school.draft(small_rubric()))
    other = school.draft(replace(small_rubric(), slug="other"))
    sync(replace(kit, plugins=Meanwhile(kit.plugins, lambda: school.ship(other))), [])
    assert school.states == {"small": "pilot", "other": "pilot"}
    assert all(row.shipped for row in school.rows(MicroCredential))


def test_who_ships_while_another_does_is_told_and_undoes_nothing(kit, school):
    one, two = (school.draft(replace(small_rubric(), slug=slug)) for slug in ("one", "two"))
    told = []

    def second():
        try:
            school.ship(two)
        except Stale as stale:
            told.append(stale)

    ship(
        replace(kit, plugins=Meanwhile(kit.plugins, second)),
        school.ida, "night", one.public_id, one.version, SAID,
    )  # fmt: skip
    assert len(told) == 1
    school.ship(two)
    assert school.states == {"one": "pilot", "two": "pilot"}


def test_a_folder_whose_taking_in_failed_does_not_stay_behind(kit, school):
    def full():
        raise OSError(28, "No space left on device")

    draft = school.draft(small_rubric())
    with pytest.raises(OSError, match="No space"):
        ship(
            replace(kit, plugins=Meanwhile(kit.plugins, full)),
            school.ida, "night", draft.public_id, draft.version, SAID,
        )  # fmt: skip
    assert kit.authored.places() == ()
    assert school.ship(draft).added == ["night/small 1.0"]


STACK = '[[issuer.stacks]]\nslug = "all"\nname = "All"\ndescription = "Both."\nitems = ["small", "other"]\n'


def test_after_an_operator_removed_a_plugin_its_manager_takes_a_folder_along_and_ships_none(
    kit, school, plugin_folder
):
    """Its rules may be in code, which no draft holds."""
    plugin_folder.write("night", rubrics=("small", "other"), more=STACK)
    sync(kit, [plugin_folder.path])
    (plugin_folder.path / "night").rename(plugin_folder.path.parent / "away")
    sync(kit, [plugin_folder.path])
    draft = school.draft(replace(small_rubric(), version="2.0"))
    with kit.read() as session:
        files = draft_folder(session, school.ida, "night", draft.public_id)
    assert "other" not in files["plugin.toml"]
    with pytest.raises(Refused, match="Download the folder"):
        school.ship(draft, "2.0")
