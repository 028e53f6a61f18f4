from types import SimpleNamespace

import pytest

from tests.cases import Cases


@pytest.fixture
def house(world):
    """An issuer with a lead, two assessors, a learner and one micro-credential."""
    micro = world.micro_credential()
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    return SimpleNamespace(
        world=world,
        cases=Cases(world),
        micro=micro,
        ana=ana,
        ben=ben,
        lead=world.person("Lena Lund", "lead"),
        learner=world.person("Lee Learner"),
    )


@pytest.fixture
def decided(house):
    """An attempt that is not yet met, with its draft."""
    return house.cases.decided(house.learner, house.micro, [house.ana, house.ben])
