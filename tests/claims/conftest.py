from types import SimpleNamespace

import pytest

from tests.assessor.desk import Desk
from tests.claims.piles import Piles
from tests.deadlines.days import Days


@pytest.fixture
def desk(world, rubric):
    """An issuer with three qualified assessors who claim their reviews, a lead and a coordinator."""
    micro = world.micro_credential(rubric)
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
def days(desk, clock):
    return Days(desk, clock)


@pytest.fixture
def pile(desk, days):
    """Whose issuer works by pull, with 8 hours a claim."""
    days.practice(assignment="pull", claim_hours=8)
    return Piles(desk)
