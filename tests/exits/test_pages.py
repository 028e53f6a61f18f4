"""The exits as a browser without scripts uses them: assessor, coordinator, learner, lead."""

import html
import re
from datetime import timedelta

import pytest

from reviewhub.models import Attempt, Concern, Feedback, Person, Reveal, Review, Submission
from reviewhub.services.exclude import declare_known
from reviewhub.services.hand_back import hand_back
from tests.assessor.desk import WEAK
from tests.exits.seats import concern, piece, seated, two
from tests.web.pages import forms_of, submit


@pytest.fixture
def first(desk, round_id):
    return two(desk, round_id)[0]


def text(answer):
    assert answer.status_code in {200, 422}, answer.status_code
    body = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).split("<main")[1])
    return " ".join(html.unescape(body).split())


def send(client, page, **typed):
    """Fill the form that posts to its own page, and send it."""
    form = next(f for f in forms_of(client.get(page)) if f["action"] in {"", page})
    return client.post(page, data={**form["fields"], **typed})


def test_all_ways_out_are_in_one_place(desk, browse, first, round_id):
    client, review = browse(first), desk.review(first, round_id).public_id
    bar = client.get(f"/reviews/{review}").get_data(as_text=True).split("<main")[0]
    for words in ("Something in the way?", "I know this person", "cannot-open", "/wrong", "hand-back"):
        assert words in bar
    assert "None of these costs the learner an attempt" in bar


def test_whoever_stepped_aside_reads_that_nothing_is_left_to_do(desk, browse, first, round_id):
    review = desk.review(first, round_id).public_id
    declare_known(desk.kit, desk.actor(first), review)
    answer = browse(first).get(f"/reviews/{review}")
    assert answer.status_code == 404
    assert "There is nothing left for you to do here." in answer.get_data(as_text=True)
    other = next(p for p in two(desk, round_id) if p.id != first.id)
    assert "nothing left for you" not in browse(other).get(f"/reviews/{review}").get_data(as_text=True)


def test_a_piece_cannot_be_opened(desk, browse, cora, first, round_id):
    piece(desk)
    client, page = browse(first), f"/reviews/{desk.review(first, round_id).public_id}"
    asked = send(client, f"{page}/cannot-open", note="The second page is black.")
    assert asked.status_code == 422
    assert "Say which piece it is." in text(asked)
    assert "The second page is black." in text(asked), "what was typed is there"
    assert "holiday" not in text(asked)
    done = send(client, f"{page}/cannot-open", piece="1", note="The second page is black.")
    assert done.status_code == 303
    shown = text(client.get(page))
    assert "With a coordinator since" in shown
    assert "The second page is black." in shown
    assert "With a coordinator: the day stands still" in text(client.get("/queue"))
    again = send(client, f"{page}/cannot-open", piece="1", note="The second page is black.")
    assert again.status_code == 303
    assert len(desk.all(Concern)) == 1
    answering = browse(desk.people.cora)
    listed = text(answering.get("/coordinate"))
    assert "Something is in the way 1" in listed
    assert "The second page is black." in listed
    at = f"/coordinate/concerns/{desk.one(Concern).public_id}"
    seen = text(answering.get(at))
    for words in ("holiday-lee.pdf", first.name, "Give it back to the learner", "Put it on hold"):
        assert words in seen
    refused = send(answering, at, outcome="carry_on", reply="Ask Lee about it.")
    assert refused.status_code == 422
    assert "This may tell the assessor who somebody is: “Lee”" in text(refused)
    assert "Ask Lee about it." in text(refused)
    fields = next(f for f in forms_of(refused) if f["action"] == at)["fields"]
    sent = answering.post(at, data={**fields, "outcome": "carry_on", "reply": "Score the rest."})
    assert sent.status_code == 303
    assert "Score the rest." in text(client.get(page))
    assert "Asked and answered" in text(answering.get(sent.location))


def test_something_is_wrong_and_now_they_know_who_it_is(desk, browse, first, round_id):
    client, page = browse(first), f"/reviews/{desk.review(first, round_id).public_id}"
    assert send(client, f"{page}/wrong", note="Hm.").status_code == 422
    done = send(client, f"{page}/wrong", kind="name_shown", note="A signature.", knows="yes")
    assert (done.status_code, done.location) == (303, "/queue")
    assert client.get(page).status_code == 404
    assert desk.one(Concern).kind == "name_shown"


