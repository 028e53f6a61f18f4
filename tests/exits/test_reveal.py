"""Rule 19: a name needs permission and a reason, is an event, covers one submission, and costs every seat."""

from dataclasses import replace

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.models import EventText, Feedback, LetterRow, Membership, Reveal, Review
from reviewhub.queries.lead import desk as lead_desk
from reviewhub.queries.lead_feedback import feedback_page
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.assign import fill_seats
from reviewhub.services.decide_reveal import grant_reveal, refuse_reveal
from reviewhub.services.look_at_identity import look_at_identity
from reviewhub.services.name_cases import name_cases
from reviewhub.services.release import Said, release
from reviewhub.services.remind_leads import remind_leads
from tests.assessor.desk import GOOD, WEAK, Desk
from tests.exits.seats import seated, two
from tests.marks import BOTH
from tests.rubrics import small_rubric
from tests.together.at_once import at_once

WHY = "The learner writes of a fire; the school has to be told."


def decided(desk, levels=WEAK, **more):
    """Scored; the newest feedback waits for a lead."""
    round_id = desk.seated(**more)
    for person in two(desk, round_id)[:2]:
        desk.submit(person, levels, round_id)
    desk.pass_undo()
    feedback = desk.all(Feedback)[-1]
    name_cases(desk.kit, desk.actor(desk.people.lead), [feedback.public_id])
    return feedback


@pytest.fixture
def feedback(desk):
    return decided(desk)


@pytest.fixture
def lena(desk):
    return desk.actor(desk.people.lead)


def ask(desk, feedback):
    ask_reveal(desk.kit, desk.actor(desk.people.lead), feedback.public_id, WHY)
    return desk.all(Reveal)[-1].public_id


def may_release(desk, feedback, lead):
    said = {item["criterion"]: Said("Saw.", "Do.") for item in feedback.items}
    try:
        release(desk.kit, lead, feedback.public_id, feedback.version, said, "")
    except NotFound:
        return False
    return True


def listed(desk, lead):
    with desk.kit.read() as session:
        return [item.public_id for item in lead_desk(session, lead, desk.kit.clock.now()).items]


@BOTH
def test_asked_granted_looked_at_and_over(desk, cora, lena, feedback):
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, lena, feedback.public_id)
    reveal = ask(desk, feedback)
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, lena, feedback.public_id)
    grant_reveal(desk.kit, cora, reveal, 3, "I have spoken with the school.")
    seen = look_at_identity(desk.kit, lena, feedback.public_id)
    assert (seen.name, seen.email) == (desk.learner.name, desk.learner.email)
    look_at_identity(desk.kit, lena, feedback.public_id)
    actions = [action for action, *_ in desk.actions() if action.startswith("reveal")]
    assert actions == ["reveal.ask", "reveal.granted", "reveal.look", "reveal.look"]
    with desk.kit.read() as session:
        assert {WHY, "I have spoken with the school."} <= {
            row.text for row in session.exec(select(EventText))
        }
    desk.kit.clock.move(days=3)
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, lena, feedback.public_id)


def test_the_letter_says_until_when_and_no_name(desk, cora, feedback):
    grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.")
    (letter,) = desk.all(LetterRow, LetterRow.kind == "reveal_granted")
    assert letter.to == desk.people.lead.email
    assert "Monday 9 November" in letter.body
    assert "Lee" not in letter.body + letter.subject
    assert desk.learner.email not in letter.body


def test_refused_it_stays_closed_and_may_be_asked_again(desk, cora, lena, feedback):
    refuse_reveal(desk.kit, cora, ask(desk, feedback), "The issuer tells the school.")
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, lena, feedback.public_id)
    (letter,) = desk.all(LetterRow, LetterRow.kind == "reveal_refused")
    assert "The issuer tells the school." in letter.body
    ask(desk, feedback)
    assert [row.state for row in desk.all(Reveal)] == ["refused", "asked"]


