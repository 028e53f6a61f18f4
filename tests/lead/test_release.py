"""A lead confirms feedback: what must be said, who may, and that nothing is overwritten or released twice."""

from threading import Barrier, Thread

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import DomainError, Invalid, NotFound, Refused, Stale
from reviewhub.models import Attempt, Event, Feedback, LetterRow, Submission
from reviewhub.services.release import Said, release, save_draft
from reviewhub.services.verify_audit import verify_all
from tests.cases import MET
from tests.marks import BOTH

SAID = {
    "goal": Said("The goal has no figure.", "Add a figure and a date."),
    "audience": Said("Two groups, well told apart."),
    "respect": Said(),
    "honest": Said("It says only what went well.", "Say what failed."),
}


def stored(kit, case):
    with kit.read() as session:
        return (
            session.get_one(Submission, case.submission.id),
            session.get_one(Attempt, case.attempt.id),
            session.get_one(Feedback, case.feedback.id),
        )


@BOTH
def test_released_at_once_with_author_letter_and_events(kit, house, decided):
    release(kit, house.world.actor(house.lead), decided.feedback.public_id, 1, SAID, " Nearly there. ")
    submission, attempt, feedback = stored(kit, decided)
    assert (submission.state, attempt.state, feedback.state) == ("revise", "released", "released")
    assert submission.ended_at is None
    assert attempt.released_at == feedback.released_at == kit.clock.now()
    assert feedback.author_id == house.lead.id
    assert feedback.summary == "Nearly there."
    assert [(i["criterion"], i["do"]) for i in feedback.items] == [
        ("goal", "Add a figure and a date."),
        ("audience", ""),
        ("respect", ""),
        ("honest", "Say what failed."),
    ]
    with kit.read() as session:
        letter = session.exec(select(LetterRow)).one()
        actions = session.exec(select(Event.action).order_by(col(Event.seq))).all()
    assert letter.person_id == house.learner.id
    assert f"/work/{submission.public_id}/feedback/1" in letter.body
    assert actions == ["attempt.release", "submission.finish_not_yet"]
    assert verify_all(kit)[0]


def test_met_ends_the_submission(kit, house):
    case = house.cases.decided(house.learner, house.micro, [house.ana, house.ben], MET)
    release(kit, house.world.actor(house.lead), case.feedback.public_id, 1, {}, "")
    submission, attempt, _ = stored(kit, case)
    assert (submission.state, attempt.state) == ("met", "released")
    assert submission.ended_at == kit.clock.now()


def test_each_criterion_that_is_not_met_needs_both_texts(kit, house, decided):
    said = SAID | {"goal": Said(" ", ""), "honest": Said("Seen.", " ")}
    with pytest.raises(Invalid) as invalid:
        release(kit, house.world.actor(house.lead), decided.feedback.public_id, 1, said, "")
    assert [p.field for p in invalid.value.problems] == ["saw-goal", "do-goal", "do-honest"]
    assert "Goal" in invalid.value.problems[0].message
    assert stored(kit, decided)[2].version == 1


def test_a_criterion_left_out_counts_as_empty(kit, house, decided):
    with pytest.raises(Invalid):
        release(kit, house.world.actor(house.lead), decided.feedback.public_id, 1, {}, "")


def test_texts_beyond_measure_and_foreign_criteria_are_refused_even_as_draft(kit, house, decided):
    actor = house.world.actor(house.lead)
    said = {"goal": Said("x" * 5001), "nonsense": Said("x")}
    with pytest.raises(Invalid) as invalid:
        save_draft(kit, actor, decided.feedback.public_id, 1, said, "x" * 5001)
    assert {p.field for p in invalid.value.problems} == {"", "saw-goal", "summary"}


def test_a_draft_may_have_gaps_and_raises_the_version(kit, house, decided):
    actor = house.world.actor(house.lead)
    assert save_draft(kit, actor, decided.feedback.public_id, 1, {"goal": Said("", "Later")}, "") == 2
    feedback = stored(kit, decided)[2]
    assert feedback.items[0]["do"] == "Later"
    assert feedback.items[3]["do"], "what was not sent is left alone"
    assert feedback.items[0]["flags"] == [], "flags are the draft's own"


@BOTH
def test_a_stale_form_overwrites_nothing(kit, house, decided):
    actor = house.world.actor(house.lead)
    save_draft(kit, actor, decided.feedback.public_id, 1, {"goal": Said("First", "First")}, "")
    for verb in (save_draft, release):
        with pytest.raises(Stale):
            verb(kit, actor, decided.feedback.public_id, 1, SAID, "")
    assert stored(kit, decided)[2].items[0]["saw"] == "First"


def test_twice_is_refused(kit, house, decided):
    actor = house.world.actor(house.lead)
    release(kit, actor, decided.feedback.public_id, 1, SAID, "")
    for version in (1, 2):
        with pytest.raises(Refused):
            release(kit, actor, decided.feedback.public_id, version, SAID, "")
    with kit.read() as session:
        assert len(session.exec(select(LetterRow)).all()) == 1


def test_not_while_the_submission_is_held(kit, house, decided):
    house.cases.change(decided.submission, state="held", held_from="under_review")
    with pytest.raises(Refused) as refused:
        release(kit, house.world.actor(house.lead), decided.feedback.public_id, 1, SAID, "")
    assert "hold" in refused.value.message


def test_not_after_a_withdrawal(kit, house, decided):
    house.cases.change(decided.submission, state="withdrawn")
    house.cases.change(decided.attempt, state="withdrawn")
    with pytest.raises(Refused):
        release(kit, house.world.actor(house.lead), decided.feedback.public_id, 1, SAID, "")


def test_only_a_lead_of_the_issuer_who_is_not_the_learner(kit, house, decided):
    elsewhere = house.world.issuer("other", "Other")
    people = [
        house.learner,
        house.ana,
        house.world.person("Cora Cord", "coordinator"),
        house.world.person("Otto Other", "lead", issuer=elsewhere),
        house.world.person("Nobody"),
    ]
    own = house.cases.decided(house.lead, house.micro, [house.ana, house.ben])
    for person, case in [*((p, decided) for p in people), (house.lead, own)]:
        for verb in (save_draft, release):
            with pytest.raises(NotFound):
                verb(kit, house.world.actor(person), case.feedback.public_id, 1, SAID, "")
    with pytest.raises(NotFound):
        release(kit, house.world.actor(house.lead), "a" * 26, 1, SAID, "")


@BOTH
def test_two_leads_at_the_same_instant_release_once(kit, house, decided):
    actors = [house.world.actor(house.lead), house.world.actor(house.world.person("Mo Lead", "lead"))]
    start, outcomes = Barrier(2), []

    def press(actor):
        start.wait()
        try:
            release(kit, actor, decided.feedback.public_id, 1, SAID, "")
            outcomes.append("released")
        except DomainError as no:
            outcomes.append(no.code)

    threads = [Thread(target=press, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["released", "state"]
    with kit.read() as session:
        assert len(session.exec(select(LetterRow)).all()) == 1
    assert verify_all(kit)[0]
