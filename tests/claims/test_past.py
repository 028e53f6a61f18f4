"""A claim of a later attempt that ended may be theirs again: until then the past stays shut (rule 16)."""

import pytest
from sqlmodel import select

from reviewhub.models import Membership, Round, Submission
from reviewhub.queries.assessor import ledger
from reviewhub.queries.leads import led_by
from tests.assessor.desk import WEAK
from tests.marks import BOTH


def again(desk, pile):
    """Ana scored attempt 1, claims attempt 2, and the claim ends; gives both reviews."""
    first = pile.lay()
    for person in (desk.people.ana, desk.people.ben):
        pile.claim(person)
        desk.submit(person, WEAK, first)
    desk.pass_undo()
    desk.arrive(number=2)
    desk.run()
    later = pile.claim(desk.people.ana)
    desk.kit.clock.move(hours=8)
    desk.run()
    assert pile.now(later).state == "expired"
    return desk.review(desk.people.ana, first), later


def sheets(desk):
    with desk.kit.read() as session:
        found = ledger(session, desk.actor(desk.people.ana), desk.kit.clock.now())
    return [one.review for one in found.sheets]


def leads_it(desk):
    with desk.kit.read() as session:
        query = select(Submission.id).where(*led_by(desk.actor(desk.people.ana)))
        return session.exec(query).all() == [desk.submission.id]


def also_leads(desk):
    desk.world.add(
        Membership(
            person_id=desk.people.ana.id,
            issuer_id=desk.micro.issuer_id,
            role="lead",
            granted_at=desk.kit.clock.now(),
        )
    )


def end(desk, later, state):
    with desk.kit.write() as tx:
        tx.session.get_one(Round, later.round_id).state = state


@BOTH
@pytest.mark.parametrize("state", ["resolved", "void"])
def test_an_earlier_sheet_stays_shut_while_the_claim_may_be_theirs_again(desk, pile, state):
    earlier, later = again(desk, pile)
    assert sheets(desk) == []
    end(desk, later, state)
    assert sheets(desk) == [earlier.public_id]


@BOTH
@pytest.mark.parametrize("state", ["resolved", "void"])
def test_a_lead_who_scores_is_kept_from_the_past_as_well(desk, pile, state):
    _, later = again(desk, pile)
    also_leads(desk)
    assert not leads_it(desk)
    end(desk, later, state)
    assert leads_it(desk)
