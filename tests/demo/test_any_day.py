"""Whoever starts the demo, on whatever day and hour: its stories can be told to their end."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from reviewhub.bootstrap import build
from reviewhub.demo import fill, parts, plots, plots_later, world
from tests.conftest import HandClock
from tests.demo.conftest import demo_settings
from tests.demo.test_second_looks import HERE, number

SECOND_LOOKS = tuple(plot for plot in plots.PLOTS if plot.play.__module__ == plots_later.__name__)
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
BY_CHANCE = {"an audit", "feedback that went out by itself, or will"}


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("weekday", range(7))
def test_the_second_looks_of_a_demo_that_starts_then(weekday, migrated_sqlite, tmp_path, monkeypatch):
    """Also where every first attempt takes three to score, so that the fewest are left, and all take long."""
    monkeypatch.setattr(world, "PLOTS", SECOND_LOOKS)
    monkeypatch.setattr(parts, "DIFFER", 1)
    monkeypatch.setattr(parts, "days", lambda _work, _least, most: most)
    shutil.copy(migrated_sqlite, tmp_path / "reviewhub.sqlite")
    starts = MONDAY + timedelta(days=weekday, hours=(7 * weekday) % 24)
    kit = build(demo_settings(tmp_path), HandClock(starts))
    fill(kit, lambda _: None)
    assert [what for what in HERE if what not in BY_CHANCE and not number(kit, HERE[what])] == []
    kit.db.engine.dispose()
