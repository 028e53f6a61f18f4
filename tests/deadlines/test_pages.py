"""The pages of deadlines, as a browser without scripts uses them."""

from dataclasses import replace

import pytest

from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.models import Extension, Review, Submission
from reviewhub.services.start import start
from tests.cases import sign_in
from tests.deadlines.days import DAY, day
from tests.deadlines.test_work import revised
from tests.learner.story import Story
from tests.rubrics import small_rubric
from tests.web.pages import forms_of

LATER = "2026-11-18"


@pytest.fixture
def review(desk):
    return desk.all(Review, Review.round_id == desk.seated())[0]


@pytest.fixture
def person(desk, review):
    return next(p for p in vars(desk.people).values() if p.id == review.assessor_id)


def text(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return " ".join(answer.get_data(as_text=True).split())


def send(client, page, **typed):
    """Fill the form that posts to its own page, and send it."""
    form = next(f["fields"] for f in forms_of(client.get(page)) if f["action"] == "" and f["fields"])
    return client.post(page, data={**form, **typed})


def now(desk, review):
    return desk.one(Review, Review.id == review.id)


def test_more_time_is_asked_for_and_given(desk, client, kit, review, person):
    own = f"/reviews/{review.public_id}/more-time"
    sign_in(client, kit, person)
    assert "I need more time" in text(client, f"/reviews/{review.public_id}")
    form = text(client, own)
    assert 'value="2026-11-16"' in form  # three working days after the one that stands
    answer = send(client, own, until=LATER, why="I am ill.")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/reviews/{review.public_id}")
    assert "you asked for Wed 18 Nov" in text(client, f"/reviews/{review.public_id}")

    sign_in(client, kit, desk.people.cora)
    page = text(client, "/coordinate")
    assert "More time" in page
    assert "asks for time until Wed 18 Nov" in page
    assert "I am ill." in page
    give = f"/coordinate/submissions/{desk.submission.public_id}/seats/{review.public_id}/more-time"
    assert give in page
    assert give in text(client, f"/coordinate/submissions/{desk.submission.public_id}")
    assert 'value="2026-11-18"' in text(client, give)
    wrong = send(client, give, day="2026-11-14", reason="Ill.", verdict="extend")
    assert wrong.status_code == 422
    assert "Nobody works on that day" in wrong.get_data(as_text=True)
    assert 'value="2026-11-14"' in wrong.get_data(as_text=True)
    assert send(client, give, day=LATER, reason="Ill.", verdict="extend").status_code == 303
    assert now(desk, review).due_on == day(LATER)
    page = text(client, f"/coordinate/submissions/{desk.submission.public_id}")
    assert f"{person.name} has more time" in page
    assert "asks for time until" not in text(client, "/coordinate")


def test_the_day_may_stand(desk, client, kit, review, person):
    sign_in(client, kit, person)
    send(client, f"/reviews/{review.public_id}/more-time", until=LATER, why="I am ill.")
    sign_in(client, kit, desk.people.cora)
    give = f"/coordinate/submissions/{desk.submission.public_id}/seats/{review.public_id}/more-time"
    assert send(client, give, reason="", verdict="decline").status_code == 422
    assert send(client, give, reason="Too late.", verdict="decline").status_code == 303
    assert (desk.one(Extension).state, now(desk, review).due_on) == ("refused", day("2026-11-11"))
    again = send(client, give, reason="Too late.", verdict="decline")
    assert again.status_code == 409


@pytest.mark.parametrize("typed", [{"until": "soon"}, {"until": ""}, {"until": "2026-11-10"}, {"why": ""}])
def test_what_was_typed_is_kept(desk, client, kit, review, person, typed):
    sign_in(client, kit, person)
    data = {"until": LATER, "why": "I am ill.", **typed}
    answer = send(client, f"/reviews/{review.public_id}/more-time", **data)
    assert answer.status_code == 422
    for value in data.values():
        assert f'value="{value}"' in answer.get_data(as_text=True)


def test_after_the_sheet_there_is_nothing_to_ask(desk, client, kit, review, person):
    desk.submit(person, round_id=review.round_id)
    sign_in(client, kit, person)
    answer = client.get(f"/reviews/{review.public_id}/more-time")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/reviews/{review.public_id}")
    sign_in(client, kit, desk.people.cora)
    give = f"/coordinate/submissions/{desk.submission.public_id}/seats/{review.public_id}/more-time"
    assert "not open any more" in text(client, give)


def test_a_learner_reads_until_when_it_is_kept(desk, client, kit, days):
    pid = start(kit, desk.actor(desk.learner), "harbor", desk.micro.slug)
    sign_in(client, kit, desk.learner)
    page = text(client, f"/work/{pid}")
    assert "Kept until Sat 1 May 2027; any change moves that day on." in page
    assert "no deadline" not in page
    days.pass_to(day("2027-05-02"))
    sign_in(client, kit, desk.learner)
    page = text(client, f"/work/{pid}")
    assert "ended without a result" in page
    assert "/explore/harbor/small" in page


def test_without_idle_days_no_day_is_said(desk, client, kit, days):
    days.practice(idle_days=0)
    pid = start(kit, desk.actor(desk.learner), "harbor", desk.micro.slug)
    sign_in(client, kit, desk.learner)
    assert "Kept until" not in text(client, f"/work/{pid}")


def test_attempts_used_up_are_seen_and_one_more_is_allowed(desk, client, kit, days):
    policies = Policies(decision=DecisionPolicy(attempts=2))
    desk.micro = desk.world.micro_credential(replace(small_rubric(policies=policies), slug="limited"))
    for scorer in (desk.people.ana, desk.people.ben):
        desk.world.qualify(scorer, desk.micro)
    story = Story.begin(kit, desk.actor(desk.learner), desk.micro)
    revised(desk, story)
    sign_in(client, kit, desk.learner)
    page = text(client, f"/work/{story.id}")
    assert "All 2 attempts that this micro-credential allows are used." in page
    assert "ask Dana Field" in page
    assert "Otherwise it ends without a result after" in page
    assert "attempt 3" not in page

    sign_in(client, kit, desk.people.cora)
    allow = f"/coordinate/submissions/{story.id}/allow-attempt"
    assert "Attempts used up" in text(client, "/coordinate")
    assert allow in text(client, "/coordinate")
    assert allow in text(client, f"/coordinate/submissions/{story.id}")
    assert send(client, allow, reason="").status_code == 422
    assert send(client, allow, reason="It was unclear.").status_code == 303
    assert "Attempts used up" not in text(client, "/coordinate")
    assert allow not in text(client, f"/coordinate/submissions/{story.id}")
    assert "One more attempt is allowed" in text(client, f"/coordinate/submissions/{story.id}")

    sign_in(client, kit, desk.learner)
    assert "are used" not in text(client, f"/work/{story.id}")
    days.pass_to(days.today() + 181 * DAY)
    assert desk.one(Submission).state == "lapsed"
