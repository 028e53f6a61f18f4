"""A house with people of every role, another issuer beside it, and somebody whose name must not get out."""

import pytest

from tests.cases import sign_in
from tests.hostile.cast import Cast
from tests.hostile.crawl import Crawler
from tests.hostile.house import House
from tests.hostile.logged import leaks
from tests.hostile.scene import make_scene, newest_session
from tests.hostile.watch import Watch


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


@pytest.fixture
def house(cast):
    """The cast's case, with everything given and nothing sent."""
    cast.begin()
    return House(cast)


@pytest.fixture
def watch(house, crawler):
    return Watch(house, crawler)


@pytest.fixture
def quiet_log(kit, caplog):
    """Afterwards: nothing that was logged in the test tells anything of anybody."""
    caplog.set_level("INFO")
    yield
    found = leaks(kit, [*caplog.get_records("setup"), *caplog.get_records("call")])
    assert not found, "\n".join(found)


@pytest.fixture
def scene(world, kit):
    return make_scene(world, kit)


@pytest.fixture
def doors(app, kit, scene):
    """Asks as somebody. Without form tokens: other tests hold them, and here each service must refuse."""
    app.config["WTF_CSRF_ENABLED"] = False
    clients = {}
    for who, person in scene.people.items():
        clients[who] = app.test_client()
        if person is not None:
            sign_in(clients[who], kit, person)
    scene.ids["session"] = newest_session(kit, scene.people["learner"])

    def ask(who, method, path, **data):
        answer = clients[who].open(path.format(**scene.ids), method=method, data=data or None)
        with answer:
            return answer.status_code, answer.headers.get("Location", "")

    return ask