def test_who_may_ask_and_who_may_decide(desk, cora, feedback):
    far = desk.world.issuer("else", "Else")
    strangers = [desk.world.person(f"Otto {role}", role, issuer=far) for role in ("lead", "coordinator")]
    for person in (desk.people.ana, desk.people.cora, desk.learner, *strangers):
        with pytest.raises(NotFound):
            ask_reveal(desk.kit, desk.actor(person), feedback.public_id, WHY)
    with pytest.raises(Invalid):
        ask_reveal(desk.kit, desk.actor(desk.people.lead), feedback.public_id, " ")
    reveal = ask(desk, feedback)
    with pytest.raises(Refused):
        ask(desk, feedback)
    for person in (desk.people.ana, desk.people.lead, desk.learner, *strangers):
        with pytest.raises(NotFound):
            grant_reveal(desk.kit, desk.actor(person), reveal, 7, "Why not.")
    for days in (0, -1, 8):
        with pytest.raises(Invalid):
            grant_reveal(desk.kit, cora, reveal, days, "Why not.")
    with pytest.raises(Invalid):
        grant_reveal(desk.kit, cora, reveal, 7, "")
    grant_reveal(desk.kit, cora, reveal, 7, "Why not.")
    for decide in (
        lambda: grant_reveal(desk.kit, cora, reveal, 7, "x"),
        lambda: refuse_reveal(desk.kit, cora, reveal, "x"),
    ):
        with pytest.raises(Refused):
            decide()
    other = desk.world.person("Lars Lund", "lead")
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, desk.actor(other), feedback.public_id)


def test_nobody_grants_what_they_asked_themselves(desk, feedback):
    reveal = ask(desk, feedback)
    desk.world.add(
        Membership(
            person_id=desk.people.lead.id,
            issuer_id=desk.micro.issuer_id,
            role="coordinator",
            granted_at=desk.kit.clock.now(),
        )
    )
    with pytest.raises(Refused) as no:
        grant_reveal(desk.kit, desk.actor(desk.people.lead), reveal, 7, "Because I may.")
    assert no.value.code == "own"


def test_a_grant_ends_with_the_role(desk, cora, feedback):
    grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.")
    with desk.kit.write() as tx:
        for row in tx.session.exec(select(Membership).where(Membership.person_id == desk.people.lead.id)):
            row.ended_at = tx.now
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, desk.actor(desk.people.lead), feedback.public_id)


# ------------------------------------------------------------ what it costs


def test_nothing_else_shows_a_name(desk, cora, lena, feedback):
    grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.")
    with desk.kit.read() as session:
        shown = repr(lead_desk(session, lena, desk.kit.clock.now())) + repr(
            feedback_page(session, lena, feedback.public_id)
        )
    assert "Learner" not in shown
    assert desk.learner.email not in shown


def test_the_feedback_it_was_asked_from_can_be_released_and_no_later_one(desk, cora, lena, feedback):
    other = desk.actor(desk.world.person("Lars Lund", "lead"))
    grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.")
    assert listed(desk, lena) == [feedback.public_id]
    assert may_release(desk, feedback, lena)
    desk.kit.clock.move(days=1)
    later = decided(desk, {"goal": "vague"}, number=2)
    assert listed(desk, lena) == []
    assert not may_release(desk, later, lena)
    desk.kit.clock.move(days=30)
    assert not may_release(desk, later, lena), "knowing does not end with the days"
    assert listed(desk, other) == [later.public_id]
    assert may_release(desk, later, other)


def test_a_reveal_covers_one_submission(desk, cora, lena, feedback):
    """The same learner's other work is not shown any more: else it would be known whose it is."""
    micro = desk.world.micro_credential(replace(small_rubric(), slug="other"))
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
        desk.world.qualify(person, micro)
    elsewhere = decided(Desk(desk.world, micro, desk.learner, desk.people))
    assert set(listed(desk, lena)) == {feedback.public_id, elsewhere.public_id}
    grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.")
    assert listed(desk, lena) == [feedback.public_id]
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, lena, elsewhere.public_id)
    assert not may_release(desk, elsewhere, lena)


