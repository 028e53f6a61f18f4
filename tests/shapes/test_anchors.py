"""The learner says where to look, from the form to a decision; nobody learns from it who it is."""

import html
import re
from pathlib import Path

import pytest

from reviewhub.domain.errors import Invalid
from reviewhub.models import Submission
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.services.evidence import Answer, mark, save_answers
from reviewhub.services.next_attempt import start_next
from reviewhub.services.submit import submit
from tests.cases import sign_in
from tests.learner.story import Story
from tests.rounds.bench import Bench

FILE = Path(__file__).parent / "anchors.toml"
WHERE = "Second heading, the paragraph on weather"


@pytest.fixture
def bench(world):
    made = Bench(world, rubric_from_toml(FILE))
    made.story = Story.begin(world.kit, made.actor(made.learner), made.micro)
    made.submission = made.one(Submission, Submission.public_id == made.story.id)
    made.story.write("report", "I mended nets for a week and wrote down what tore them.")
    return made


def point(bench, text, was="", requirement="report", criterion="a"):
    answer = Answer(requirement, text, mark(was), criterion_id=criterion)
    return save_answers(bench.kit, bench.story.actor, bench.story.id, [answer])


def send(bench):
    submit(bench.kit, bench.story.actor, bench.story.id, bench.attempt().version, attested=True)
    bench.run()


def words(client, address):
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))))


def test_from_where_to_look_to_a_decision(bench, client):
    with pytest.raises(Invalid, match="Report: say where to look for “First”"):
        send(bench)
    point(bench, WHERE)
    send(bench)
    round_id = bench.rounds()[-1].id
    review, _ = bench.seats(round_id)
    sign_in(client, bench.kit, bench.person(review))
    said = words(client, f"/reviews/{review.public_id}")
    assert f"The learner says: 1 · Report : {WHERE}" in said
    assert said.count("Not given: Log") == 1
    bench.score(round_id, {"a": "vague", "b": "clear"}, {"a": "vague", "b": "clear"})
    assert bench.decision(round_id).outcome == "not_yet"
    bench.release()
    start_next(bench.kit, bench.story.actor, bench.story.id)
    assert bench.attempt().anchors == {"a": {"report": WHERE}}


def test_a_name_in_it_is_not_sent(bench):
    point(bench, "See what Learner wrote on page 2")
    with pytest.raises(Invalid, match="has “Learner” in it"):
        send(bench)
    point(bench, "Page 2", was="See what Learner wrote on page 2")
    send(bench)


def test_nothing_is_overwritten_and_nothing_unasked_is_taken(bench):
    point(bench, WHERE)
    assert len(point(bench, "Elsewhere").stale) == 1
    for where in ({"criterion": "b"}, {"requirement": "nothing"}):
        with pytest.raises(Invalid, match="no such field"):
            point(bench, "Page 1", **where)
    with pytest.raises(Invalid, match="200 characters at most"):
        point(bench, "x" * 201, was=WHERE)
    assert bench.attempt().anchors == {"a": {"report": WHERE}}


def test_the_form_asks_and_keeps_it(bench, client):
    sign_in(client, bench.kit, bench.learner)
    address = f"/work/{bench.story.id}/evidence"
    said = client.get(address).get_data(as_text=True)
    assert "Where to look for “First”" in said
    assert "Where to look for “Second”" not in said
    token = said.partition('name="csrf_token" value="')[2].partition('"')[0]
    was = re.search(r'name="was.anchor.report.a" value="(\w*)"', said)[1]
    form = {"csrf_token": token, "anchor.report.a": f" {WHERE} ", "was.anchor.report.a": was}
    part = client.post(address, data={**form, "autosave": "1"}, headers={"HX-Request": "true"})
    assert "Saved" in part.get_data(as_text=True)
    assert f'value="{WHERE}"' in html.unescape(client.get(address).get_data(as_text=True))
    stale = client.post(address, data={**form, "anchor.report.a": "Page 9"})
    assert stale.status_code == 409
    assert "Saved from another window" in stale.get_data(as_text=True)
