"""The demo lets anybody be anybody: none of it may exist elsewhere, or be used by a page from elsewhere."""

import re
from dataclasses import replace

import pytest
from sqlmodel import select

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import LetterRow, Session
from reviewhub.queries.demo import DOMAIN
from reviewhub.services.become import become
from reviewhub.services.ids import public_id
from tests.hostile.test_injection import NAME, WICKED, live
from tests.learner.browsing import token_of

DEMO = ("/demo/become", "/demo/become/lead", "/demo/advance", "/demo/mailbox")


@pytest.fixture
def insider(world):
    """Somebody with an address of the demo, as in a database that was copied from one."""
    person = world.person("Ana")
    with world.kit.write() as tx:
        tx.session.get_one(type(person), person.id).email = f"ana@{DOMAIN}"
    return person


def test_elsewhere_there_is_no_demo(app, client, kit, insider):
    assert not [rule.rule for rule in app.url_map.iter_rules() if "demo" in rule.rule + rule.endpoint]
    app.config["WTF_CSRF_ENABLED"] = False
    for path in DEMO:
        assert client.get(path).status_code == 404
        assert client.post(path, data={"who": "ana"}).status_code == 404
    with pytest.raises(NotFound):
        become(kit, f"ana@{DOMAIN}", "")
    assert "demo" not in client.get("/").text.lower()
    with kit.read() as session:
        assert session.exec(select(Session)).all() == []


@pytest.mark.parametrize(
    "url",
    ["http://hub.example", "http://10.0.0.5:8000", "http://0.0.0.0:8000", "https://127.0.0.1.evil.example"],
)
def test_a_demo_within_reach_does_not_start(settings, make_app, url):
    with pytest.raises(Refused):
        make_app(replace(settings, demo=True, public_url=url))


@pytest.fixture
def demo(settings, make_app):
    app = make_app(replace(settings, demo=True, public_url="http://127.0.0.1:8000"))
    app.testing = True
    return app


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:8000", "[::2]", ""],
)
def test_a_name_that_leads_here_by_trick_gets_nothing(demo, host):
    client = demo.test_client()
    for path in ("/", "/demo/mailbox", "/explore"):
        assert client.get(path, environ_overrides={"HTTP_HOST": host}).status_code in {400, 404}


def test_a_machine_elsewhere_gets_nothing(demo):
    for address in ("10.0.0.9", "192.168.1.4", "::ffff:10.0.0.9"):
        answer = demo.test_client().get("/", environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == 404


def test_becoming_needs_the_form_and_leads_nowhere_else(demo, insider, kit):
    client = demo.test_client()
    assert client.post("/demo/become", data={"who": "ana"}).status_code == 400
    form = token_of(client.get("/sign-in"))
    for target in ("//evil.example", "https://evil.example", "/\\evil.example"):
        answer = client.post("/demo/become", data={"who": "ana", "next": target, "csrf_token": form})
        assert answer.location == "/home"
        form = token_of(client.get("/account"))
    for stranger in ("someone@people.example", f"x@evil.example@{DOMAIN}", "%", "' OR 1=1"):
        answer = client.post("/demo/become", data={"who": stranger, "csrf_token": form})
        assert answer.status_code == 404


def test_letters_in_the_mailbox_are_words(demo, kit, world):
    person = world.person("Ana")
    bodies = (WICKED, f'http://127.0.0.1:8000/x"onmouseover="a() {NAME}', "http://127.0.0.1/javascript:alert(1)",
              "http://localhost:8000//evil.example/", "http://localhost/\\evil.example/",
              "http://127.0.0.1@evil.example/x", "http://evil.example/?x", "http://[127.0.0.1/x")  # fmt: skip
    for body in bodies:
        world.add(
            LetterRow(message_id=f"<{public_id()}@x>", person_id=person.id, to=NAME, kind="x", subject=WICKED,
                      body=body, created_at=kit.clock.now())
        )  # fmt: skip
    page = demo.test_client().get("/demo/mailbox")
    assert page.status_code == 200
    assert live(page.get_data()) == []
    assert not re.search(r"""href=["'][/\\]{2}""", page.text)
    assert 'href="http://evil' not in page.text
