"""Whatever an issuer's code does, it is told why, nobody else notices, and nothing of it is left.

The plugins stand in tests/host/hostile.py. What they can reach of the machine, test_contained.py shows.
"""

import os
import shutil
import tempfile
import threading
from types import SimpleNamespace

import psutil
import pytest
from sqlmodel import select

from reviewhub.bootstrap import build
from reviewhub.domain import agreement
from reviewhub.domain.errors import PluginFault
from reviewhub.domain.rubric_json import from_json
from reviewhub.host import ask
from reviewhub.host.sandbox.run import Limits
from reviewhub.models import Event, Issuer, MicroCredential, Plugin, RubricVersion
from reviewhub.services.ports import CodeRef
from reviewhub.services.sync import sync
from reviewhub.settings import Settings
from tests.conftest import HandClock
from tests.host.hostile import ACROSS, AT_JUDGE, AT_SYNC, SAME, rule
from tests.plugins.conftest import PluginFolder
from tests.rubrics import sheet

GOOD = {"good-a": "", "good-m": rule("agree(self, rubric, sheets)", SAME), "good-z": ""}
AGREED = [sheet(1, goal="clear"), sheet(2, goal="clear")]
DISAGREED = [sheet(1, goal="clear"), sheet(2, goal="absent")]


def no_api_yet(folder):
    path = folder.write("api-of-the-future") / "plugin.toml"
    path.write_text("api = 2\n" + path.read_text())


def api_in_words(folder):
    path = folder.write("api-in-words") / "plugin.toml"
    path.write_text("api = [[[]]]\n" + path.read_text())


def link_to_a_secret(folder):
    (folder.path.parent / "secret").write_text("very secret")
    (folder.write("link-to-a-secret") / "rubrics" / "a.toml").symlink_to(folder.path.parent / "secret")


def pipe_for_a_file(folder):
    os.mkfifo(folder.write("pipe-for-a-file") / "rubrics" / "a.toml")


def name_that_is_no_text(folder):
    place = os.fsencode(folder.write("name-that-is-no-text")) + b"/\xff.toml"
    os.close(os.open(place, os.O_CREAT | os.O_WRONLY))


def folder_that_is_no_text(folder):
    source = folder.write("folder")
    (source / "plugin.toml").write_text("")
    source.rename(os.fsdecode(os.fsencode(folder.path) + b"/folder-\xff"))


def deep_manifest(folder):
    (folder.write("deep-manifest") / "plugin.toml").write_text("api = " + "[" * 50_000)


def bytes_for_a_manifest(folder):
    (folder.write("bytes-for-a-manifest") / "plugin.toml").write_bytes(b"\xff\xfe\x00")


def anothers_slug(folder):
    folder.write("takes-anothers-slug", slug="good-a", version="9.0", description="Taken over.")


def anothers_name(folder):
    for path in (folder.path, folder.path.parent / "others"):
        PluginFolder(path).write("twice", slug="good-a", version="9.0", description="Taken over.")


IN_FILES = {
    "api-of-the-future": (no_api_yet, "This host speaks version 1."),
    "api-in-words": (api_in_words, "This host speaks version 1."),
    "link-to-a-secret": (link_to_a_secret, "Ship the file itself"),
    "pipe-for-a-file": (pipe_for_a_file, "not a link or a device"),
    "name-that-is-no-text": (name_that_is_no_text, "Rename this file"),
    "folder-\ufffd": (folder_that_is_no_text, "issuer"),
    "deep-manifest": (deep_manifest, ""),
    "bytes-for-a-manifest": (bytes_for_a_manifest, "Save this file as UTF-8 text."),
    "takes-anothers-slug": (anothers_slug, "belongs to the plugin 'good-a'"),
    "twice": (anothers_name, "is there more than once"),
}
SAID = {name: case.said for name, case in AT_SYNC.items()} | {
    name: said for name, (_, said) in IN_FILES.items()
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory, migrated_sqlite):
    """All of them among three good ones, taken in at once by one sync, twice."""
    path = tmp_path_factory.mktemp("hostile")
    (path / "scratch").mkdir()
    (path / "issuers").mkdir()
    folder = PluginFolder(path / "issuers")
    for name, code in GOOD.items():
        folder.write(name, code=code)
    for name, case in AT_SYNC.items():
        folder.write(name, code=case.code)
    for name, case in AT_JUDGE.items():
        folder.write(f"judge-{name}", code=rule("agree(self, rubric, sheets)", case.body, before=case.before))
    for write, _ in IN_FILES.values():
        write(folder)
    shutil.copyfile(migrated_sqlite, path / "reviewhub.sqlite")
    kit = build(Settings(data=path, secret="only for tests"), HandClock())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ask, "LIMITS", Limits(cpu_seconds=1, wall_seconds=6))
        patch.setattr(tempfile, "tempdir", str(path / "scratch"))
        report = sync(kit, [folder.path, path / "others"])
        rows = everything(kit)
        yield SimpleNamespace(
            kit=kit, folder=folder, report=report, rows=rows, path=path, scratch=path / "scratch"
        )
    kit.db.close()