def test_danger_stands_first(desk, browse, first, round_id):
    concern(desk, first, round_id, "copying", "As in a book.")
    concern(desk, first, round_id, "danger", "They write of a knife.")
    listed = text(browse(desk.people.cora).get("/coordinate"))
    assert listed.index("knife") < listed.index("As in a book")
    assert "look at once" in listed
    case = text(browse(desk.people.cora).get(f"/coordinate/submissions/{desk.submission.public_id}"))
    assert "Nothing is resolved or released before you have answered." in case
    assert "knife" in case, "the record has it"


def test_given_back_the_learner_reads_what_to_mend(desk, browse, first, round_id):
    said = concern(desk, first, round_id)
    at = f"/coordinate/concerns/{said.public_id}"
    client = browse(desk.people.cora)
    with desk.kit.write() as tx:
        tx.session.get_one(Attempt, 1).sent_at = tx.now
    desk.kit.clock.move(hours=1)
    wrong = send(client, at, outcome="given_back", reply="It went back.")
    assert "Say what the learner has to mend." in text(wrong)
    assert (
        send(client, at, outcome="given_back", reply="It went back.", mend="Cover the name.").status_code
        == 303
    )
    learner, pid = browse(desk.learner), desk.submission.public_id
    for page in (f"/work/{pid}", f"/work/{pid}/evidence"):
        shown = text(learner.get(page))
        assert "Cover the name." in shown
        assert "It went back." not in shown
        assert "same garden" not in shown, "what the assessor wrote is not for the learner"
    assert "does not count as an attempt" in text(learner.get(f"/work/{pid}"))
    mine = text(browse(first).get("/reviews"))
    assert "No longer needed from you" in mine


def test_hand_back_and_the_ledger(desk, browse, first, round_id):
    client, page = browse(first), f"/reviews/{desk.review(first, round_id).public_id}"
    assert "Somebody else scores it" in text(client.get(f"{page}/hand-back"))
    done = send(client, f"{page}/hand-back", word="I am ill.")
    assert (done.status_code, done.location) == (303, "/queue")
    assert "You handed it back" in text(client.get("/reviews"))
    record = text(browse(desk.people.cora).get(f"/coordinate/submissions/{desk.submission.public_id}"))
    assert "handed the review back" in record
    assert "I am ill." in record


def test_a_sheet_that_is_in_has_no_way_back(desk, browse, first, round_id):
    desk.submit(first, WEAK, round_id)
    client, page = browse(first), f"/reviews/{desk.review(first, round_id).public_id}"
    for way in ("cannot-open", "wrong", "hand-back"):
        assert client.get(f"{page}/{way}").status_code == 303
    assert "cannot-open" not in client.get(page).get_data(as_text=True)


def test_the_ledger_hides_what_ended_while_a_later_one_is_scored(desk, browse, first, round_id):
    """Two lines of the same alias would say that it comes again."""
    hand_back(desk.kit, desk.actor(first), desk.review(first, round_id).public_id)
    assert "You handed it back" in text(browse(first).get("/reviews"))
    other = desk.review(two(desk, round_id)[0], round_id)
    with desk.kit.write() as tx:
        tx.session.get_one(Review, other.id).assessor_id = first.id
    assert "You handed it back" not in text(browse(first).get("/reviews"))


def test_away_and_hand_over(desk, browse, first, round_id):
    client = browse(first)
    assert "one review that you have not begun" in text(client.get("/away"))
    wrong = submit(client, "/away", "/away", until="yesterday")
    assert wrong.status_code == 422
    assert "“yesterday” is not a day" in text(wrong)
    until = (desk.kit.clock.now() + timedelta(14)).date()
    assert submit(client, "/away", "/away", until=until.isoformat()).status_code == 303
    assert "You are away until" in text(client.get("/away"))
    assert submit(client, "/away", "/hand-over").status_code == 303
    assert first.id not in seated(desk, round_id)
    assert "Nothing waits for you." in text(client.get("/away"))
    person = text(browse(desk.people.cora).get(f"/coordinate/people/{first.public_id}"))
    assert "away until" in person
    assert client.get("/away").status_code == 200
    assert browse(desk.learner).get("/away").status_code == 404


