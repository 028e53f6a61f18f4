"""How a manager comes to be, and what they find first."""

import re

import pytest

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Refused
from reviewhub.models import Person
from reviewhub.services.setup import first_manager
from tests.coordinator.browsing import send, text
from tests.coordinator.test_setup import made
from tests.web.pages import become


def test_the_operator_makes_the_first_manager_and_with_them_an_issuer_without_a_plugin(client, kit):
    link = first_manager(kit, "night-school", "Night School", "ida@night.example", "Ida Berg", None)
    assert "/choose-password/" in link
    _, issuer, actor = made(kit)
    assert (issuer.name, actor.issuers(Role.MANAGER)) == ("Night School", (issuer.id,))
    with pytest.raises(Refused):
        first_manager(kit, "night-school", "Other", "ida@night.example", "Ida Berg")
    with kit.write() as tx:
        tx.session.get_one(Person, actor.person_id).password_hash = kit.hasher.hash("seven green boats")
    person, _, _ = made(kit)
    become(client, kit, person)
    assert client.get("/home").location == "/manage"
    assert "Nothing is offered yet" in text(client, client.get("/manage").location)


def test_a_manager_sees_what_is_offered_and_how_many_are_at_work(house, max_):
    house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    page = text(max_, "/manage/harbor")
    assert house.micro.name in page
    assert re.search(r">live<.*>1<", page, re.DOTALL)
    assert "Lee Learner" not in page


@pytest.mark.parametrize("roles", [(), ("assessor",), ("lead",), ("coordinator",)])
def test_nobody_else_finds_it(browse, house, roles):
    browser = browse(house.world.person("Some Body", *roles))
    assert browser.get("/manage").status_code == 404
    assert browser.get("/manage/harbor").status_code == 404


def test_nor_does_another_issuers_manager(browse, house):
    other = house.world.issuer("other", "Other")
    browser = browse(house.world.person("Otto Other", "manager", issuer=other))
    assert browser.get("/manage/harbor").status_code == 404
    assert browser.get("/manage").location == "/manage/other"


def test_a_manager_invites_whom_the_issuer_needs(max_, kit, house):
    here = "/manage/harbor/people"
    assert send(max_, here, email="nonsense", role="coordinator").status_code == 422
    assert send(max_, here, email="cora@people.example", role="coordinator").status_code == 303
    page = text(max_, here)
    assert "cora@people.example" in page
    assert "Ana Silva" in page
    assert "Lee Learner" not in page
