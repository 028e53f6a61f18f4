"""One filled demo for all tests here, also when they run in several processes; each test gets a copy."""

import fcntl
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from reviewhub.adapters.db import upgrade
from reviewhub.bootstrap import build
from reviewhub.demo import fill
from reviewhub.settings import Settings

PLUGINS = Path(__file__).parents[2] / "plugins"


def demo_settings(data):
    return Settings(
        data=data,
        demo=True,
        undo_seconds=5,
        plugins=(PLUGINS,),
        secret="a secret for tests, never used elsewhere",
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """Settings of a demo that has been filled."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):  # a worker of pytest-xdist: what is above belongs to all of them
        shared = shared.parent
    settings = demo_settings(shared / "filled-demo")
    with (shared / "filled-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.data / "demo").exists():
            settings.data.mkdir()
            upgrade(settings.database)
            kit = build(settings)
            (settings.data / "filled-at").write_text(kit.clock.now().isoformat())
            fill(kit, lambda _: None)
            kit.db.engine.dispose()
    return settings


@pytest.fixture
def demo(filled, tmp_path):
    """A kit on a copy of the filled demo, which works its jobs off itself."""
    data = tmp_path / "copy"
    shutil.copytree(filled.data, data, copy_function=_link_or_copy)
    kit = build(replace(filled, data=data))
    yield kit
    kit.db.engine.dispose()


def _link_or_copy(source, target):
    """Objects are written once, so that a copy may share them; everything else is copied."""
    share = "objects" in Path(source).parts
    return (os.link if share else shutil.copy2)(source, target)


@pytest.fixture
def empty(tmp_path, migrated_sqlite):
    """A kit on a demo's empty folder."""
    data = tmp_path / "empty"
    data.mkdir()
    (data / "reviewhub.sqlite").write_bytes(migrated_sqlite.read_bytes())
    kit = build(demo_settings(data))
    yield kit
    kit.db.engine.dispose()
