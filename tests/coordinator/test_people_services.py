"""Conflicts, reassigning, qualifications and the end of a role."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.jobs import run_due
from reviewhub.models import Conflict, Event, EventText, Issuer, Membership, Qualification, Review, Round
from reviewhub.queries.coordinator_person import person_page
from reviewhub.services.end_membership import end_membership
from reviewhub.services.grant_qualification import grant, revoke
from reviewhub.services.reassign import fill_again, reassign
from reviewhub.services.record_conflict import end_conflict, record_conflict
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH
from tests.rubrics import small_rubric

WHY = "They worked together last year."


@pytest.fixture
def case(house):
    return house.cases.scoring(house.learner, house.micro, house.ana, house.ben, state="claimed")


def seats(kit, case):
    """(assessor id, seat, state), oldest first."""
    with kit.read() as session:
        rows = session.exec(
            select(Review).where(Review.round_id == case.round.id).order_by(col(Review.id))
        ).all()
        return [(row.assessor_id, row.seat, row.state) for row in rows]


def review_of(kit, case, person):
    with kit.read() as session:
        query = select(Review).where(Review.round_id == case.round.id, Review.assessor_id == person.id)
        return session.exec(query).one()


def issuer_log(kit):
    query = (
        select(Event.action, EventText.text)
        .outerjoin(EventText, col(EventText.event_id) == Event.id)
        .where(Event.aggregate == "issuer")
        .order_by(col(Event.id))
    )
    with kit.read() as session:
        return session.exec(query).all()


@BOTH
def test_a_conflict_excludes_what_is_open_and_the_seat_is_filled_by_another(kit, house, case, log):
    assert record_conflict(kit, house.cora, case.submission.public_id, house.ana.public_id, WHY).emptied == 1
    run_due(kit)
    assert seats(kit, case) == [
        (house.ana.id, 1, "excluded"),
        (house.ben.id, 2, "claimed"),
        (house.cleo.id, 1, "offered"),
    ]
    assert log(case.submission)[0] == ("conflict.record", WHY)
    assert ("review.exclude", WHY) in log(case.submission)
    assert verify_all(kit)[0]


def test_a_conflict_counts_for_the_learners_other_submissions_too(kit, house, case):
    other = house.cases.waiting(house.learner, house.world.micro_credential(_another()))
    assert record_conflict(kit, house.cora, other.submission.public_id, house.ana.public_id, WHY).emptied == 1
    assert seats(kit, case)[0][2] == "excluded"


def _another():
    return replace(small_rubric(), slug="other")


def test_a_conflict_is_recorded_once_and_can_end(kit, house, case):
    record_conflict(kit, house.cora, case.submission.public_id, house.cleo.public_id, WHY)
    with pytest.raises(Refused):
        record_conflict(kit, house.cora, case.submission.public_id, house.cleo.public_id, WHY)
    with pytest.raises(Invalid):
        end_conflict(kit, house.cora, house.cleo.public_id, house.learner.public_id, "")
    end_conflict(kit, house.cora, house.cleo.public_id, house.learner.public_id, "A mistake.")
    with pytest.raises(NotFound):
        end_conflict(kit, house.cora, house.cleo.public_id, house.learner.public_id, "A mistake.")
    with kit.read() as session:
        assert session.exec(select(Conflict)).one().ended_at == kit.clock.now()
    assert issuer_log(kit) == [("conflict.ended", "A mistake.")]


def test_a_conflict_with_a_stranger_or_without_reason_is_refused(kit, house, case, strangers):
    pid = case.submission.public_id
    for actor in strangers:
        with pytest.raises(NotFound):
            record_conflict(kit, actor, pid, house.ana.public_id, WHY)
    for person in (house.learner.public_id, house.person.public_id, "nobody"):
        with pytest.raises(NotFound):
            record_conflict(kit, house.cora, pid, person, WHY)
    with pytest.raises(Invalid):
        record_conflict(kit, house.cora, pid, house.ana.public_id, "")
    assert [state for _, _, state in seats(kit, case)] == ["claimed", "claimed"]


@BOTH
def test_a_seat_goes_to_the_chosen_person(kit, house, case, log):
    reassign(kit, house.cora, review_of(kit, case, house.ana).public_id, house.cleo.public_id, "Ana is ill.")
    run_due(kit)
    assert seats(kit, case) == [
        (house.ana.id, 1, "released"),
        (house.ben.id, 2, "claimed"),
        (house.cleo.id, 1, "offered"),
    ]
    assert review_of(kit, case, house.cleo).why == "chosen by a coordinator"
    with kit.read() as session:
        assert session.get_one(Round, case.round.id).state == "scoring"
    assert ("review.release", "Ana is ill.") in log(case.submission)


def test_a_seat_goes_to_whom_assignment_chooses(kit, house, case):
    reassign(kit, house.cora, review_of(kit, case, house.ana).public_id, "", "Ana is ill.")
    run_due(kit)
    assert seats(kit, case)[-1] == (house.cleo.id, 1, "offered")


def test_whoever_is_barred_is_refused_with_the_bar(kit, house, case):
    pid = review_of(kit, case, house.ana).public_id
    for person, word in ((house.ben, "seat in this round"), (house.ana, "seat"), (house.lead, "list")):
        with pytest.raises(Invalid) as invalid:
            reassign(kit, house.cora, pid, person.public_id, "Because.")
        assert invalid.value.problems[0].field == "assessor"
        assert word in invalid.value.problems[0].message
    assert [state for _, _, state in seats(kit, case)] == ["claimed", "claimed"]


def test_final_scores_are_not_reassigned_and_strangers_find_nothing(kit, house, case, strangers):
    review = review_of(kit, case, house.ana)
    for actor in strangers:
        with pytest.raises(NotFound):
            reassign(kit, actor, review.public_id, "", "Because.")
    house.cases.change(review, state="final")
    with pytest.raises(Refused):
        reassign(kit, house.cora, review.public_id, "", "Because.")


@BOTH
def test_a_qualification_fills_what_waited_for_it(kit, house):
    case = house.cases.waiting(house.learner, house.micro)
    for person in (house.ana, house.ben):
        revoke(kit, house.cora, person.public_id, house.micro.public_id, "Drifted.")
    fill_again(kit, house.cora, case.submission.public_id)
    run_due(kit)
    with kit.read() as session:
        assert "qualified" in session.get_one(Round, case.round.id).waits_for
    grant(
        kit, house.cora, house.ana.public_id, house.micro.public_id, " Agreed on 10. ", kit.clock.now().date()
    )
    run_due(kit)
    assert {person for person, _, _ in seats(kit, case)} == {house.ana.id, house.cleo.id}
    with kit.read() as session:
        row = session.exec(select(Qualification).order_by(col(Qualification.id).desc())).first()
    assert (row.standard, row.granted_by) == ("Agreed on 10.", house.person.id)
    assert row.until_at > kit.clock.now()
    assert [text for action, text in issuer_log(kit) if text] == ["Drifted.", "Drifted."]
    assert verify_all(kit)[0]


def test_a_new_grant_replaces_the_old(kit, house):
    grant(kit, house.cora, house.ana.public_id, house.micro.public_id, "Calibrated again.")
    with kit.read() as session:
        rows = session.exec(select(Qualification).where(Qualification.person_id == house.ana.id)).all()
    assert [row.revoked_at is None for row in rows] == [False, True]


def test_a_grant_is_checked(kit, house, strangers):
    ana, micro = house.ana.public_id, house.micro.public_id
    yesterday = kit.clock.now().date() - timedelta(1)
    for standard, until, field in (
        ("", None, "standard"),
        ("x" * 301, None, "standard"),
        ("x", yesterday, "until"),
    ):
        with pytest.raises(Invalid) as invalid:
            grant(kit, house.cora, ana, micro, standard, until)
        assert [p.field for p in invalid.value.problems] == [field]
    with pytest.raises(Invalid):
        grant(kit, house.cora, house.person.public_id, micro, "A coordinator does not score.")
    for actor in strangers:
        with pytest.raises(NotFound):
            grant(kit, actor, ana, micro, "x")
        with pytest.raises(NotFound):
            revoke(kit, actor, ana, micro, "x")
    for person, other in ((house.learner.public_id, micro), ("nobody", micro), (ana, "nothing")):
        with pytest.raises(NotFound):
            grant(kit, house.cora, person, other, "x")
    with pytest.raises(Invalid):
        revoke(kit, house.cora, ana, micro, "")
    revoke(kit, house.cora, ana, micro, "x")
    with pytest.raises(NotFound):
        revoke(kit, house.cora, ana, micro, "x")


@BOTH
def test_an_assessor_leaves_open_work_is_refilled_and_a_submitted_sheet_stands(kit, house, case):
    second = house.cases.scoring(house.world.person("Second Learner"), house.micro, house.ana, house.ben)
    submitted = review_of(kit, second, house.ana)
    house.cases.change(submitted, state="submitted")
    assert end_membership(kit, house.cora, "harbor", house.ana.public_id, "assessor", "Left.") == 1
    run_due(kit)
    assert seats(kit, case)[0] == (house.ana.id, 1, "released")
    assert seats(kit, case)[-1] == (house.cleo.id, 1, "offered")
    assert seats(kit, second)[0] == (house.ana.id, 1, "submitted")
    assert house.world.actor(house.ana).memberships == frozenset()
    assert issuer_log(kit) == [("membership.ended", "Left.")]
    assert verify_all(kit)[0]


def test_the_last_coordinator_stays(kit, house):
    with pytest.raises(Refused):
        end_membership(kit, house.cora, "harbor", house.person.public_id, "coordinator", "Tired.")
    house.world.person("Second Coord", "coordinator")
    end_membership(kit, house.cora, "harbor", house.person.public_id, "coordinator", "Tired.")
    with kit.read() as session:
        assert len(session.exec(select(Membership).where(col(Membership.ended_at).is_not(None))).all()) == 1


def test_a_role_that_is_not_held_or_not_ones_to_end(kit, house, strangers):
    for actor in strangers:
        with pytest.raises(NotFound):
            end_membership(kit, actor, "harbor", house.ana.public_id, "assessor", "x")
    for slug, person, role in (
        ("harbor", house.ana.public_id, "lead"),
        ("harbor", "nobody", "assessor"),
        ("nowhere", house.ana.public_id, "assessor"),
    ):
        with pytest.raises(NotFound):
            end_membership(kit, house.cora, slug, person, role, "x")
    with pytest.raises(Invalid):
        end_membership(kit, house.cora, "harbor", house.ana.public_id, "assessor", "")


def test_a_qualification_holds_to_the_end_of_its_last_day_where_the_issuer_is(kit, house):
    with kit.write() as tx:
        tx.session.get_one(Issuer, house.micro.issuer_id).zone = "Pacific/Niue"
    today = kit.clock.now().date() - timedelta(1)
    grant(kit, house.cora, house.ana.public_id, house.micro.public_id, "x", today)
    with kit.read() as session:
        row = session.exec(select(Qualification).where(Qualification.standard == "x")).one()
        page = person_page(session, house.cora, house.ana.public_id, kit.clock.now())
    assert row.until_at == datetime(2026, 11, 2, 10, 59, 59, 999999, tzinfo=UTC)
    assert [one.until for one in page.qualifications] == [today]
