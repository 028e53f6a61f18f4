"""The list of a pile leaves out whom a rule bars, and nobody else: each bar, and what looks like one."""

import pytest
from sqlmodel import select

from reviewhub.domain.rubric import EligibilityPolicy, Policies
from reviewhub.domain.rubric_json import to_json
from reviewhub.models import (
    Conflict,
    Membership,
    Qualification,
    Reveal,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
)
from reviewhub.services.claims import why_not
from reviewhub.services.ids import public_id
from reviewhub.services.scope import lock_round
from tests.marks import BOTH
from tests.rubrics import small_rubric


def add(desk, **row):
    kind = row.pop("kind_of")
    desk.world.add(kind(**row))


def seat(desk, round_id, **columns):
    """A review that Ana had here or elsewhere."""
    now = desk.kit.clock.now()
    add(
        desk,
        kind_of=Review,
        public_id=public_id(),
        round_id=round_id,
        assessor_id=desk.people.ana.id,
        due_on=now.date(),
        offered_at=now,
        **columns,
    )


def another_round(desk, round_id, state="resolved"):
    attempt_id = desk.round(round_id).attempt_id
    made = Round(
        public_id=public_id(), attempt_id=attempt_id, number=7, state=state, created_at=desk.kit.clock.now()
    )
    return desk.world.add(made).id


def conflict(desk, round_id):
    now, ana = desk.kit.clock.now(), desk.people.ana.id
    add(desk, kind_of=Conflict, issuer_id=desk.micro.issuer_id, assessor_id=ana, kind="declared",
        learner_id=desk.learner.id, recorded_by=ana, recorded_at=now)  # fmt: skip


def coordinated_once(desk, round_id):
    now = desk.kit.clock.now()
    add(desk, kind_of=Membership, person_id=desk.people.ana.id, issuer_id=desk.micro.issuer_id,
        role="coordinator", granted_at=now, ended_at=now)  # fmt: skip


def told_the_name(desk, round_id):
    now = desk.kit.clock.now()
    add(desk, kind_of=Reveal, public_id=public_id(), submission_id=desk.submission.id,
        asked_by=desk.people.ana.id, reason="Why.", asked_at=now, state="granted", decided_at=now,
        issuer_id=desk.micro.issuer_id)  # fmt: skip


def qualification_over(desk, round_id):
    with desk.kit.write() as tx:
        where = Qualification.person_id == desk.people.ana.id
        for row in tx.session.exec(select(Qualification).where(where)):
            row.until_at = desk.kit.clock.now()


def had_a_seat(desk, round_id):
    seat(desk, round_id, state="released", end_reason="hand_back")


def has_another_of_the_learner(desk, round_id):
    seat(desk, another_round(desk, round_id), state="claimed")


def scored_what_was_cleared(desk, round_id):
    """Their sheet was in; the other seat was open, so that their review never became final."""
    cleared_with_a_sheet(desk, round_id)


def took_back_what_was_cleared(desk, round_id):
    cleared_with_a_sheet(desk, round_id, undone_at=desk.kit.clock.now())


def cleared_with_a_sheet(desk, round_id, **columns):
    seat(desk, another_round(desk, round_id, "void"), state="released", end_reason="cleared")
    add(desk, kind_of=Scoresheet, review_id=desk.all(Review)[-1].id, sequence=1,
        submitted_at=desk.kit.clock.now(), **columns)  # fmt: skip


def scored_what_is_appealed(desk, round_id):
    seat(desk, another_round(desk, round_id), state="final")
    with desk.kit.write() as tx:
        tx.session.get_one(Round, round_id).kind = "appeal"


def nothing(desk, round_id):
    """Nobody is barred."""


def had_a_claim_that_ended(desk, round_id):
    seat(desk, round_id, state="expired", end_reason="claim_over")


def scored_another_round(desk, round_id):
    seat(desk, another_round(desk, round_id), state="final")


def no_qualification_is_asked_for(desk, round_id):
    qualification_over(desk, round_id)
    rubric = small_rubric(policies=Policies(eligibility=EligibilityPolicy(qualification=False)))
    with desk.kit.write() as tx:
        tx.session.get_one(RubricVersion, desk.micro.rubric_version_id).body = to_json(rubric)


BARS = [
    conflict,
    coordinated_once,
    told_the_name,
    qualification_over,
    had_a_seat,
    has_another_of_the_learner,
    scored_what_was_cleared,
    scored_what_is_appealed,
]
NO_BARS = [
    nothing,
    had_a_claim_that_ended,
    scored_another_round,
    took_back_what_was_cleared,
    no_qualification_is_asked_for,
]


@BOTH
@pytest.mark.parametrize("case", [*BARS, *NO_BARS], ids=lambda case: case.__name__)
def test_the_list_and_the_rules_say_the_same(desk, pile, case):
    round_id = pile.lay()
    case(desk, round_id)
    with desk.kit.write() as tx:
        against = why_not(tx, lock_round(tx, round_id), desk.people.ana.id)
    assert against is not None
    assert bool(against) == (case in BARS)
    assert pile.waiting(desk.people.ana).count == (case in NO_BARS)


def test_nobody_claims_their_own_learning(desk, pile):
    pile.lay()
    round_id = desk.seated(learner=desk.people.ana)
    assert pile.waiting(desk.people.ana).count == 1
    assert pile.claim(desk.people.ana).round_id != round_id


def test_a_held_submission_lies_in_no_pile(desk, pile):
    round_id = pile.lay()
    with desk.kit.write() as tx:
        lock_round(tx, round_id).submission.state = "held"
    assert pile.waiting(desk.people.ana).count == 0


def test_a_weak_first_attempt_may_be_scored_again_by_the_same(desk, pile):
    second = pile.lay_again()
    assert pile.claim(desk.people.ana).round_id == second
