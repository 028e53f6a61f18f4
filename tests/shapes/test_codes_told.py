"""Ratings that are no level, on the pages of everybody whom they concern."""

from dataclasses import replace

import pytest

from reviewhub.domain.rubric import DecisionPolicy
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.services.object_to_lock import object_to_lock
from reviewhub.services.open_feedback import open_feedback
from tests.cases import sign_in
from tests.claims.test_pages import page_of, post
from tests.rounds.bench import Bench
from tests.shapes.test_told import SHAPES, words


@pytest.fixture
def bench(world):
    return Bench(world, rubric_from_toml(SHAPES / "codes.toml"))


def scored(bench, a, b):
    round_id = bench.seated()
    comments = {"a": "Nothing can be heard after the first minute.", "b": "Clear from beginning to end."}
    for review in bench.seats(round_id):
        bench.submit(bench.person(review), {"a": a, "b": b}, round_id, **comments)
    bench.pass_undo()
    return round_id


def lead_page(bench, client):
    (feedback,) = bench.feedback("draft")
    open_feedback(bench.kit, bench.actor(bench.people.lead), feedback.public_id)
    sign_in(client, bench.kit, bench.people.lead)
    return words(client, f"/feedback/{feedback.public_id}")


def learner_page(bench, client):
    bench.release()
    sign_in(client, bench.kit, bench.learner)
    return words(client, f"/work/{bench.submission.public_id}/feedback/1")


def coordinator_page(bench, client):
    sign_in(client, bench.kit, bench.people.cora)
    (round_,) = bench.rounds()
    return words(client, f"/coordinate/submissions/{bench.submission.public_id}/decision/{round_.public_id}")


def test_what_could_not_be_scored_names_the_reason_and_the_remedy(bench, client):
    scored(bench, "silent", "best")
    said = lead_page(bench, client)
    assert "First No sound" in said
    assert "Nothing can be heard after the first minute." in said
    assert "No sound: Record it again with the sound switched on." in said
    assert "0 No sound" not in said
    said = learner_page(bench, client)
    assert "could not be scored: No sound" in said
    assert "What we saw here. Do this: What to do." in said
    assert "Something could not be scored, and nothing makes up for that." in said
    assert "points were reached" not in said
    assert "Something could not be scored" in coordinator_page(bench, client)


def test_what_does_not_apply_asks_for_nothing_and_moves_the_cut(bench, client):
    scored(bench, "apart", "good")
    said = lead_page(bench, client)
    assert "1 of 1 criteria met" in said or "1 / 1" in said
    assert "To mend" not in said
    assert said.index("Does not apply") > said.index("Met")
    said = learner_page(bench, client)
    assert "Everything that applies is met." in said
    assert "Does not apply to this work First Does not apply Nobody else took part." in said
    assert "7 points were reached; 6.5 are enough, as not all criteria apply (else 13)." in said
    assert "6.5 are enough" in coordinator_page(bench, client)


def test_where_nothing_applies_nobody_is_told_to_mend_nothing(bench, client):
    scored(bench, "apart", "apart")
    said = lead_page(bench, client)
    assert "Not yet: no criterion applies" in said
    assert "0 criteria to mend" not in words(client, "/feedback")
    said = learner_page(bench, client)
    assert "Not yet: nothing that is asked for applies to this work." in said
    assert "Mend these" not in said
    assert "0 / 0" not in said


def test_where_two_codes_differ_nobody_is_said_to_have_scored_it(bench, client):
    round_id = bench.seated()
    comments = {"a": "Nothing can be heard after the first minute.", "b": "Clear from beginning to end."}
    for review, first in zip(bench.seats(round_id), ("silent", "apart"), strict=True):
        bench.submit(bench.person(review), {"a": first, "b": "good"}, round_id, **comments)
    bench.pass_undo()
    bench.adjudicate(round_id, {"a": "apart", "b": "good"})
    assert "at first not all of them gave a level; the adjudicator decided" in coordinator_page(bench, client)


def test_what_was_met_and_turns_out_not_to_apply_is_explained(world, client):
    """The lead is told that the learner is; so they are."""
    rubric = rubric_from_toml(SHAPES / "codes.toml")
    locking = replace(rubric, policies=replace(rubric.policies, decision=DecisionPolicy()))
    bench = Bench(world, locking)
    scored(bench, "good", "weak")
    bench.release()
    again = bench.seated(number=2)
    seat = bench.seats(again)[0]
    object_to_lock(bench.kit, bench.actor(bench.person(seat)), seat.public_id, "a", "Nobody else is in it.")
    bench.score(again, {"b": "good"}, {"b": "good"})
    bench.adjudicate(again, {"a": "apart", "b": "good"})
    assert (bench.decision(again).outcome, bench.locks()) == ("met", ["b"])
    assert "The learner is told that a third looked again" in lead_page(bench, client)
    bench.release()
    sign_in(client, bench.kit, bench.learner)
    said = words(client, f"/work/{bench.submission.public_id}/feedback/2")
    assert "so a third looked at it again with care, and found that it does not apply to this work" in said


def test_one_to_mend_is_not_these(bench, client):
    scored(bench, "apart", "fair")
    lead_page(bench, client)
    assert "Nothing is met yet. Mend this one." in learner_page(bench, client)


def test_the_assessor_chooses_a_code_and_has_to_say_why(bench, client):
    round_id = bench.seated()
    review = bench.seats(round_id)[0]
    sign_in(client, bench.kit, bench.person(review))
    address = f"/reviews/{review.public_id}"
    said = words(client, address)
    assert "No sound. Record it again with the sound switched on." in said
    form = {"draft_version": "0", "level-a": "silent", "level-b": "best"}
    answer = post(client, f"{address}/submit", page_of(client, address), **form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "First: say what stands in the way, so that the learner can mend it." in text
    assert 'value="silent" checked' in text


def test_the_catalogue_says_what_may_be_given_instead(bench, world, client):
    said = words(client, f"/explore/{world.main_issuer.slug}/{bench.micro.slug}")
    assert "Or, where no level can be given: No sound. Record it again" in said
    assert "It cannot be scored, and you are told what to mend." in said
    assert "It is left out of the result." in said
