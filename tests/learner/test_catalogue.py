"""What anyone may see before starting."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reviewhub.models import MicroCredential, Stack, StackItem
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.services.ids import public_id
from tests.learner.browsing import sign_in, token_of
from tests.marks import BOTH
from tests.rubrics import small_rubric

SHAPES = Path(__file__).parents[1] / "shapes"


def text(page):
    return page.get_data(as_text=True)


def offer(world, slug, name, topics=(), issuer=None):
    rubric = small_rubric()
    about = replace(rubric.about, name=name, topics=topics, hours="about 8 hours", judged="")
    return world.micro_credential(replace(rubric, slug=slug, about=about), issuer)


@pytest.fixture
def shelf(world):
    other = world.issuer("loom", "Loom Teachers")
    offer(world, "ads", "Ads", ("marketing", "50% off_topics"), world.main_issuer)
    offer(world, "bees", "Bees", ("nature",), other)
    offer(world, "coding", "Coding", ("marketing", "Grüße"), other)


@pytest.fixture
def main_first(world):
    return world.main_issuer


def names(page):
    return re.findall(r"<h2><a [^>]+>([^<]+)</a></h2>", text(page))


@BOTH
def test_the_catalogue_filters_by_topic_and_issuer(main_first, shelf, client):
    assert names(client.get("/")) == names(client.get("/explore")) == ["Ads", "Bees", "Coding"]
    assert names(client.get("/explore?topic=marketing")) == ["Ads", "Coding"]
    assert names(client.get("/explore?topic=marketing&issuer=loom")) == ["Coding"]
    assert names(client.get("/explore", query_string={"topic": "Grüße"})) == ["Coding"]
    assert names(client.get("/explore", query_string={"topic": "50% off_topics"})) == ["Ads"]
    assert names(client.get("/explore?topic=market")) == []
    assert names(client.get("/explore?topic=%25")) == []
    assert "Nothing fits" in text(client.get("/explore?issuer=nobody"))
    assert names(client.get("/explore?after=nonsense")) == ["Ads", "Bees", "Coding"]


@BOTH
def test_it_goes_on_page_by_page_without_gaps(world, client):
    for n in range(30):
        offer(world, f"m{n:02}", f"Same name {n // 4}")
    first = client.get("/explore")
    onward = re.search(r'rel="next" href="([^"]+)"', text(first)).group(1)
    assert len(names(first)) == 24
    assert len(names(client.get(onward))) == 6
    assert 'rel="next"' not in text(client.get(onward))


def test_htmx_gets_the_list_alone(shelf, client):
    part = client.get("/explore?topic=nature", headers={"HX-Request": "true"})
    assert names(part) == ["Bees"]
    assert "<html" not in text(part)


def test_the_page_shows_all_that_is_asked_and_how_it_is_judged(world, client):
    made = offer(world, "small", "Small")
    stack = world.add(Stack(public_id=public_id(), issuer_id=made.issuer_id, slug="s", name="The stack"))
    world.add(StackItem(stack_id=stack.id, micro_credential_id=made.id, position=0))
    page = text(client.get("/explore/harbor/small"))
    rubric = small_rubric()
    for criterion in rubric.criteria:
        assert criterion.name in page
        for level in criterion.levels:
            assert level.description in page
    for requirement in rubric.requirements:
        assert requirement.description in page
    assert page.count("met from here") == len(rubric.criteria)
    for words in (
        "about 8 hours",
        "within 14 working days",
        "Two assessors",
        "10 to 100 words",
        "The stack",
        "English",
    ):
        assert words in page
    assert "Sign in to start" in page
    assert "/sign-in?next=/explore/harbor/small" in page


def test_starting_leads_to_the_evidence_and_comes_back_there(client, kit, world):
    offer(world, "small", "Small")
    anonymous = client.get("/explore/harbor/small")
    reply = client.post("/explore/harbor/small/start", data={"csrf_token": token_of(client.get("/sign-in"))})
    assert reply.status_code == 303
    assert reply.headers["Location"].endswith("/sign-in?next=/explore/harbor/small")
    assert "<form" not in text(anonymous).split("<main")[1].split("</main>")[0]
    sign_in(client, kit, world.person("Ada Byron"))
    token = token_of(client.get("/explore/harbor/small"))
    first = client.post("/explore/harbor/small/start", data={"csrf_token": token})
    again = client.post("/explore/harbor/small/start", data={"csrf_token": token})
    assert first.headers["Location"] == again.headers["Location"]
    assert first.headers["Location"].endswith("/evidence")
    assert "Go on with it" in text(client.get("/explore/harbor/small"))
    assert "You are on it" in text(client.get("/explore"))


def test_what_takes_nobody_new_says_so(client, kit, world):
    made = offer(world, "small", "Small")
    with kit.write() as tx:
        tx.session.get_one(MicroCredential, made.id).state = "retired"
    sign_in(client, kit, world.person("Ada Byron"))
    page = client.get("/explore/harbor/small")
    assert "takes no new learners" in text(page)
    assert names(client.get("/explore")) == []
    token = token_of(client.get("/account"))
    reply = client.post("/explore/harbor/small/start", data={"csrf_token": token})
    assert reply.status_code == 303
    assert reply.headers["Location"].endswith("/explore/harbor/small")


def test_what_does_not_exist_is_404(client, world):
    offer(world, "small", "Small")
    for path in ("/explore/harbor/nothing", "/explore/nobody/small", "/explore/harbor"):
        assert client.get(path).status_code == 404


def test_where_points_decide_the_page_says_how_many_are_enough(world, client):
    world.micro_credential(rubric_from_toml(SHAPES / "floors.toml"), world.main_issuer)
    page = text(client.get("/explore/harbor/floors"))
    assert "To earn it, reach 8 of 12 points, over all criteria together." in page
    assert "No criterion may be below the level that is needed at least." in page
    assert "8 points" in page
    assert page.count("needed at least</span>") == 2
