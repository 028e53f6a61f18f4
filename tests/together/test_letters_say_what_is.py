"""What a letter says is so, also under a rubric with other policies than most."""

from dataclasses import replace

from sqlmodel import col, select

from reviewhub.domain.rubric import DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.models import Feedback, LetterRow, Review
from reviewhub.services.release import Said, release
from tests.assessor.desk import WEAK, Desk
from tests.rubrics import small_rubric


def desk_under(world, desk, **policies):
    """A desk for a micro-credential with these policies, with as many assessors as it needs."""
    rubric = replace(small_rubric(policies=Policies(**policies)), slug="other")
    micro = world.micro_credential(rubric)
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
        world.qualify(person, micro)
    return Desk(world, micro, world.person("Noor Learner"), desk.people)


def letters(desk, kind):
    with desk.kit.read() as session:
        query = select(LetterRow).where(LetterRow.kind == kind).order_by(col(LetterRow.id))
        return [f"{row.subject}\n{row.body}" for row in session.exec(query)]


def released(desk, levels):
    """The letter of a result: everybody gave these levels."""
    round_id = desk.seated()
    for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
        if any(review.assessor_id == person.id for review in desk.all(Review, Review.round_id == round_id)):
            desk.submit(person, levels, round_id)
    desk.pass_undo()
    feedback = desk.one(Feedback)
    said = {item["criterion"]: Said("What we saw.", "What to do.") for item in feedback.items}
    release(desk.kit, desk.actor(desk.people.lead), feedback.public_id, feedback.version, said, "Thank you.")
    (letter,) = letters(desk, "feedback_released")
    return letter


def test_three_seats_are_three_assessors(world, desk):
    three = desk_under(world, desk, eligibility=EligibilityPolicy(seats=3))
    three.seated()
    (letter,) = letters(three, "evidence_arrived")
    assert "Three assessors now score it" in letter
    assert "Two" not in letter


def test_a_result_within_the_tolerance_does_not_claim_every_criterion(world, desk):
    letter = released(desk_under(world, desk, decision=DecisionPolicy(tolerance=1)), WEAK)
    assert "You have met Small" in letter
    assert "every" not in letter


def test_where_nothing_is_locked_nothing_is_said_to_stay_met(world, desk):
    letter = released(desk_under(world, desk, decision=DecisionPolicy(locks=False)), WEAK)
    assert "stays met" not in letter


def test_where_criteria_are_locked_the_letter_says_so(desk):
    assert "What is met stays met" in released(desk, WEAK)
