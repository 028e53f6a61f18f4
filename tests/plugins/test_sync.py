from pathlib import Path

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid
from reviewhub.domain.rubric_json import content_hash, from_json
from reviewhub.models import Event, Issuer, MicroCredential, Plugin, RubricVersion, Stack, StackItem
from reviewhub.services.sync import sync
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH

PLUGINS = Path(__file__).parents[2] / "plugins"
TABLES = (Issuer, Plugin, MicroCredential, RubricVersion, Stack, StackItem, Event)
STACK = '[[issuer.stacks]]\nslug = "all"\nname = "All"\ndescription = "Both."\nitems = ["one", "two"]\n'


def rows(kit, table):
    with kit.read() as session:
        return session.exec(select(table)).all()


def everything(kit):
    return {table.__name__: [row.model_dump() for row in rows(kit, table)] for table in TABLES}


def micro_credentials(kit):
    return {row.slug: row.state for row in rows(kit, MicroCredential)}


@BOTH
def test_the_shipped_plugins_are_taken_in(kit):
    report = sync(kit, [PLUGINS])
    assert len(report.added) == 13
    assert (report.refused, report.quarantined, report.retired) == ([], [], [])
    assert {row.slug for row in rows(kit, Issuer)} == {"harbor-skills", "loomfield", "tallyhouse"}
    assert len(rows(kit, Stack)) == 2
    live = {row.id: row.rubric_version_id for row in rows(kit, MicroCredential)}
    for version in rows(kit, RubricVersion):
        assert live[version.micro_credential_id] == version.id
        assert content_hash(from_json(version.body)) == version.content_hash
    digests = {row.code_digest for row in rows(kit, RubricVersion)}
    assert digests == {
        "",
        *(row.code_digest for row in rows(kit, Plugin) if row.name == "loomfield_teachers"),
    }


@BOTH
def test_an_unchanged_sync_writes_nothing(kit, plugin_folder):
    plugin_folder.write("harbor", rubrics=("one", "two"), more=STACK)
    plugin_folder.write("bad", code="raise RuntimeError('no')")
    sync(kit, [plugin_folder.path])
    before = everything(kit)
    report = sync(kit, [plugin_folder.path])
    assert (report.added, report.unchanged) == ([], ["harbor/one 1.0", "harbor/two 1.0"])
    assert everything(kit) == before


def test_a_changed_rubric_under_an_unchanged_version_is_refused(kit, plugin_folder):
    plugin_folder.write("harbor", rubrics=("one", "two"))
    sync(kit, [plugin_folder.path])
    plugin_folder.write("harbor", rubrics=("one", "two"), description="Moved goalposts.")
    report = sync(kit, [plugin_folder.path])
    assert [problem.field for problem in report.refused] == ["harbor/one 1.0", "harbor/two 1.0"]
    assert "give the change a version of its own" in report.refused[0].message
    assert len(rows(kit, RubricVersion)) == 2
    assert micro_credentials(kit) == {"one": "live", "two": "live"}


def test_a_new_version_goes_live_and_the_old_one_stays(kit, plugin_folder):
    plugin_folder.write("harbor")
    sync(kit, [plugin_folder.path])
    plugin_folder.write("harbor", version="1.1", description="Better words.")
    assert sync(kit, [plugin_folder.path]).added == ["harbor/small 1.1"]
    old, new = rows(kit, RubricVersion)
    assert (old.rubric_version, new.rubric_version) == ("1.0", "1.1")
    assert old.structure_hash == new.structure_hash
    assert rows(kit, MicroCredential)[0].rubric_version_id == new.id


def test_new_code_makes_a_snapshot_of_its_own_and_files_beside_it_do_not(kit, plugin_folder):
    folder = plugin_folder.write("harbor", code="class Rule(Plugin): pass")
    plain = plugin_folder.write("plain")
    sync(kit, [plugin_folder.path])
    (folder / "rule.py").write_text((folder / "rule.py").read_text() + "\n# mended\n")
    (plain / "NOTES.md").write_text("For ourselves.")
    assert sync(kit, [plugin_folder.path]).added == ["harbor/small 1.0"]
    versions = [row for row in rows(kit, RubricVersion) if row.code_digest]
    assert len({row.code_digest for row in versions}) == len(versions) == 2
    assert len({row.content_hash for row in versions}) == 1
    states = [(row.name, row.state) for row in rows(kit, Plugin)]
    assert sorted(states) == [
        ("harbor", "live"),
        ("harbor", "removed"),
        ("plain", "live"),
        ("plain", "removed"),
    ]


