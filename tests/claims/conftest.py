import pytest

from tests.assessor.desk import Desk
from tests.claims.piles import Piles
from tests.deadlines.days import Days


@pytest.fixture
def desk(world, rubric):
    """Of three assessors, by the rubric that a test names."""
    return Desk.of_three(world, rubric)


@pytest.fixture
def days(desk, clock):
    return Days(desk, clock)


@pytest.fixture
def pile(desk, days):
    """Whose issuer works by pull, with 8 hours a claim."""
    days.practice(assignment="pull", claim_hours=8)
    return Piles(desk)
