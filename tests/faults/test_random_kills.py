"""`make bench NAME=faults`, with as many kills as a run of all tests can bear."""

import pytest

from bench.faults import Wish, kill_and_count
from bench.killing.killer import WEIGHTS
from reviewhub.adapters.db import Database
from tests.together.invariants import problems

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def held(result, database, kills):
    """Nothing lost, doubled or left; every part came back; and there was work to be killed."""
    found = result.count
    assert (found.lost, found.doubled, found.waiting, found.faults) == ([], [], [], [])
    assert result.all_back
    assert result.tally.kills.total() == kills
    assert found.acknowledged["sent"] >= 3
    assert found.acknowledged["released"] >= 3
    stored = Database(database)
    with stored.reading() as session:
        assert problems(session) == []
    stored.close()


def test_a_hundred_kills_lose_and_double_nothing(tmp_path):
    result = kill_and_count(Wish(kills=100, seed=1, gap=0.5), tmp_path)
    held(result, f"sqlite:///{tmp_path / 'data' / 'reviewhub.sqlite'}", 100)
    assert result.tally.kills.keys() == WEIGHTS.keys() - {"connection"}


@pytest.mark.postgres
def test_cut_connections_and_kills_lose_and_double_nothing(tmp_path, postgres_url):
    result = kill_and_count(Wish(kills=30, seed=2, gap=0.5, database_url=postgres_url), tmp_path)
    held(result, postgres_url, 30)
    assert result.tally.kills.keys() == WEIGHTS.keys()
