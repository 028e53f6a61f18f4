"""A learner with a started submission for the small micro-credential."""

from dataclasses import replace

import pytest

from reviewhub.domain.rubric import Requirement
from tests.learner.story import Story
from tests.rubrics import small_rubric


@pytest.fixture
def micro_credential(world):
    return world.micro_credential()


@pytest.fixture
def learner(world):
    return world.person("Ada Byron")


@pytest.fixture
def story(kit, world, learner, micro_credential):
    return Story.begin(kit, world.actor(learner), micro_credential)


@pytest.fixture
def linked(kit, world):
    """A submission for a micro-credential that wants up to two links and up to three pictures."""
    rubric = small_rubric()
    wanted = (
        Requirement("page", "Page", "A page of yours.", "link", maximum=2, accept=("image/*",)),
        Requirement("shots", "Shots", "What it looks like.", "file", maximum=3, accept=("image/*",)),
        Requirement("more", "More", "Anything else.", "file", minimum=0, accept=("*/*",)),
    )
    made = world.micro_credential(
        replace(rubric, slug="linked", requirements=(*rubric.requirements, *wanted))
    )
    return Story.begin(kit, world.actor(world.person("Lin Ked")), made)
