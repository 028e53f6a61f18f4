"""A random share is scored again; no result changes by it."""

import pytest

from reviewhub.models import Attempt, DecisionRow, Feedback, Issuer, ResolutionRow, Review, Round, Submission
from reviewhub.services.record_conflict import record_conflict
from tests.assessor.desk import GOOD, WEAK
from tests.marks import BOTH


def share(desk, percent):
    with desk.kit.write() as tx:
        tx.session.get_one(Issuer, desk.micro.issuer_id).audit_percent = percent


def decide(desk, levels=GOOD):
    desk.seated()
    desk.submit(desk.people.ana, levels)
    desk.submit(desk.people.ben, levels)
    desk.pass_undo()


@BOTH
def test_an_audit_is_by_somebody_else_and_changes_nothing(desk):
    share(desk, 100)
    (cem,) = desk.world.assessors(desk.micro, "Cem Kaya")
    desk.people.cem = cem
    desk.seated()
    rounds = {r.assessor_id for r in desk.all(Review)}
    first = [p for p in (desk.people.ana, desk.people.ben, cem) if p.id in rounds]
    (third,) = [p for p in (desk.people.ana, desk.people.ben, cem) if p.id not in rounds]
    for person in first:
        desk.submit(person, GOOD)
    desk.pass_undo()
    audit = desk.one(Round, Round.kind == "audit")
    (review,) = desk.all(Review, Review.round_id == audit.id)
    assert (review.role, review.assessor_id) == ("audit", third.id)
    before = (desk.one(Attempt).state, desk.one(DecisionRow).outcome, desk.one(Feedback).state)
    results = len(desk.all(ResolutionRow))
    desk.submit(third, WEAK, audit.id)
    desk.pass_undo()
    assert desk.one(Round, Round.kind == "audit").state == "resolved"
    assert (desk.one(Attempt).state, desk.one(DecisionRow).outcome, desk.one(Feedback).state) == before
    assert len(desk.all(ResolutionRow)) == results
    assert desk.one(Submission).state == "under_review"


def test_nobody_is_asked_where_the_share_is_nothing(desk):
    share(desk, 0)
    decide(desk)
    assert [r.kind for r in desk.all(Round)] == ["initial"]


@pytest.mark.parametrize(("drawn", "audited"), [(19, True), (20, False)])
def test_the_draw(desk, monkeypatch, drawn, audited):
    monkeypatch.setattr("reviewhub.services.plan_audit.secrets.randbelow", lambda _: drawn)
    share(desk, 20)
    decide(desk)
    assert ("audit" in [r.kind for r in desk.all(Round)]) == audited


@pytest.mark.parametrize(("draws", "audits"), [((99, 0), 0), ((0, 0), 1)])
def test_a_round_that_is_judged_again_is_drawn_once(bench, monkeypatch, draws, audits):
    """A second draw would audit more of what was corrected than of the rest."""
    drawn = iter(draws)
    monkeypatch.setattr("reviewhub.services.plan_audit.secrets.randbelow", lambda _: next(drawn))
    share(bench, 20)
    round_id = bench.decided(WEAK)
    first, _ = bench.seats(round_id)
    record_conflict(
        bench.kit, bench.cora, bench.submission.public_id, bench.person(first).public_id, "They are cousins."
    )
    bench.run()
    bench.submit(bench.person(bench.seats(round_id)[0]), WEAK, round_id)
    bench.pass_undo()
    assert len(bench.all(DecisionRow)) == 2
    assert len(bench.all(Round, Round.kind == "audit")) == audits
