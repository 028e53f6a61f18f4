from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from reviewhub.adapters.clock import DemoClock
from reviewhub.app import create_app
from reviewhub.domain.errors import Refused
from reviewhub.models import LetterRow, Person
from reviewhub.queries.demo import CAST, address
from reviewhub.services.ids import public_id
from tests.web.pages import forms_of, submit

pytestmark = pytest.mark.timeout(400)  # the first of them fills the demo, the others wait for it


@pytest.fixture
def demo_client(demo):
    application = create_app(demo.settings)
    yield application.test_client()
    application.extensions["reviewhub"].db.engine.dispose()


def who_am_i(client):
    text = client.get("/account").get_data(as_text=True)
    return next((name for name in CAST.values() if f'value="{name}"' in text), None)


def test_without_a_demo_nothing_of_it_is_there(client):
    assert "Become" not in client.get("/").get_data(as_text=True)
    assert client.get("/").status_code == 200
    assert client.get("/demo/mailbox").status_code == 404
    for path in ("/demo/become/lead", "/demo/become", "/demo/advance"):
        assert client.post(path).status_code in {400, 404}
    assert not any(rule.endpoint.startswith("demo.") for rule in client.application.url_map.iter_rules())
    assert "demo-bar" not in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["http://reviewhub.example", "http://192.0.2.7:8000", "http://0.0.0.0:8000"]
)
def test_a_demo_within_reach_of_others_does_not_start(settings, clock, address):
    with pytest.raises(Refused, match="stays on this machine"):
        create_app(replace(settings, demo=True, public_url=address), clock)


def test_names_that_only_lead_here_find_nothing(demo_client):
    assert demo_client.get("/", headers={"Host": "rebound.example"}).status_code == 404
    assert demo_client.get("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 404
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        assert demo_client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("who", CAST)
def test_one_click_signs_in_and_leads_to_the_task(demo_client, who):
    page = demo_client.get("/").get_data(as_text=True)
    assert "See blind double scoring in 3 minutes" in page
    answer = submit(demo_client, "/", f"/demo/become/{who}")
    assert answer.status_code == 303
    task = demo_client.get(answer.location)
    assert task.status_code == 200
    assert "demo-bar" in task.get_data(as_text=True)
    assert who_am_i(demo_client) == CAST[who]


def test_the_bar_switches_on_any_page(demo_client):
    submit(demo_client, "/", "/demo/become/learner")
    answer = submit(demo_client, "/work", "/demo/become", who="coordinator")
    assert answer.location == "/home"
    assert who_am_i(demo_client) == CAST["coordinator"]


def test_nobody_outside_the_demo_can_be_become(demo_client, demo):
    with demo.write() as tx:
        tx.session.add(Person(public_id=public_id(), email="own@people.example", created_at=tx.now))
    for who in ("own", "own@people.example", "", "nobody"):
        assert submit(demo_client, "/", "/demo/become", who=who).status_code == 404


def test_a_task_leads_nowhere_else(demo_client):
    answer = submit(demo_client, "/", "/demo/become/lead", next="https://elsewhere.example/")
    assert answer.location == "/home"


def test_the_clock_moves_to_the_next_working_day(demo_client, demo):
    assert isinstance(demo.clock, DemoClock)
    before = demo.clock.now()
    for _ in range(5):
        day = demo.clock.now().date()
        answer = submit(demo_client, "/", "/demo/advance")
        assert answer.status_code == 303
        after = demo.clock.now().date()
        assert after.weekday() < 5
        assert timedelta(days=1) <= after - day <= timedelta(days=3)
    assert "It is now" in demo_client.get("/").get_data(as_text=True)
    assert demo.clock.now() - before >= timedelta(days=5)


def test_letters_are_there_newest_first_with_links_to_follow(demo_client, demo):
    with demo.write() as tx:
        tx.session.add(
            LetterRow(
                message_id="<one@demo>",
                to=address(CAST["lead"]),
                kind="test",
                subject="A <b>bold</b> subject",
                body="Look:\nhttp://127.0.0.1:8999/feedback?x=1&y=2.\nNot https://elsewhere.example/ <i>",
                created_at=datetime.now(UTC),
            )
        )
    page = demo_client.get("/demo/mailbox").get_data(as_text=True)
    assert page.index("A &lt;b&gt;bold&lt;/b&gt; subject") < page.index("Arrived safely")
    assert '<a href="/feedback?x=1&amp;y=2">http://127.0.0.1:8999/feedback?x=1&amp;y=2</a>.' in page
    assert 'href="https://elsewhere' not in page
    form = next(
        f for f in forms_of(demo_client.get("/demo/mailbox")) if f["action"] == "/demo/become/leyla.demir"
    )
    assert form["fields"]["next"] == "/feedback?x=1&y=2"


def test_the_mailbox_is_paged_and_can_be_one_persons(demo_client, demo):
    with demo.read() as session:
        wanted = len(session.exec(select(LetterRow.id).where(LetterRow.to == address(CAST["lead"]))).all())
    url, seen = f"/demo/mailbox?to={address(CAST['lead'])}", 0
    while url:
        page = demo_client.get(url).get_data(as_text=True)
        seen += page.count('class="card letter"')
        url = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == wanted
    assert demo_client.get("/demo/mailbox?before=x").status_code == 200
    assert demo_client.get("/demo/mailbox?before=" + "9" * 30).status_code == 200


def test_before_the_world_is_there_the_page_still_answers(empty):
    application = create_app(empty.settings)
    assert application.test_client().get("/").status_code == 200
    application.extensions["reviewhub"].db.engine.dispose()
