from types import SimpleNamespace

import pytest

from tests.cases import Cases, sign_in


@pytest.fixture
def house(world):
    """An issuer with a manager, two assessors, a learner and one micro-credential."""
    micro = world.micro_credential()
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    return SimpleNamespace(
        world=world,
        cases=Cases(world),
        micro=micro,
        ana=ana,
        ben=ben,
        learner=world.person("Lee Learner"),
        person=(manager := world.person("Max Mann", "manager")),
        max=world.actor(manager),
    )


@pytest.fixture
def max_(client, kit, house):
    """The manager's browser."""
    sign_in(client, kit, house.person)
    return client
