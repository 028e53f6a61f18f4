from types import SimpleNamespace

import pytest

from tests.assessor.desk import Desk
from tests.deadlines.days import Days


@pytest.fixture
def desk(world):
    """An issuer with four qualified assessors, two leads, two coordinators and a learner."""
    micro = world.micro_credential()
    ana, ben, cleo, dev = world.assessors(micro, "Ana Silva", "Ben Okafor", "Cleo Marsh", "Dev Rao")
    people = SimpleNamespace(
        ana=ana,
        ben=ben,
        cleo=cleo,
        dev=dev,
        lead=world.person("Lena Lund", "lead"),
        second_lead=world.person("Lou Lead", "lead"),
        cora=world.person("Cora Cord", "coordinator"),
        dana=world.person("Dana Cord", "coordinator"),
    )
    return Desk(world, micro, world.person("Lee Learner"), people)


@pytest.fixture
def days(desk, clock):
    return Days(desk, clock)
