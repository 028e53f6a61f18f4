"""Doubts in the workspace, and what an assessor learns once their own sheet is final; without scripts."""

import re

import pytest
from sqlmodel import col

from reviewhub.models import Alias, Attempt, CleanCopy, Feedback, FileGrant, LetterRow, Objection, Review
from reviewhub.services.release import Said
from reviewhub.services.release import release as releasing
from tests.assessor.desk import WEAK
from tests.assessor.doubting import DOUBT, both_clear, doubt, give, second_attempt
from tests.assessor.pages import post
from tests.web.pages import submit, without_tokens


def page(client, review):
    return without_tokens(client.get(f"/reviews/{review.public_id}"))


def test_a_doubt_is_raised_and_taken_back_and_what_was_typed_beside_it_is_kept(desk, browse):
    second_attempt(desk)
    client, review = browse(desk.people.ana), desk.review(desk.people.ana)
    assert "I doubt this" in page(client, review)
    wrong = post(client, review, "doubts/audience", level__goal="clear", comment__goal="A figure.")
    assert wrong.status_code == 422
    assert "A figure." in wrong.get_data(as_text=True)
    assert desk.all(Objection) == []
    typed = {"level__goal": "clear", "comment__goal": "A figure.", "doubt__audience": DOUBT}
    assert post(client, review, "doubts/audience", **typed).status_code == 303
    html = page(client, review)
    assert f"You doubt this: {DOUBT}" in html
    assert re.search(r'name="level-goal" value="clear"[^>]* checked', html)
    assert post(client, review, "doubts/audience/take-back").status_code == 303
    assert "You doubt this" not in page(client, review)
    assert desk.one(Objection).outcome == "dropped"


def test_after_the_sheet_is_in_it_can_be_taken_back_until_it_is_final(desk, browse):
    round_id = second_attempt(desk)
    doubt(desk, desk.people.ana)
    desk.submit(desk.people.ana, {"goal": "clear"}, round_id)
    client, review = browse(desk.people.ana), desk.review(desk.people.ana)
    html = page(client, review)
    assert "You doubt this" in html
    assert "I doubt this" not in html
    assert submit(client, f"/reviews/{review.public_id}", "/take-back").status_code == 303
    assert desk.one(Objection).outcome == "dropped"


def test_the_other_seat_sees_nothing_of_a_doubt(desk, browse):
    second_attempt(desk)
    before = page(browse(desk.people.ben), desk.review(desk.people.ben))
    doubt(desk, desk.people.ana)
    after = page(browse(desk.people.ben), desk.review(desk.people.ben))
    plain = [re.sub(r"[\w-]+\.[\w-]{6}\.[\w-]{27}", "", html) for html in (before, after)]
    assert plain[0] == plain[1]


@pytest.fixture
def doubted(desk):
    """The plan was replaced in attempt 2; the lock on the audience rests on the old one, and is doubted."""
    desk.arrive()
    give(desk, 1, plan="old", why="Because.")
    desk.run()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    round_id = desk.arrive(number=2)
    give(desk, 2, plan="new", why="Because.")
    desk.run()
    doubt(desk, desk.people.ana)
    both_clear(desk, round_id)
    return round_id


def test_the_adjudicator_scores_it_blind_with_what_it_rests_on_then_reads_why_it_is_doubted(
    desk, browse, doubted
):
    client, review = browse(desk.people.lead), desk.review(desk.people.lead)
    html = page(client, review)
    assert 'name="level-audience"' in html
    assert 'name="level-honest"' not in html
    assert DOUBT not in html
    assert "I doubt this" not in html
    assert "earlier version" in html
    assert html.count("· Why") >= 1, "the text did not change, so it is shown once"
    assert post(client, review, "submit", level__goal="clear", level__audience="vague").status_code == 303
    html = page(client, review)
    assert DOUBT in html
    assert "the lock stands" in html
    assert html.count("Seat A") == 1, "only what both seats scored has their levels"


def test_an_adjudicator_who_is_no_lead_may_open_what_a_doubted_lock_rests_on(desk, world, browse, doubted):
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    attempt = desk.one(Attempt, Attempt.number == 1)
    (old,) = [c for c in desk.all(CleanCopy) if c.key == f"clean/plan-{attempt.id}"]
    assert browse(cara).get(f"/files/{old.public_id}").status_code == 404
    lead = desk.review(desk.people.lead)
    with desk.kit.write() as tx:
        tx.session.get_one(Review, lead.id).assessor_id = cara.id
    assert browse(cara).get(f"/files/{old.public_id}").status_code == 302
    assert desk.all(FileGrant, FileGrant.person_id == cara.id)


