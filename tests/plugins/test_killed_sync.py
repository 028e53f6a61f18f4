"""A sync is all or nothing, whenever it is killed; one that finds nothing new writes nothing at all."""

import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from reviewhub.host.store import digest
from reviewhub.models import RubricVersion
from reviewhub.services.quarantine import quarantine
from reviewhub.services.sync import sync
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH
from tests.plugins.test_sync import STACK, everything, rows
from tests.plugins.wheels import parts_of, write_wheel

TOP = Path(__file__).parents[2]
STEPS = [
    *(f"{when} {issuer} is kept" for issuer in ("harbor", "loom") for when in ("before", "after")),
    "before a transaction",
    "before a commit",
    "after a commit",
]
RULE = "class Rule(Plugin): pass\n"
RANDOM = {"id", "public_id", "issuer_id", "micro_credential_id", "rubric_version_id", "stack_id"}
MOMENTS = {"synced_at", "stored_at", "created_at", "at", "hash", "previous", "audit_head"}


def meaning(kit):
    """All tables, without what differs from one telling to the next."""
    left_out = RANDOM | MOMENTS
    return {
        table: [{name: value for name, value in row.items() if name not in left_out} for row in all_]
        for table, all_ in everything(kit).items()
    }


def killed_at(step, settings, path):
    argv = [sys.executable, "-m", "tests.plugins.killed_sync", settings.data, settings.database, path, step]
    return subprocess.run(list(map(str, argv)), cwd=TOP, capture_output=True, text=True, check=False)


def kept(settings):
    """The digests of the stored code, each seen to be whole; a copy that nobody looks at any more is none."""
    code = [path for path in settings.data.glob("plugins/*/*") if path.parent.name[0] != "."]
    assert [path.name for path in code] == [digest(path) for path in code]
    return {path.name for path in code}


def second_version(folder):
    folder.write(
        "harbor", version="2.0", description="Other words.", code=RULE, more=STACK, rubrics=("one", "two")
    )
    folder.write("loom", slug="loom", code=RULE + "# mended\n")


@pytest.fixture
def shipped(kit, plugin_folder):
    """Two issuers with code, taken in once and changed since."""
    plugin_folder.write("harbor", code=RULE, rubrics=("one", "two", "three"))
    plugin_folder.write("loom", code=RULE)
    sync(kit, [plugin_folder.path])
    second_version(plugin_folder)
    return plugin_folder.path


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=lambda step: STEPS[step - 1].replace(" ", "-"))
def test_killed_at_any_step_nothing_or_everything_is_written(kit, settings, shipped, step):
    before = everything(kit)
    done = killed_at(step, settings, shipped)
    assert done.returncode == -signal.SIGKILL, done.stderr
    if STEPS[step - 1] == "after a commit":
        assert everything(kit) != before
    else:
        assert everything(kit) == before
    assert kept(settings), "what lies there is whole"
    sync(kit, [shipped])
    after = everything(kit)
    assert sync(kit, [shipped]).added == []
    assert everything(kit) == after
    assert {row.code_digest for row in rows(kit, RubricVersion)} <= kept(settings)
    whole, said = verify_all(kit)
    assert whole, said


def test_it_ends_as_if_nothing_had_been(kit, settings, shipped):
    """The last step tells all: what a killed and repeated sync leaves is what one in peace leaves."""
    assert killed_at(STEPS.index("before a commit") + 1, settings, shipped).returncode == -signal.SIGKILL
    steps = killed_at(0, settings, shipped)
    assert steps.stdout.splitlines() == STEPS, steps.stderr
    repeated = meaning(kit)
    assert [event["action"] for event in repeated["Event"]] == ["plugin_synced"] * 4
    assert {row["state"] for row in repeated["MicroCredential"] if row["slug"] == "three"} == {"retired"}
    assert [row["state"] for row in repeated["Plugin"]] == ["removed", "removed", "live", "live"]


@contextmanager
def writes(kit):
    """Every statement that writes, whatever the table."""
    seen = []

    def note(_connection, _cursor, statement, *_):
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            seen.append(statement)

    event.listen(kit.db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(kit.db.engine, "before_cursor_execute", note)


@BOTH
def test_what_is_unchanged_writes_not_one_row(kit, plugin_folder, tmp_path):
    """Of folders, of a wheel, of code, of stacks, of what is broken, refused or stopped."""
    plugin_folder.write("harbor", code=RULE, rubrics=("one", "two"), more=STACK)
    plugin_folder.write("bad", code="raise RuntimeError('no')")
    plugin_folder.write("stopped")
    plugin_folder.write("edited")
    wheeled = plugin_folder.write("wheeled")
    write_wheel(plugin_folder.path / "wheeled-1.0-py3-none-any.whl", parts_of(wheeled))
    wheeled.rename(tmp_path / "away")
    (plugin_folder.path / "torn-1.0-py3-none-any.whl").write_bytes(b"PK")
    with writes(kit) as seen:
        sync(kit, [plugin_folder.path])
    assert seen, "the counter counts"
    plugin_folder.write("edited", description="Moved goalposts.")
    quarantine(kit, "stopped", "For a test.")
    sync(kit, [plugin_folder.path])
    with writes(kit) as seen:
        report = sync(kit, [plugin_folder.path])
    assert seen == []
    assert (report.added, report.retired) == ([], [])
    assert [one.name for one in report.quarantined] == ["bad", "stopped", "torn"]
    assert len(report.refused) == 1