def test_a_removed_micro_credential_stops_intake_and_comes_back(kit, plugin_folder):
    plugin_folder.write("harbor", rubrics=("one", "two"))
    sync(kit, [plugin_folder.path])
    plugin_folder.write("harbor", rubrics=("one",))
    assert sync(kit, [plugin_folder.path]).retired == ["harbor/two"]
    assert micro_credentials(kit) == {"one": "live", "two": "retired"}
    plugin_folder.write("harbor", rubrics=("one", "two"))
    assert sync(kit, [plugin_folder.path]).added == ["harbor/two 1.0"]
    assert micro_credentials(kit) == {"one": "live", "two": "live"}


def test_a_removed_plugin_stops_intake_and_keeps_its_snapshots(kit, plugin_folder):
    folder = plugin_folder.write("harbor")
    plugin_folder.write("other", rubrics=("else",))
    sync(kit, [plugin_folder.path])
    folder.rename(plugin_folder.path.parent / "away")
    assert sync(kit, [plugin_folder.path]).retired == ["harbor/small"]
    assert micro_credentials(kit) == {"small": "retired", "else": "live"}
    assert len(rows(kit, RubricVersion)) == 2
    (plugin_folder.path.parent / "away").rename(folder)
    sync(kit, [plugin_folder.path])
    assert micro_credentials(kit) == {"small": "live", "else": "live"}


def test_a_missing_folder_retires_nothing(kit, plugin_folder):
    plugin_folder.write("harbor")
    sync(kit, [plugin_folder.path])
    with pytest.raises(Invalid):
        sync(kit, [plugin_folder.path, plugin_folder.path / "nowhere"])
    assert micro_credentials(kit) == {"small": "live"}


def test_a_bad_plugin_is_quarantined_and_no_other(kit, plugin_folder):
    plugin_folder.write("bad", code="raise RuntimeError('not today')")
    plugin_folder.write("good")
    report = sync(kit, [plugin_folder.path])
    assert [one.name for one in report.quarantined] == ["bad"]
    assert report.added == ["good/small 1.0"]
    states = {row.name: (row.state, row.reason) for row in rows(kit, Plugin)}
    assert states["good"] == ("live", "")
    assert states["bad"][0] == "quarantined"
    assert "not today" in states["bad"][1]


def test_a_plugin_that_breaks_keeps_what_it_shipped_before(kit, plugin_folder):
    plugin_folder.write("harbor")
    sync(kit, [plugin_folder.path])
    plugin_folder.write("harbor", code="raise RuntimeError('not today')")
    assert [one.name for one in sync(kit, [plugin_folder.path]).quarantined] == ["harbor"]
    assert micro_credentials(kit) == {"small": "live"}
    plugin_folder.write("harbor", code="class Rule(Plugin): pass")
    assert sync(kit, [plugin_folder.path]).added == ["harbor/small 1.0"]


@BOTH
def test_another_issuers_slug_is_not_for_the_taking(kit, plugin_folder):
    plugin_folder.write("harbor")
    sync(kit, [plugin_folder.path])
    plugin_folder.write("aardvark", slug="harbor", description="Taken over.", version="2.0")
    report = sync(kit, [plugin_folder.path])
    assert [one.name for one in report.quarantined] == ["aardvark"]
    assert "belongs to the plugin 'harbor'" in report.quarantined[0].problems[0].message
    assert (report.added, report.unchanged) == ([], ["harbor/small 1.0"])
    assert rows(kit, Issuer)[0].name == "Harbor"


@BOTH
def test_stacks_follow_the_plugin(kit, plugin_folder):
    plugin_folder.write("harbor", rubrics=("one", "two", "three"), more=STACK)
    sync(kit, [plugin_folder.path])
    assert [(row.slug, row.description) for row in rows(kit, Stack)] == [("all", "Both.")]
    more = STACK.replace('["one", "two"]', '["three", "one", "two"]')
    plugin_folder.write("harbor", rubrics=("one", "two", "three"), more=more)
    sync(kit, [plugin_folder.path])
    slugs = {row.id: row.slug for row in rows(kit, MicroCredential)}
    items = sorted(rows(kit, StackItem), key=lambda item: item.position)
    assert [slugs[item.micro_credential_id] for item in items] == ["three", "one", "two"]
    plugin_folder.write("harbor", rubrics=("one", "two", "three"))
    sync(kit, [plugin_folder.path])
    assert (rows(kit, Stack), rows(kit, StackItem)) == ([], [])


@BOTH
def test_every_change_is_on_the_issuers_chain(kit, plugin_folder):
    folder = plugin_folder.write("harbor")
    sync(kit, [plugin_folder.path])
    plugin_folder.write("harbor", version="2.0")
    sync(kit, [plugin_folder.path])
    folder.rename(plugin_folder.path.parent / "away")
    sync(kit, [plugin_folder.path])
    events = rows(kit, Event)
    assert [event.action for event in events] == ["plugin_synced", "plugin_synced", "plugin_removed"]
    assert [version["version"] for event in events[:2] for version in event.facts["versions"]] == [
        "1.0",
        "2.0",
    ]
    assert events[2].facts["retired"] == ["small"]
    assert verify_all(kit)[0]
