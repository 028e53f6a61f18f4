"""Withdrawing gives no result, from wherever it stands."""

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.jobs import run_due
from reviewhub.models import EventText, Hold, LetterRow, Review, Round
from reviewhub.services.hold import hold as put_on_hold
from reviewhub.services.start import start
from reviewhub.services.verify_audit import verify_all
from reviewhub.services.withdraw import withdraw
from tests.learner.story import work_off_checks
from tests.learner.test_check import fill_linked
from tests.marks import BOTH


@pytest.fixture
def coordinator(world):
    return world.actor(world.person("Cora Coordinator", "coordinator"))


@BOTH
def test_under_review_the_round_is_void_and_the_reviews_are_taken_back(kit, world, story, micro_credential):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    story.arrive()
    run_due(kit)
    withdraw(kit, story.actor, story.id, "")
    assert (story.row.state, story.attempt.state) == ("withdrawn", "withdrawn")
    assert story.row.ended_at == kit.clock.now()
    with kit.read() as session:
        assert session.exec(select(Round.state)).one() == "void"
        assert set(session.exec(select(Review.state))) == {"released"}
        letters = session.exec(select(LetterRow).where(LetterRow.kind == "submission_withdrawn")).all()
    assert "no result" in letters[0].body
    assert verify_all(kit)[0]
    run_due(kit)
    with pytest.raises(Refused):
        withdraw(kit, story.actor, story.id, "")


def test_a_draft_can_be_left_and_started_again(kit, story, micro_credential):
    withdraw(kit, story.actor, story.id, "")
    assert start(kit, story.actor, "harbor", micro_credential.slug) != story.id


def test_a_coordinator_gives_a_reason(kit, story, coordinator):
    with pytest.raises(Invalid):
        withdraw(kit, coordinator, story.id, "  ")
    withdraw(kit, coordinator, story.id, "Asked for by e-mail.")
    with kit.read() as session:
        assert session.exec(select(EventText.text)).all() == ["Asked for by e-mail."]


def test_nobody_else_withdraws(kit, world, story):
    elsewhere = world.issuer("elsewhere", "Elsewhere")
    for person in (
        world.person("Other Otto"),
        world.person("Asa Assessor", "assessor"),
        world.person("Else Coordinator", "coordinator", issuer=elsewhere),
    ):
        with pytest.raises(NotFound):
            withdraw(kit, world.actor(person), story.id, "Because.")
    assert story.row.state == "open"


def test_holds_end_with_it(kit, linked, coordinator):
    fill_linked(kit, linked, film=True).submit()
    work_off_checks(kit)
    put_on_hold(kit, coordinator, linked.id, "A question.")
    withdraw(kit, linked.actor, linked.id, "No time.")
    with kit.read() as session:
        assert all(hold.closed_at for hold in session.exec(select(Hold)))
    assert (linked.row.state, linked.attempt.state) == ("withdrawn", "withdrawn")
