"""Holding, releasing, going on without clean copies, returning to the learner, asking the rules again."""

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.jobs import run_due
from reviewhub.models import Artifact, Attempt, Hold, LetterRow, Outbox, Review, Round, Submission
from reviewhub.services.hold import go_on, hold, release_hold, resume, return_to_learner
from reviewhub.services.ids import public_id
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH

VERBS = [hold, release_hold, go_on, return_to_learner, resume]


def state_of(kit, case):
    with kit.read() as session:
        return session.get_one(Submission, case.submission.id).state


@BOTH
def test_a_hold_stops_and_its_release_returns_to_where_it_was(kit, house, log, open_holds):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    hold(kit, house.cora, case.submission.public_id, "  The learner asked us to wait. ")
    assert state_of(kit, case) == "held"
    assert open_holds() == [("submission", "coordinator")]
    release_hold(kit, house.cora, case.submission.public_id, "They are back.")
    assert state_of(kit, case) == "under_review"
    assert open_holds() == []
    assert log(case.submission) == [
        ("submission.hold", "The learner asked us to wait."),
        ("submission.release_hold", "They are back."),
    ]
    assert verify_all(kit)[0]


def test_work_that_waited_during_the_hold_goes_on_after_it(kit, house):
    case = house.cases.waiting(house.learner, house.micro)
    hold(kit, house.cora, case.submission.public_id, "Wait.")
    run_due(kit)
    with kit.read() as session:
        assert session.exec(select(Review)).all() == []
    release_hold(kit, house.cora, case.submission.public_id, "Go on.")
    run_due(kit)
    with kit.read() as session:
        assert len(session.exec(select(Review)).all()) == 2
        assert session.get_one(Round, case.round.id).state == "scoring"


@pytest.mark.parametrize("verb", VERBS)
def test_a_reason_is_needed(kit, house, verb):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    for reason in ("", "  \n ", "x" * 2001):
        with pytest.raises(Invalid) as invalid:
            verb(kit, house.cora, case.submission.public_id, reason)
        assert [p.field for p in invalid.value.problems] == ["reason"]
    assert state_of(kit, case) == "under_review"


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_else_may(kit, house, strangers, verb):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    for actor in strangers:
        with pytest.raises(NotFound):
            verb(kit, actor, case.submission.public_id, "Why not.")
    own = house.cases.open(house.person, house.micro)
    for pid in ("a" * 26, "", own.submission.public_id):
        with pytest.raises(NotFound):
            verb(kit, house.cora, pid, "Why not.")


@pytest.mark.parametrize("verb", VERBS[1:])
def test_what_is_not_held_cannot_be_released(kit, house, verb):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    with pytest.raises(Refused):
        verb(kit, house.cora, case.submission.public_id, "Go on.")


def test_a_second_hold_is_refused(kit, house, open_holds):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    hold(kit, house.cora, case.submission.public_id, "Once.")
    with pytest.raises(Refused):
        hold(kit, house.cora, case.submission.public_id, "Twice.")
    assert len(open_holds()) == 1


@pytest.fixture
def unclean(kit, house):
    """An attempt that is held because one of its files has no clean copy."""
    case = house.cases.open(house.learner, house.micro)
    house.cases.change(case.attempt, state="held", sent_at=kit.clock.now())
    for state, key in (("not_cleanable", "a"), ("clean", "b")):
        house.world.add(
            Artifact(
                public_id=public_id(),
                attempt_id=case.attempt.id,
                requirement_id="plan",
                kind="file",
                state="checked",
                title=f"{key}.pdf",
                clean_state=state,
                clean_note="No pages could be read.",
                created_at=kit.clock.now(),
            )
        )
    house.world.add(
        Hold(
            public_id=public_id(),
            issuer_id=case.submission.issuer_id,
            submission_id=case.submission.id,
            subject="attempt",
            subject_id=case.attempt.id,
            code="no_clean_copy",
            back_to="submitted",
            opened_at=kit.clock.now(),
        )
    )
    return case


@BOTH
def test_going_on_without_clean_copies_brings_it_to_the_assessors(kit, house, unclean, log, open_holds):
    go_on(kit, house.cora, unclean.submission.public_id, "The other file shows it all.")
    run_due(kit)
    with kit.read() as session:
        assert session.get_one(Attempt, unclean.attempt.id).state == "submitted"
        assert session.exec(select(Round)).one().state == "scoring"
    assert open_holds() == []
    assert log(unclean.submission)[0] == ("attempt.go_on", "The other file shows it all.")
    assert verify_all(kit)[0]


def test_going_on_waits_while_the_submission_is_held(kit, house, unclean, open_holds):
    house.cases.change(unclean.submission, state="held", held_from="open")
    with pytest.raises(Refused):
        go_on(kit, house.cora, unclean.submission.public_id, "Now.")
    assert open_holds() == [("attempt", "no_clean_copy")]


def test_returning_tells_the_learner_what_to_replace(kit, house, unclean, open_holds):
    return_to_learner(kit, house.cora, unclean.submission.public_id, "Please send it as a PDF.")
    with kit.read() as session:
        assert session.get_one(Attempt, unclean.attempt.id).state == "needs_fix"
        bad, good = session.exec(select(Artifact).order_by(Artifact.id)).all()
        letter = session.exec(select(LetterRow)).one()
    assert (bad.state, bad.finding) == ("refused", "Please send it as a PDF.")
    assert (good.state, good.finding) == ("checked", "")
    assert letter.person_id == house.learner.id
    assert "Please send it as a PDF." in letter.body
    assert f"/work/{unclean.submission.public_id}/evidence" in letter.body
    assert open_holds() == []


@BOTH
def test_after_a_fault_the_rules_are_asked_again(kit, house, log, open_holds):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben, state="final")
    house.cases.change(case.round, state="held", held_from="resolving")
    house.world.add(
        Hold(
            public_id=public_id(),
            issuer_id=case.submission.issuer_id,
            submission_id=case.submission.id,
            subject="round",
            subject_id=case.round.id,
            code="plugin_fault",
            back_to="resolving",
            opened_at=kit.clock.now(),
        )
    )
    resume(kit, house.cora, case.submission.public_id, "The plugin was mended.")
    with kit.read() as session:
        round_ = session.get_one(Round, case.round.id)
        jobs = session.exec(select(Outbox.job)).all()
    assert (round_.state, round_.held_from, round_.version) == ("resolving", None, 2)
    assert sorted(jobs) == ["fill_seats", "resolve"]
    assert open_holds() == []
    assert log(case.submission) == [("round.resume", "The plugin was mended.")]