def everything(kit):
    with kit.read() as session:
        tables = (Plugin, Issuer, MicroCredential, RubricVersion, Event)
        return {table: session.exec(select(table)).all() for table in tables}


@pytest.fixture
def judged(batch):
    """What the stored code of an issuer says of sheets, or whose fault it is, and why."""

    def judge(issuer, sheets):
        live = next(r for r in batch.rows[Plugin] if (r.name, r.state) == (issuer, "live"))
        code = CodeRef(issuer, live.code_digest)
        try:
            return batch.kit.judge.agree(code, small(batch), sheets)
        except PluginFault as fault:
            return fault.plugin, fault.reason

    return judge


def small(batch):
    return from_json(batch.rows[RubricVersion][0].body)


@pytest.fixture(autouse=True)
def nothing_is_left(batch):
    """No process, no thread, no file: neither of ours nor in the folder for temporary ones.

    Servers and browsers that other tests use may run beside it.
    """
    threads, before = threading.active_count(), set(psutil.Process().children())
    yield
    assert set(psutil.Process().children()) <= before
    assert threading.active_count() <= threads
    assert list(batch.scratch.iterdir()) == []
    assert not [path for path in (batch.path / "plugins").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_does_harm_is_set_aside_with_its_reason(batch, name):
    (found,) = [one for one in batch.report.quarantined if one.name == name]
    said = " ".join(problem.message for problem in found.problems)
    assert SAID[name] in said
    assert 0 < len(said) < 20_000
    assert all(c.isprintable() for problem in found.problems for c in problem.message + problem.field)
    assert name in {row.name for row in batch.rows[Plugin] if row.state == "quarantined" and row.reason}


def test_all_others_are_taken_in_as_if_nothing_had_happened(batch):
    well = {*GOOD, *(f"judge-{name}" for name in AT_JUDGE)}
    assert sorted(one.name for one in batch.report.quarantined) == sorted(SAID)
    assert sorted(batch.report.added) == sorted(f"{name}/small 1.0" for name in well)
    assert (batch.report.refused, batch.report.retired) == ([], [])
    assert {row.slug for row in batch.rows[Issuer]} == well
    assert {row.name for row in batch.rows[Issuer]} == {name.title() for name in well}
    assert {row.rubric_version for row in batch.rows[RubricVersion]} == {"1.0"}
    assert {path.name for path in (batch.path / "plugins").iterdir()} == well


def test_rubrics_of_the_same_slug_are_each_their_issuers(batch):
    issuers = [row.issuer_id for row in batch.rows[MicroCredential] if row.slug == "small"]
    assert len(issuers) == len(set(issuers)) == len(GOOD) + len(AT_JUDGE)


@pytest.mark.parametrize("name", sorted(AT_JUDGE))
def test_a_judgement_is_a_fault_with_its_reason_or_stands_and_the_next_issuers_is_right(judged, batch, name):
    case, sheets = AT_JUDGE[name], DISAGREED if name in ACROSS else AGREED
    answer = judged(f"judge-{name}", sheets)
    if case.said is None:
        assert answer == agreement.agree(small(batch), sheets)
    else:
        issuer, reason = answer
        assert (issuer, case.said in reason, reason.isprintable()) == (f"judge-{name}", True, True), reason
        assert len(reason) <= 500
    assert judged("good-m", AGREED).verdicts[0].why == "same"