def disputed(desk, learner):
    """Another submission of the learner, for another micro-credential, that the lead decides."""
    micro = desk.world.micro_credential(replace(small_rubric(), slug="other"))
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
        desk.world.qualify(person, micro)
    other = Desk(desk.world, micro, learner, desk.people)
    round_id = other.seated()
    first, second, _ = two(desk, round_id)
    other.submit(first, GOOD, round_id)
    other.submit(second, WEAK, round_id)
    other.pass_undo()
    return round_id


@BOTH
def test_open_adjudications_of_theirs_are_given_to_others(desk, cora, feedback):
    round_id = disputed(desk, desk.learner)
    lead = desk.people.lead
    assert seated(desk, round_id)[lead.id] == "offered"
    assert grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.") == 1
    desk.run()
    assert lead.id not in seated(desk, round_id)
    assert len(seated(desk, round_id)) == 3
    desk.kit.clock.move(days=90)
    later = desk.world.micro_credential(replace(small_rubric(), slug="third"))
    for person in (desk.people.ana, desk.people.ben):
        desk.world.qualify(person, later)
    third = Desk(desk.world, later, desk.learner, desk.people)
    last = third.seated()
    third.submit(desk.people.ana, GOOD, last)
    third.submit(desk.people.ben, WEAK, last)
    third.pass_undo()
    assert desk.round(last).state == "adjudicating"
    assert lead.id not in seated(desk, last), "and for good"


@BOTH
def test_a_seat_is_never_given_past_a_grant(desk, cora):
    """Assignment looks for an adjudicator while the coordinator grants; whoever is second sees the other."""
    for number in range(4):
        learner = desk.world.person(f"Learner {number}")
        feedback = decided(desk, learner=learner)
        reveal = ask(desk, feedback)
        round_id = disputed_without_people(desk, learner, number)
        job = desk.job("fill_seats", round_id=round_id)
        _, granted = at_once(
            lambda job=job, round_id=round_id: fill_seats(desk.kit, job, round_id),
            lambda reveal=reveal: grant_reveal(desk.kit, cora, reveal, 7, "So be it."),
        )
        if isinstance(granted, Stale):  # told that a seat came up just then; pressed again
            grant_reveal(desk.kit, cora, reveal, 7, "So be it.")
        desk.run()
        assert desk.people.lead.id not in seated(desk, round_id)


def disputed_without_people(desk, learner, number):
    """Two sheets differ, and nobody was asked to decide yet."""
    micro = desk.world.micro_credential(replace(small_rubric(), slug=f"other-{number}"))
    for person in (desk.people.ana, desk.people.ben):
        desk.world.qualify(person, micro)
    other = Desk(desk.world, micro, learner, desk.people)
    round_id = other.seated()
    other.submit(desk.people.ana, GOOD, round_id)
    other.submit(desk.people.ben, WEAK, round_id)
    with desk.kit.write() as tx:
        lead = tx.session.get_one(type(desk.people.lead), desk.people.lead.id)
        lead.load_cap = 0
    other.pass_undo()
    with desk.kit.write() as tx:
        tx.session.get_one(type(desk.people.lead), desk.people.lead.id).load_cap = 20
    assert desk.round(round_id).state == "adjudicating"
    assert not desk.all(Review, Review.round_id == round_id, Review.role == "adjudicator")
    return round_id


def test_it_lasts_no_longer_than_was_said(desk, cora, lena, feedback):
    grant_reveal(desk.kit, cora, ask(desk, feedback), 1, "So be it.")
    desk.kit.clock.move(hours=23)
    look_at_identity(desk.kit, lena, feedback.public_id)
    desk.kit.clock.move(hours=1)
    with pytest.raises(NotFound):
        look_at_identity(desk.kit, lena, feedback.public_id)
    assert desk.one(Reveal).until_at == desk.kit.clock.now()
    ask(desk, feedback)


def test_a_reminder_goes_to_those_who_can_still_take_it(desk, cora, feedback):
    other = desk.world.person("Lars Lund", "lead")
    grant_reveal(desk.kit, cora, ask(desk, feedback), 7, "So be it.")
    assert remind_leads(desk.kit, cora, desk.submission.public_id) == 1
    assert {row.to for row in desk.all(LetterRow, LetterRow.kind == "feedback_waits")} == {other.email}
