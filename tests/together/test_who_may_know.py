"""Whoever comes to see names, or comes into a conflict, holds no seat; whoever can help is asked at once."""

import re
from dataclasses import replace

import pytest
from sqlmodel import col, select

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Refused, Stale
from reviewhub.models import Conflict, LetterRow, Membership, Outbox, Person, Review
from reviewhub.services.accept_invitation import accept_invitation
from reviewhub.services.assign import fill_seats
from reviewhub.services.end_membership import end_membership
from reviewhub.services.exclude import declare_known
from reviewhub.services.grant_qualification import grant
from reviewhub.services.hold import resume
from reviewhub.services.invite import invite
from reviewhub.services.record_conflict import end_conflict, record_conflict
from reviewhub.services.resolve import resolve_round
from reviewhub.services.score import undo
from reviewhub.services.setup import first_coordinator
from tests.assessor.desk import GOOD, WEAK, Desk
from tests.marks import BOTH
from tests.rubrics import small_rubric
from tests.together.at_once import at_once
from tests.together.stand_ins import Judge


def take_on(desk, cora, person, role):
    """Invited by the coordinator and accepted."""
    invite(desk.kit, cora, desk.micro.issuer_id, person.email, role)
    with desk.kit.read() as session:
        letter = session.exec(
            select(LetterRow).where(LetterRow.kind == "invitation").order_by(col(LetterRow.id).desc())
        ).first()
    accept_invitation(desk.kit, desk.actor(person), re.search(r"/invitation/(\S+)", letter.body)[1])


def seats(desk, round_id):
    return {
        review.assessor_id: review.state
        for review in desk.all(Review, Review.round_id == round_id)
        if review.state not in {"released", "excluded", "expired"}
    }


def two_seated(desk, round_id):
    """The two persons in the seats, and the third."""
    taken = seats(desk, round_id)
    people = [desk.people.ana, desk.people.ben, desk.people.cleo]
    return [*(p for p in people if p.id in taken), *(p for p in people if p.id not in taken)]


@BOTH
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MANAGER])
def test_who_takes_a_role_that_sees_names_gives_up_open_seats(desk, cora, role):
    round_id = desk.seated()
    first, second, third = two_seated(desk, round_id)
    inviter = cora if role is Role.COORDINATOR else desk.actor(desk.world.person("Max Mann", "manager"))
    take_on(desk, inviter, first, role)
    desk.run()
    assert set(seats(desk, round_id)) == {second.id, third.id}
    assert desk.round(round_id).state == "scoring"
    assert ("review.release", "offered", "released") in desk.actions()


def test_a_sheet_that_was_given_blind_stands(desk, cora):
    round_id = desk.seated()
    first, second, _ = two_seated(desk, round_id)
    desk.submit(first, round_id=round_id)
    take_on(desk, cora, first, Role.COORDINATOR)
    desk.run()
    assert set(seats(desk, round_id)) == {first.id, second.id}
    with pytest.raises(Refused):  # nor is it changed by somebody who can see whose it is
        undo(desk.kit, desk.actor(first), desk.review(first, round_id).public_id)


def test_another_role_costs_no_seat(desk, cora):
    round_id = desk.seated()
    first, second, _ = two_seated(desk, round_id)
    take_on(desk, cora, first, Role.LEAD)
    assert set(seats(desk, round_id)) == {first.id, second.id}


def test_the_operators_command_empties_seats_as_well(desk):
    round_id = desk.seated()
    first, second, third = two_seated(desk, round_id)
    with desk.kit.read() as session:
        email, name = session.get_one(Person, first.id).email, first.name
    first_coordinator(desk.kit, "harbor", email, name)
    desk.run()
    assert set(seats(desk, round_id)) == {second.id, third.id}