def test_a_coordinator_notes_an_absence_and_hands_over(desk, browse, first, round_id):
    client, at = browse(desk.people.cora), f"/coordinate/people/{first.public_id}"
    until = (desk.kit.clock.now() + timedelta(3)).date().isoformat()
    assert send(client, f"{at}/away", until=until).status_code == 303
    assert desk.one(Person, Person.id == first.id).away_until.isoformat() == until
    listed = text(client.get(f"{at}/hand-over"))
    assert "One review goes to somebody else" in listed
    assert "Lee Learner" in listed
    assert send(client, f"{at}/hand-over", reason="In hospital.").status_code == 303
    assert first.id not in seated(desk, round_id)


def test_ending_a_role_says_what_is_handed_over(desk, browse, first, round_id):
    page = f"/coordinate/people/{first.public_id}/roles/harbor/assessor/end"
    listed = text(browse(desk.people.cora).get(page))
    assert "One review goes to somebody else" in listed
    assert "Lee Learner" in listed


def test_a_lead_is_told_that_it_is_looked_into(desk, browse, first, round_id):
    for person in two(desk, round_id)[:2]:
        desk.submit(person, WEAK, round_id)
    desk.pass_undo()
    feedback = desk.one(Feedback)
    lead = browse(desk.people.lead)
    assert "looks into it" not in text(lead.get(f"/feedback/{feedback.public_id}"))
    desk.world.add(
        Concern(
            public_id="late",
            issuer_id=desk.micro.issuer_id,
            submission_id=desk.submission.id,
            review_id=desk.all(Review)[0].id,
            kind="danger",
            note="A knife.",
            raised_at=desk.kit.clock.now(),
        )
    )
    page = text(lead.get(f"/feedback/{feedback.public_id}"))
    assert "a coordinator looks into it" in page
    assert "knife" not in page


def test_who_is_this(desk, browse, round_id):
    for person in two(desk, round_id)[:2]:
        desk.submit(person, WEAK, round_id)
    desk.pass_undo()
    page = f"/feedback/{desk.one(Feedback).public_id}"
    lead, cora = browse(desk.people.lead), browse(desk.people.cora)
    assert "Do you have to know who this is?" in text(lead.get(page))
    assert lead.get(f"{page}/identity").status_code == 404
    assert send(lead, f"{page}/reveal", reason="").status_code == 422
    assert send(lead, f"{page}/reveal", reason="There was a fire.").status_code == 303
    assert "A coordinator decides." in text(lead.get(f"{page}/reveal"))
    listed = text(cora.get("/coordinate"))
    assert "Who a learner is 1" in listed
    assert "There was a fire." in listed
    at = f"/coordinate/reveals/{desk.one(Reveal).public_id}"
    assert "Nobody else leads here" in text(cora.get(at))
    assert "Grant it or refuse it." in text(send(cora, at, reason="Why not."))
    tells = send(cora, at, verdict="refuse", reason="It is Lee.")
    assert "This may tell the lead who somebody is" in text(tells)
    granted = send(cora, at, verdict="grant", days="3", reason="The school is told.")
    assert granted.status_code == 303
    assert "Granted until" in text(cora.get(at))
    shown = lead.get(f"{page}/identity")
    assert "Lee Learner" in text(shown)
    assert desk.learner.email in text(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Lee" not in text(lead.get(page))
    assert "Lee" not in text(lead.get(f"{page}/reveal"))
    assert "The lead looked at the learner's name" in text(
        cora.get(f"/coordinate/submissions/{desk.submission.public_id}")
    )
    desk.kit.clock.move(days=3)
    assert lead.get(f"{page}/identity").status_code == 404
    assert "is over" in text(lead.get(f"{page}/reveal"))


def test_a_held_concern_can_be_given_back_from_its_page(desk, browse, first, round_id):
    said = concern(desk, first, round_id)
    at, client = f"/coordinate/concerns/{said.public_id}", browse(desk.people.cora)
    assert send(client, at, outcome="held", reply="We look into it.").status_code == 303
    assert desk.one(Submission).state == "held"
    page = text(client.get(at))
    assert "Give it back to the learner" in page
    assert "Put it on hold" in page, "what was decided stands there"
    assert (
        send(client, at, outcome="given_back", reply="It went back.", mend="Say whose it is.").status_code
        == 303
    )
    assert desk.one(Submission).state == "open"
    assert "Give it back to the learner" in text(client.get(at))
    assert not [f for f in forms_of(client.get(at)) if f["action"] == at]
