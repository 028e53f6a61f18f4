"""A learner with a started submission for the small micro-credential."""

import pytest

from tests.learner.story import Story


@pytest.fixture
def micro_credential(world):
    return world.micro_credential()


@pytest.fixture
def learner(world):
    return world.person("Ada Byron")


@pytest.fixture
def story(kit, world, learner, micro_credential):
    return Story.begin(kit, world.actor(learner), micro_credential)
