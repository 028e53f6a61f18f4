import pytest

from tests.assessor.desk import Desk


@pytest.fixture
def desk(world):
    return Desk.of_three(world)


@pytest.fixture
def round_id(desk):
    return desk.seated()
