import pytest

from tests.rounds.bench import Bench


@pytest.fixture
def bench(world):
    return Bench(world)
