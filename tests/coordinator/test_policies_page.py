"""New policies on a coordinator's pages: who still uses the old ones, what each choice touches, once."""

import pytest

from reviewhub.domain.rubric import AgreementPolicy, EligibilityPolicy, Policies
from reviewhub.models import PolicyChange
from tests.assessor.desk import GOOD
from tests.cases import sign_in
from tests.rounds.bench import Bench
from tests.rounds.shipping import CLOSE, LENIENT, ship
from tests.web.pages import forms_of


@pytest.fixture
def bench(world):
    return Bench(world)


@pytest.fixture
def cora(bench, client):
    return sign_in(client, bench.kit, bench.people.cora)


def text(client, url):
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def address(bench):
    return f"/coordinate/policies/{bench.micro.public_id}/1.0"


def send(client, bench, **typed):
    (form,) = [f for f in forms_of(client.get(address(bench))) if "to" in f["fields"]]
    return client.post(address(bench), data=form["fields"] | typed)


@pytest.mark.usefixtures("cora")
def test_the_overview_says_who_still_uses_the_old_ones_until_it_is_decided(bench, client):
    bench.disputed(GOOD, CLOSE)
    assert "New policies" not in text(client, "/coordinate")
    ship(bench, LENIENT)
    html = text(client, "/coordinate")
    assert "New policies for Small" in html
    assert "One running submission still uses the old ones." in html
    reply = send(client, bench, choice="recalculate", reason="The board decided.")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/coordinate")
    html = text(client, "/coordinate")
    assert "Being done: 0 of 1 submissions." in html
    assert address(bench) not in html
    bench.run()
    assert "New policies" not in text(client, "/coordinate").replace("new policies", "")
    assert client.get(address(bench)).status_code == 404
    record = text(client, f"/coordinate/submissions/{bench.submission.public_id}")
    assert "Judged by new policies from here on" in record


@pytest.mark.usefixtures("cora")
def test_the_page_says_the_difference_and_what_each_choice_touches(bench, client):
    bench.disputed(GOOD, CLOSE)
    ship(bench, LENIENT)
    html = text(client, address(bench))
    for words in (
        "One running submission still uses version 1.0; new ones use 2.0.",
        "Was only on the very same level, is also on levels close to each other.",
        "Nothing changes for them.",
        "One round is judged again from the sheets that are there; nobody scores again.",
        "In one of them an adjudicator is asked anew if the seats still disagree.",
        "One round ends without a result, and a fresh one opens.",
        "The 2 sheets that were handed in stay on record and count no more.",
        "One open review is taken back; its assessor is told so, not why.",
    ):
        assert words in html
    assert "Lee Learner" not in html


@pytest.mark.usefixtures("cora")
def test_where_the_number_of_seats_differs_it_says_why_it_cannot_be_recalculated(bench, client):
    bench.decided()
    ship(bench, Policies(eligibility=EligibilityPolicy(seats=3)))
    html = text(client, address(bench))
    assert "The number of seats differs (2 and 3)" in html
    assert 'value="recalculate"' not in html
    reply = send(client, bench, choice="recalculate", reason="All the same.")
    assert reply.status_code == 409
    assert not bench.all(PolicyChange)


@pytest.mark.usefixtures("cora")
def test_what_was_typed_is_kept_when_something_is_missing(bench, client):
    bench.decided()
    ship(bench, LENIENT)
    reply = send(client, bench, reason="The board decided.")
    assert reply.status_code == 422
    assert "The board decided." in reply.get_data(as_text=True)
    reply = send(client, bench, choice="clear", reason=" ")
    assert reply.status_code == 422
    assert "Say why" in reply.get_data(as_text=True)


@pytest.mark.usefixtures("cora")
def test_who_looks_at_a_version_that_is_not_the_newest_any_more_is_shown_that_one(bench, client):
    bench.decided()
    ship(bench, LENIENT)
    (form,) = [f for f in forms_of(client.get(address(bench))) if "to" in f["fields"]]
    ship(bench, Policies(agreement=AgreementPolicy("within", 2)), "2.1")
    reply = client.post(address(bench), data=form["fields"] | {"choice": "keep", "reason": "So be it."})
    assert reply.status_code == 409
    html = reply.get_data(as_text=True)
    assert "A still newer version has come out" in html
    assert "new ones use 2.1" in html