@BOTH
def test_a_conflict_is_recorded_while_a_broken_rule_holds_an_adjudicated_round(desk, cora):
    """The adjudicator's sheet is final then; it hangs on a sheet that counts no more."""
    round_id = desk.seated()
    first, second, third = two_seated(desk, round_id)
    desk.submit(first, GOOD, round_id)
    desk.submit(second, WEAK, round_id)
    desk.pass_undo()
    judge = Judge(desk.kit.judge)
    object.__setattr__(desk.kit, "judge", judge)
    judge.broken = True
    desk.submit(desk.people.lead, GOOD, round_id)
    desk.submit(desk.people.lead, GOOD, round_id)
    desk.pass_undo()
    assert (desk.round(round_id).state, desk.round(round_id).held_from) == ("held", "adjudicating")
    pid = desk.submission.public_id
    assert record_conflict(desk.kit, cora, pid, first.public_id, "They share a desk.").emptied == 1
    desk.run()  # the look for somebody else finds the round held, and leaves it
    judge.broken = False
    resume(desk.kit, cora, desk.submission.public_id, "The rules are repaired.")
    desk.run()
    assert seats(desk, round_id) == {second.id: "final", third.id: "offered"}
    desk.submit(third, WEAK, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "resolved"


def disputed(desk):
    """Adjudication is needed, and there is nobody for it: the lead knows the learner, the third cannot."""
    round_id = desk.seated()
    first, second, third = two_seated(desk, round_id)
    for person in (desk.people.lead, third):
        desk.world.add(
            Conflict(
                issuer_id=desk.micro.issuer_id,
                assessor_id=person.id,
                learner_id=desk.learner.id,
                kind="recorded",
                recorded_by=desk.people.cora.id,
                recorded_at=desk.kit.clock.now(),
            )
        )
    desk.submit(first, GOOD, round_id)
    desk.submit(second, WEAK, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "adjudicating"
    assert desk.round(round_id).waits_for
    return round_id


def test_a_conflict_that_ends_is_told_to_rounds_that_wait_for_an_adjudicator(desk, cora):
    round_id = disputed(desk)
    end_conflict(desk.kit, cora, desk.people.lead.public_id, desk.learner.public_id, "It was a namesake.")
    desk.run()
    assert desk.review(desk.people.lead, round_id).role == "adjudicator"


def test_a_qualification_is_told_to_rounds_that_wait_for_an_adjudicator(desk, cora):
    round_id = disputed(desk)
    dev = desk.world.person("Dev Rao", "assessor")
    grant(desk.kit, cora, dev.public_id, desk.micro.public_id, "agreed on 10")
    desk.run()
    assert desk.review(dev, round_id).role == "adjudicator"


def test_a_new_lead_is_told_to_rounds_that_wait_for_an_adjudicator(desk, cora):
    round_id = disputed(desk)
    dev = desk.world.person("Dev Rao")
    take_on(desk, cora, dev, Role.LEAD)
    desk.run()
    assert desk.review(dev, round_id).role == "adjudicator"


def test_a_round_that_looks_for_people_and_finds_nobody_does_not_disturb_a_judgement(desk, cora):
    """Its version says that something changed; the hourly look changes nothing."""
    round_id = disputed(desk)
    before = desk.round(round_id).version
    desk.kit.clock.move(hours=1)
    desk.run()
    assert desk.round(round_id).version == before
    waiting = desk.all(Outbox, Outbox.job == "fill_seats", col(Outbox.done_at).is_(None))
    assert [row.args for row in waiting] == [{"round_id": round_id}]


@BOTH
def test_who_knows_the_learner_scores_no_other_work_of_theirs(desk):
    """Under another alias, for another micro-credential: the same person."""
    round_id = desk.seated()
    first, second, third = two_seated(desk, round_id)
    other = desk.world.micro_credential(replace(small_rubric(), slug="other"))
    for person in (first, second, third):
        desk.world.qualify(person, other)
    elsewhere = Desk(desk.world, other, desk.learner, desk.people)
    other_id = elsewhere.seated()
    known = next(p for p in (first, second) if p.id in seats(elsewhere, other_id))
    declare_known(desk.kit, desk.actor(known), desk.review(known, round_id).public_id)
    desk.run()
    for each in (round_id, other_id):
        assert known.id not in seats(desk, each)
        assert len(seats(desk, each)) == 2


@BOTH
def test_a_seat_is_never_given_past_a_conflict_that_is_being_recorded(desk, cora):
    """Many times, since the two must meet: assignment chooses while the coordinator records."""
    for number in range(6):
        learner = desk.world.person(f"Learner {number}")
        round_id = desk.arrive(learner=learner)
        job = desk.job("fill_seats", round_id=round_id)
        pid = desk.submission.public_id
        at_once(
            lambda job=job, round_id=round_id: fill_seats(desk.kit, job, round_id),
            lambda pid=pid: record_conflict(desk.kit, cora, pid, desk.people.ana.public_id, "Neighbours."),
        )
        desk.run()
        assert desk.people.ana.id not in seats(desk, round_id)


@BOTH
def test_a_seat_is_never_given_to_somebody_whose_role_ends(desk, cora):
    for number in range(4):
        dev = desk.world.person(f"Dev Rao {number}", "assessor")
        desk.world.qualify(dev, desk.micro)
        with desk.kit.write() as tx:
            for person in (desk.people.ana, desk.people.ben, desk.people.cleo):
                tx.session.get_one(Person, person.id).load_cap = 1 + number
        round_id = desk.arrive(learner=desk.world.person(f"Learner {number}"))
        job = desk.job("fill_seats", round_id=round_id)

        def end(dev=dev):
            return end_membership(desk.kit, cora, "harbor", dev.public_id, "assessor", "Left.")

        _, ended = at_once(lambda job=job, round_id=round_id: fill_seats(desk.kit, job, round_id), end)
        if isinstance(ended, Stale):  # told that a seat came up just then; pressed again
            end()
        desk.run()
        assert dev.id not in seats(desk, round_id)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_filling_seats_of_both_kinds_at_once_never_waits_in_a_circle(desk, cora):
    """A lead who scores as well stands in both groups; whoever locks them in two orders would meet."""
    for person in (desk.people.ana, desk.people.cleo):
        desk.world.add(
            Membership(
                person_id=person.id,
                issuer_id=desk.micro.issuer_id,
                role="lead",
                granted_at=desk.kit.clock.now(),
            )
        )
    rounds = [desk.seated(learner=desk.world.person(f"Learner {number}")) for number in range(4)]
    for round_id in rounds[:2]:
        first, second, _ = two_seated(desk, round_id)
        desk.submit(first, GOOD, round_id)
        desk.submit(second, WEAK, round_id)
    desk.kit.clock.move(seconds=300)
    jobs_ = [(desk.job("resolve", round_id=one), one) for one in rounds[:2]]
    for job, one in jobs_:
        resolve_round(desk.kit, job, one)
    waiting = [desk.arrive(learner=desk.world.person(f"Late {number}")) for number in range(4)]
    todo = [(desk.job("fill_seats", round_id=one), one) for one in (*rounds[:2], *waiting)]
    results = at_once(*(lambda job=job, one=one: fill_seats(desk.kit, job, one) for job, one in todo))
    assert results == [None] * len(todo)
