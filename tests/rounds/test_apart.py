"""Who is kept apart from a learner: a lead releases nothing of theirs; each issuer keeps its own record."""

import pytest

from reviewhub.domain.errors import NotFound
from reviewhub.models import Artifact, CleanCopy, Conflict, Event
from reviewhub.queries.coordinator_person import person_page
from reviewhub.queries.coordinator_seat import seat_page
from reviewhub.queries.files import open_file
from reviewhub.queries.lead import desk
from reviewhub.queries.lead_feedback import feedback_page
from reviewhub.services.ids import public_id
from reviewhub.services.late_conflict import Parted
from reviewhub.services.name_cases import name_cases
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release, save_draft
from tests.assessor.desk import WEAK
from tests.marks import BOTH
from tests.rounds.test_corrections import ask

WHY = "They share an office."


def part(bench, person, by=None):
    pid = bench.submission.public_id
    return record_conflict(bench.kit, by or bench.cora, pid, person.public_id, WHY)


@BOTH
@pytest.mark.parametrize("released", [False, True])
def test_a_lead_with_a_conflict_neither_sees_nor_edits_nor_releases(bench, released):
    (bench.released if released else bench.decided)(WEAK)
    (feedback,) = bench.feedback("released" if released else "draft")
    lead, now = bench.actor(bench.people.lead), bench.kit.clock.now()
    name_cases(bench.kit, lead, [feedback.public_id])
    part(bench, bench.people.lead)
    with bench.kit.read() as session:
        assert desk(session, lead, now, released=released).items == ()
        assert desk(session, lead, now).waiting == 0
        with pytest.raises(NotFound):
            feedback_page(session, lead, feedback.public_id)
    said = {item["criterion"]: Said("Seen.", "Do.") for item in feedback.items}
    for act in (save_draft, release):
        with pytest.raises(NotFound):
            act(bench.kit, lead, feedback.public_id, feedback.version, said, "Thanks.")
    other = bench.actor(bench.people.other_lead)
    with bench.kit.read() as session:
        assert len(desk(session, other, now, released=released).items) == 1


def test_a_lead_who_scores_a_later_attempt_cannot_release_by_the_address_alone(bench):
    """Rule 16 holds in the service too, not only in the list."""
    bench.released(WEAK)
    round_id = bench.seated(number=2)
    bench.score(round_id, {"goal": "clear"}, {"goal": "vague"})
    (judge,) = bench.seats(round_id, "adjudicator")
    (feedback,) = bench.feedback("released")
    with pytest.raises(NotFound):
        save_draft(bench.kit, bench.actor(bench.person(judge)), feedback.public_id, 1, {}, "")


def test_nobody_opens_a_file_of_a_learner_they_know(bench):
    round_id = bench.decided(WEAK)
    now = bench.kit.clock.now()
    artifact = bench.world.add(
        Artifact(public_id=public_id(), attempt_id=bench.attempt().id, requirement_id="plan", kind="file",
                 state="checked", key="final/one", created_at=now)
    )  # fmt: skip
    copy = bench.world.add(
        CleanCopy(public_id=public_id(), artifact_id=artifact.id, position=0, kind="image",
                  media_type="image/png", key="clean/one", size=1)
    )  # fmt: skip
    person = bench.person(bench.seats(round_id)[0])
    with bench.kit.read() as session:
        assert open_file(session, bench.actor(person), copy.public_id).key == "clean/one"
    bench.release()
    part(bench, person)
    part(bench, bench.people.lead)
    for somebody in (person, bench.people.lead):
        with bench.kit.read() as session, pytest.raises(NotFound):
            open_file(session, bench.actor(somebody), copy.public_id)


@pytest.fixture
def elsewhere(bench):
    """Another issuer that works with the same learner and the same assessor, who are kept apart there."""
    far = bench.world.issuer("elsewhere", "Elsewhere House")
    cora = bench.world.person("Otto Far", "coordinator", issuer=far)
    person = bench.assessors[0]
    bench.world.add(
        Conflict(issuer_id=far.id, assessor_id=person.id, learner_id=bench.learner.id, kind="recorded",
                 recorded_by=cora.id, recorded_at=bench.kit.clock.now())
    )  # fmt: skip
    return person


def test_another_issuers_conflict_keeps_them_apart_and_shows_nowhere_here(bench, elsewhere):
    round_id = bench.seated()
    assert elsewhere.id not in {review.assessor_id for review in bench.seats(round_id)}
    review = bench.seats(round_id)[0]
    now = bench.kit.clock.now()
    with bench.kit.read() as session:
        page = seat_page(session, bench.cora, bench.submission.public_id, review.public_id, now)
        assert person_page(session, bench.cora, elsewhere.public_id, now).conflicts == ()
    (shown,) = [one for one in page.others if one.public_id == elsewhere.public_id]
    assert shown.bars == ("may know who the learner is",)


def test_recording_the_same_here_is_answered_as_if_there_were_none(bench, elsewhere):
    bench.seated()
    assert part(bench, elsewhere) == Parted()
    assert part(bench, bench.assessors[1]).emptied in {0, 1}
    said = bench.all(Event, Event.action == "conflict.record")
    assert [event.facts["assessor_id"] for event in said] == [elsewhere.id, bench.assessors[1].id]


def test_the_lead_who_is_to_release_sees_that_a_correction_is_asked_for(bench):
    round_id = bench.decided(WEAK)
    (feedback,) = bench.feedback("draft")
    lead = bench.actor(bench.people.lead)
    open_feedback(bench.kit, lead, feedback.public_id)
    with bench.kit.read() as session:
        assert not feedback_page(session, lead, feedback.public_id).correcting
    ask(bench, bench.seats(round_id)[0])
    with bench.kit.read() as session:
        assert feedback_page(session, lead, feedback.public_id).correcting
