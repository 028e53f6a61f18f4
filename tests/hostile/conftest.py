"""A house with people of every role, another issuer beside it, and somebody whose name must not get out."""

import pytest

from tests.cases import sign_in
from tests.hostile.cast import Cast
from tests.hostile.crawl import Crawler


@pytest.fixture
def cast(kit, world):
    return Cast(kit, world)


@pytest.fixture
def crawler(app, kit, settings):
    """A crawler for somebody, or with None for a passer-by."""

    def of(person):
        client = app.test_client()
        if person is not None:
            sign_in(client, kit, person)
        return Crawler(client, settings)

    return of
