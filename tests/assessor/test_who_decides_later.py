"""Rule 16: who knows the result of an earlier attempt decides a later one only where nobody else may."""

import pytest

from reviewhub.domain.errors import Invalid
from reviewhub.models import Feedback, FeedbackReading, Review
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.reassign import reassign
from tests.assessor.desk import WEAK
from tests.assessor.doubting import both_clear, doubt
from tests.cases import sign_in
from tests.marks import BOTH


@pytest.fixture
def first_read(desk):
    """Attempt 1 is decided, and Lena has opened its feedback."""
    desk.seated()
    for person in (desk.people.ana, desk.people.ben):
        desk.submit(person, WEAK)
    desk.pass_undo()
    open_feedback(desk.kit, desk.actor(desk.people.lead), desk.one(Feedback).public_id)


def second_needs_a_decision(desk):
    round_id = desk.seated(number=2)
    doubt(desk, desk.people.ana)
    both_clear(desk, round_id)
    return desk.one(Review, Review.round_id == round_id, Review.role == "adjudicator")


@BOTH
def test_another_lead_is_asked(desk, world, first_read):
    other = world.person("Lou Lind", "lead")
    with world.kit.write() as tx:  # busier, and asked all the same
        tx.session.get_one(type(desk.people.lead), desk.people.lead.id).load_cap = 100
    review = second_needs_a_decision(desk)
    assert review.assessor_id == other.id
    assert "knows an earlier result" not in review.why


def test_where_no_other_lead_is_left_a_qualified_assessor_is_asked(desk, world, first_read):
    (cara,) = world.assessors(desk.micro, "Cara Dunn")
    with world.kit.write() as tx:  # so that Ana and Ben are seated again
        tx.session.get_one(type(cara), cara.id).load_cap = 0
    round_id = desk.seated(number=2)
    with world.kit.write() as tx:
        tx.session.get_one(type(cara), cara.id).load_cap = 20
    doubt(desk, desk.people.ana)
    both_clear(desk, round_id)
    assert desk.one(Review, Review.role == "adjudicator").assessor_id == cara.id


def test_where_nobody_else_is_left_the_coordinator_reads_that(desk, first_read):
    review = second_needs_a_decision(desk)
    assert review.assessor_id == desk.people.lead.id
    assert "knows an earlier result of this submission, and nobody else may decide this" in review.why


def test_a_coordinator_cannot_choose_them_either_while_others_are_there(desk, world, first_read):
    for name in ("Lou Lind", "Liv Land"):
        world.person(name, "lead")
    cora = world.person("Cora Cord", "coordinator")
    review = second_needs_a_decision(desk)
    with pytest.raises(Invalid, match="knows an earlier result of this submission"):
        reassign(desk.kit, desk.actor(cora), review.public_id, desk.people.lead.public_id, "I would rather.")


def test_opening_a_feedback_is_written_down_once_and_listing_it_is_not(desk, app, first_read):
    lou = desk.world.person("Lou Lind", "lead")
    client = app.test_client()
    sign_in(client, desk.kit, lou)
    assert client.get("/feedback").status_code == 200
    assert readers(desk) == {desk.people.lead.id}
    address = f"/feedback/{desk.one(Feedback).public_id}"
    for _ in range(2):
        assert client.get(address).status_code == 200
    assert readers(desk) == {desk.people.lead.id, lou.id}


def readers(desk):
    with desk.kit.read() as session:
        return {row.person_id for row in session.exec(FeedbackReading.__table__.select()).all()}
