"""`reviewhub plugins` at the terminal: list, quarantine, release, try."""

import os

import pytest
from click.testing import CliRunner
from sqlmodel import select

from reviewhub.cli import main
from reviewhub.models import Issuer, MicroCredential
from reviewhub.services.sync import sync
from reviewhub.supervise import folder, trying
from tests.plugins.test_repair import MENDED, VAGUE, Case

WHY = "It prints what learners wrote."


@pytest.fixture
def run(settings, plugin_folder):
    (settings.data / folder.MARKER).write_text("")
    env = {**settings.to_env(), "REVIEWHUB_PLUGINS": str(plugin_folder.path)}
    return lambda *words: CliRunner().invoke(main, ["plugins", *words], env=env)


def test_list_says_what_is_there(run, plugin_folder):
    assert run("list").output == "No plugin was taken in yet.\n"
    plugin_folder.write("harbor", rubrics=("one", "two"))
    plugin_folder.write("bad", code="raise RuntimeError('not today')")
    assert run("sync").exit_code == 1
    lines = run("list").output.splitlines()
    assert lines[0].startswith("bad  -  ")
    assert lines[0].endswith("  quarantined")
    assert "not today" in lines[1]
    name, issuer, digest, state = lines[2].split()
    assert (name, issuer, len(digest), state) == ("harbor", "harbor", 12, "live")
    assert lines[3:] == ["    one 1.0", "    two 1.0"]


@pytest.mark.parametrize("mended", [False, True])
def test_quarantine_and_release(run, world, plugin_folder, mended):
    case = Case(world, plugin_folder)
    case.ship(MENDED.format(rule="first"))
    case.begin()
    done = run("quarantine", "harbor", "--reason", WHY)
    assert done.exit_code == 0, done.output
    assert "release harbor" in done.output
    listed = run("list").output
    assert "quarantined" in listed
    assert WHY in listed
    round_id = case.scored(VAGUE, VAGUE)
    assert case.round(round_id).state == "held"
    plugin_folder.write("harbor", code=MENDED.format(rule="second"))
    refused = run("sync")
    assert refused.exit_code == 1
    assert WHY in refused.output
    case.kit.clock.move(hours=1)
    done = run("release", "harbor", *(["--sync"] if mended else []))
    assert done.exit_code == 0, done.output
    assert "1 held rounds go on" in done.output
    case.kit.clock.move(days=30_000)  # the command has the real clock
    case.run()
    assert case.round(round_id).state == "resolved"


def test_an_issuer_that_is_not_there_is_told(run):
    for words in (("quarantine", "nobody", "--reason", WHY), ("release", "nobody")):
        done = run(*words)
        assert done.exit_code == 1
        assert "There is no issuer “nobody”" in done.output


class TestTry:
    """A folder in the demo that runs."""

    @pytest.fixture
    def demo(self, tmp_path, migrated_sqlite):
        """A data folder as a running demo holds it, on a port that nobody has to answer at."""
        data = tmp_path / "demo"
        lock = folder.claim(data)
        (data / "demo").write_text("filled")
        (data / trying.ADDRESS).write_text("http://127.0.0.1:8123")
        (data / "reviewhub.sqlite").write_bytes(migrated_sqlite.read_bytes())
        yield data
        os.close(lock)

    def run(self, plugin, data):
        return CliRunner().invoke(main, ["plugins", "try", str(plugin), "--data", str(data)])

    def rows(self, data, table):
        with trying.demo_kit(data) as kit, kit.read() as session:
            return session.exec(select(table)).all()

    def test_it_is_taken_in_beside_the_others_and_its_pages_named(self, demo, plugin_folder):
        plugin_folder.write("harbor")
        with trying.demo_kit(demo) as kit:
            sync(kit, [plugin_folder.path])
        mine = plugin_folder.write("mine", rubrics=("one", "two"))
        first, again = self.run(mine, demo), self.run(mine, demo)
        assert (first.exit_code, again.exit_code) == (0, 0), first.output
        pages = [f"  http://127.0.0.1:8123/explore/mine/{slug}" for slug in ("one", "two")]
        assert first.output.splitlines() == ["2 new", *pages]
        assert again.output.splitlines() == ["2 unchanged", *pages]
        assert {row.state for row in self.rows(demo, MicroCredential)} == {"live"}
        assert {row.slug for row in self.rows(demo, Issuer)} == {"harbor", "mine"}

    def test_what_is_wrong_is_told_and_nothing_else_touched(self, demo, plugin_folder):
        done = self.run(plugin_folder.write("mine", code="raise RuntimeError('not today')"), demo)
        assert done.exit_code == 1
        assert "not today" in done.output
        assert "http://" not in done.output

    def test_what_is_no_demo_is_refused(self, demo, plugin_folder, tmp_path):
        (demo / "demo").unlink()
        for data in (demo, tmp_path / "nowhere"):
            done = self.run(plugin_folder.write("mine"), data)
            assert done.exit_code == 1
            assert "holds no demo" in done.output
        assert not (tmp_path / "nowhere").exists()

    def test_a_demo_that_does_not_run_or_has_not_begun_is_refused(self, demo, plugin_folder):
        (demo / trying.ADDRESS).unlink()
        assert "No demo runs on" in self.run(plugin_folder.write("mine"), demo).output

    def test_a_demo_that_was_stopped_is_refused(self, tmp_path, plugin_folder):
        data = tmp_path / "stopped"
        os.close(folder.claim(data))
        (data / "demo").write_text("filled")
        (data / trying.ADDRESS).write_text("http://127.0.0.1:8123")
        assert "No demo runs on" in self.run(plugin_folder.write("mine"), data).output
