"""A state that no event led to is found, whoever wrote it into the database."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from reviewhub.domain.access import SYSTEM, Action, Facts
from reviewhub.models import Attempt, Review, Round, Submission
from reviewhub.services.seats import start_over
from reviewhub.services.verify_audit import verify_all, verify_new
from tests.marks import BOTH
from tests.together.people import begun

STATES = {"submission": "met", "attempt": "released", "round": "resolved", "review": "final"}


@pytest.fixture
def things(kit, world):
    """One of each, as the services left them: under review, with both seats taken."""
    begun(kit, world).work()
    with kit.read() as session:
        tables = {"submission": Submission, "attempt": Attempt, "round": Round, "review": Review}
        return {
            kind: session.exec(select(table).order_by(table.id)).first() for kind, table in tables.items()
        }


def change(kit, statement, **values):
    with kit.write() as tx:
        tx.session.execute(text(statement), values)


def said(kit, verify=verify_all):
    whole, words = verify(kit)
    assert not whole, words
    return words


@BOTH
@pytest.mark.parametrize("verify", [verify_all, verify_new], ids=["all", "new"])
def test_what_nobody_touched_is_whole(things, kit, verify):
    assert verify(kit)[0], verify(kit)[1]


@BOTH
@pytest.mark.parametrize("kind", STATES)
def test_a_state_that_no_event_led_to(things, kit, kind):
    change(kit, f"UPDATE {kind} SET state = '{STATES[kind]}' WHERE id = :id", id=things[kind].id)
    words = said(kit)
    name = "its own state" if kind == "submission" else f"{kind} {things[kind].public_id}"
    assert (
        f"submission {things['submission'].public_id}, {name} (it is {STATES[kind]}; by its events" in words
    )


def test_a_review_that_was_put_in_and_one_that_is_gone(things, kit):
    review = things["review"]
    for name, words in (
        ("000", "review 000 (it is offered; no event says so)"),
        ("zzz", f"review {review.public_id} (it is gone; by its events it is offered)"),
    ):  # the first by name is told
        change(kit, f"UPDATE review SET public_id = '{name}' WHERE id = :id", id=review.id)
        assert words in said(kit)


def test_where_a_stop_leads_is_on_record(things, kit):
    with kit.write() as tx:
        root = tx.lock(Submission, things["submission"].id)
        round_ = tx.session.get_one(Round, things["round"].id)
        tx.move(root, round_, Action.ALL_IN, SYSTEM, Facts())
        tx.move(root, round_, Action.FAULTED, SYSTEM, Facts())
    assert verify_all(kit)[0], verify_all(kit)[1]
    change(kit, "UPDATE round SET held_from = 'adjudicating' WHERE held_from IS NOT NULL")
    assert "(it is held from adjudicating; by its events it is held from resolving)" in said(kit)


def test_an_event_that_does_not_continue_the_one_before(things, kit):
    with kit.write() as tx:
        root = tx.lock(Submission, things["submission"].id)
        tx.event(
            root,
            "round.all_in",
            SYSTEM,
            before="held",
            after="scoring",
            facts={"round": things["round"].public_id},
        )
    assert "(it says that this round was held, and it was scoring)" in said(kit)


def test_a_seat_that_is_emptied_during_a_stop_moves_where_it_leads(things, kit, world):
    with kit.write() as tx:
        root = tx.lock(Submission, things["submission"].id)
        round_ = tx.session.get_one(Round, things["round"].id)
        tx.move(root, round_, Action.ALL_IN, SYSTEM, Facts())
        tx.move(root, round_, Action.FAULTED, SYSTEM, Facts())
        start_over(tx, root, round_)
        assert (round_.state, round_.held_from) == ("held", "waiting")
    whole, words = verify_all(kit)
    assert whole, words
