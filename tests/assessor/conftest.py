from types import SimpleNamespace

import pytest

from tests.assessor.desk import Desk


@pytest.fixture
def rubric():
    """What the desk scores by, where a test says so: the small rubric as it is, else."""


@pytest.fixture
def desk(world, rubric):
    """An issuer with two qualified assessors, a lead and a learner whose evidence has arrived."""
    micro = world.micro_credential(rubric)
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    people = SimpleNamespace(ana=ana, ben=ben, lead=world.person("Lena Lund", "lead"))
    return Desk(world, micro, world.person("Lee Learner"), people)