def test_once_final_the_own_page_says_what_came_before_and_not_a_moment_sooner(desk, browse):
    desk.arrive()
    give(desk, 1, plan="old", why="We met twice.")
    desk.run()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    client, first = browse(desk.people.ana), desk.review(desk.people.ana)
    assert "This was the first attempt." in page(client, first)
    release(desk)
    round_id = desk.arrive(number=2)
    attempt = give(desk, 2, plan="new", why="We met three times.")
    with desk.kit.write() as tx:
        tx.session.get_one(Attempt, attempt.id).change_note = "I counted again."
    desk.run()
    review = desk.review(desk.people.ana, round_id)
    secrets = ("I counted again.", "What came before", "attempt 2", 'chip mend">Vague', "taken out")
    for then in ("offered", "submitted"):
        html = page(client, review)
        for secret in secrets:
            assert secret not in html, (then, secret)
        if then == "offered":
            desk.submit(desk.people.ana, {"goal": "tested"}, round_id)
    desk.kit.clock.move(seconds=desk.kit.settings.undo_seconds)
    html = page(client, review)
    assert "attempt 2" in html
    assert "I counted again." in html
    assert "<ins>" in html
    assert "three times." in html
    assert re.search(r"Goal</span><span class=\"chip mend\">Vague", html)
    assert desk.round(round_id).state == "scoring", "whatever the other seat does"


def release(desk):
    with desk.kit.write() as tx:
        row = tx.session.get_one(Feedback, desk.all(Feedback)[-1].id)
        row.state, row.released_at = "released", tx.now


@pytest.mark.parametrize("note", ["I, Lee, counted again.", "I redid holiday-plan.pdf"])
def test_a_note_with_the_learners_name_or_a_files_is_not_passed_on(desk, browse, note):
    desk.arrive()
    give(desk, 1, plan="old")
    desk.run()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    round_id = desk.arrive(number=2)
    attempt = give(desk, 2, plan="new")
    with desk.kit.write() as tx:
        tx.session.get_one(Attempt, attempt.id).change_note = note
    desk.run()
    desk.submit(desk.people.ana, {"goal": "tested"}, round_id)
    desk.kit.clock.move(seconds=desk.kit.settings.undo_seconds)
    html = page(browse(desk.people.ana), desk.review(desk.people.ana, round_id))
    assert note not in html
    assert "is not shown" in html
    for secret in (
        "Lee",
        "holiday-plan",
        desk.all(Alias, col(Alias.viewer_id) != desk.people.ana.id)[0].name,
    ):
        assert secret not in html


def test_lead_and_learner_read_of_a_lifted_lock_each_in_their_words(desk, browse, doubted):
    levels = {"goal": "clear", "audience": "vague"}
    desk.submit(desk.people.lead, levels)
    desk.submit(desk.people.lead, levels, audience="We could not find who was asked.")
    desk.pass_undo()
    feedback = desk.all(Feedback)[-1]
    html = browse(desk.people.lead).get(f"/feedback/{feedback.public_id}").get_data(as_text=True)
    assert "It was doubted, and the adjudicator found it not met." in html
    assert "What changed in the evidence" in html
    assert "holiday-plan" not in html
    said = {item["criterion"]: Said(item["saw"], item["do"]) for item in feedback.items}
    releasing(desk.kit, desk.actor(desk.people.lead), feedback.public_id, feedback.version, said, "")
    letter = desk.all(LetterRow, LetterRow.kind == "feedback_released")[-1]
    assert "What is met stays met" not in letter.body
    html = browse(desk.learner).get(f"/work/{desk.submission.public_id}/feedback/2").get_data(as_text=True)
    assert "This was met before. An assessor was not sure" in html
    assert "We could not find who was asked." in html
    assert "Mend this one." in html
    assert DOUBT not in html


def test_nobody_hears_of_a_doubt_that_came_to_nothing(desk, browse, doubted):
    levels = {"goal": "clear", "audience": "clear"}
    for _ in range(2):
        desk.submit(desk.people.lead, levels)
    desk.pass_undo()
    feedback = desk.all(Feedback)[-1]
    releasing(desk.kit, desk.actor(desk.people.lead), feedback.public_id, feedback.version, {}, "")
    html = browse(desk.learner).get(f"/work/{desk.submission.public_id}/feedback/2").get_data(as_text=True)
    assert "not sure" not in html
    assert html.count("met before") == 3
    assert ">holiday-plan.pdf</a> of attempt 1" in html or "holiday-plan.pdf of attempt 1" in html
