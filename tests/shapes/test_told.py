"""Where points decide, everybody whom it concerns is told the sum, and how a third score counted."""

import html
import re
from pathlib import Path

import pytest

from reviewhub.plugin_api import rubric_from_toml
from reviewhub.services.open_feedback import open_feedback
from tests.cases import sign_in
from tests.rounds.bench import Bench

SHAPES = Path(__file__).parent


@pytest.fixture
def bench(world):
    """Both found the same, two and a half points below the cut."""
    made = Bench(world, rubric_from_toml(SHAPES / "near-cut.toml"))
    round_id = made.seated()
    made.score(round_id, {"a": "good", "b": "fair"}, {"a": "good", "b": "fair"})
    return made


def words(client, address):
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))))


def test_the_learner_is_told_how_far_it_was(bench, client):
    bench.release()
    sign_in(client, bench.kit, bench.learner)
    said = words(client, f"/work/{bench.submission.public_id}/feedback/1")
    assert (
        "The points of all criteria have to reach the cut. 11 points were reached; 13.5 are enough." in said
    )


def test_the_coordinator_and_the_lead_are_told(bench, client):
    (feedback,) = bench.feedback("draft")
    open_feedback(bench.kit, bench.actor(bench.people.lead), feedback.public_id)
    sign_in(client, bench.kit, bench.people.lead)
    assert "11 points were reached; 13.5 are enough." in words(
        client, f"/feedback/{feedback.public_id}/decision"
    )
    (round_,) = bench.rounds()
    sign_in(client, bench.kit, bench.people.cora)
    address = f"/coordinate/submissions/{bench.submission.public_id}/decision/{round_.public_id}"
    assert "11 points were reached; 13.5 are enough." in words(client, address)


def test_near_the_cut_the_page_says_so_and_how_the_third_counted(world, client):
    bench = Bench(world, rubric_from_toml(SHAPES / "near-cut.toml"))
    round_id = bench.seated()
    bench.score(round_id, {"a": "good", "b": "good"}, {"a": "good", "b": "good"})
    bench.adjudicate(round_id, {"a": "fair", "b": "good"})
    sign_in(client, bench.kit, bench.people.cora)
    address = (
        f"/coordinate/submissions/{bench.submission.public_id}/decision/{bench.round(round_id).public_id}"
    )
    said = words(client, address)
    assert "at first the sum was close to the cut; the level in the middle counts" in said
    assert "14 points were reached; 13.5 are enough." in said
