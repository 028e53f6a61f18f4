from types import SimpleNamespace

import pytest

from tests.assessor.desk import Desk


@pytest.fixture
def desk(world):
    """An issuer with three qualified assessors, a lead, a coordinator and a learner."""
    micro = world.micro_credential()
    ana, ben, cleo = world.assessors(micro, "Ana Silva", "Ben Okafor", "Cleo Marsh")
    people = SimpleNamespace(
        ana=ana,
        ben=ben,
        cleo=cleo,
        lead=world.person("Lena Lund", "lead"),
        cora=world.person("Cora Cord", "coordinator"),
    )
    return Desk(world, micro, world.person("Lee Learner"), people)


@pytest.fixture
def cora(world, desk):
    """The coordinator as an actor."""
    return world.actor(desk.people.cora)
