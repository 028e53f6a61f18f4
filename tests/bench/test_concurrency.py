"""What `make bench NAME=concurrency` shows at length, with few rounds: all is done, and once."""

import pytest

from bench.concurrency import PHASES, concurrency


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_processes_claim_submit_and_resolve_without_a_deadlock(postgres_server):
    found, wrong = concurrency(postgres_server, [1, 3], rounds=6)
    assert wrong == []
    for phases in found.values():
        assert list(phases) == list(PHASES)
        assert [one.done for one in phases.values()] == [12, 12, 6]
        assert all(one.deadlocks == 0 and one.rate > 0 and one.bare_rate > 0 for one in phases.values())
