"""The checks: what becomes of an attempt, and what a live upload or a second worker cannot change."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import Stale
from reviewhub.jobs import run_due
from reviewhub.models import Artifact, CleanCopy, Event, Hold, LetterRow, Outbox, Round
from reviewhub.services.check import check_artifact
from reviewhub.services.check_attempt import check_attempt
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.hold import go_on, release_hold, return_to_learner
from reviewhub.services.hold import hold as put_on_hold
from reviewhub.services.kit import Job
from tests.learner.story import WHY, fill_linked, pdf, picture, work_off_checks


@pytest.fixture
def coordinator(world):
    return world.actor(world.person("Cora Coordinator", "coordinator"))


def test_a_file_found_wrong_after_sending_goes_back_to_the_learner(kit, story):
    story.write("why", WHY)
    story.upload("plan", "plan.pdf", picture())
    story.submit()
    work_off_checks(kit)
    assert (story.attempt.state, story.row.state) == ("needs_fix", "open")
    with kit.read() as session:
        letter = session.exec(select(LetterRow)).one()
    assert "inside it is a PNG picture" in letter.body
    remove_artifact(
        kit, story.actor, story.id, next(a for a in story.artifacts if a.kind == "file").public_id
    )
    story.upload("plan", "plan.pdf", pdf())
    story.submit()
    work_off_checks(kit)
    assert story.attempt.state == "submitted"


def test_without_a_clean_copy_the_attempt_is_held_not_judged(kit, linked):
    fill_linked(kit, linked, film=True).submit()
    work_off_checks(kit)
    assert (linked.attempt.state, linked.row.state) == ("held", "open")
    with kit.read() as session:
        hold = session.exec(select(Hold)).one()
        assert session.exec(select(Round)).all() == []
    assert (hold.subject, hold.subject_id, hold.code, hold.back_to) == (
        "attempt", linked.attempt.id, "no_clean_copy", "submitted",
    )  # fmt: skip


def test_the_coordinator_lets_a_held_attempt_go_on(kit, linked, coordinator):
    fill_linked(kit, linked, film=True).submit()
    work_off_checks(kit)
    go_on(kit, coordinator, linked.id, "The film only repeats the pictures.")
    assert (linked.attempt.state, linked.row.state) == ("submitted", "under_review")


def test_or_gives_it_back(kit, linked, coordinator):
    fill_linked(kit, linked, film=True).submit()
    work_off_checks(kit)
    return_to_learner(kit, coordinator, linked.id, "Please send the film as pictures.")
    assert linked.attempt.state == "needs_fix"
    film = next(a for a in linked.artifacts if a.title == "film.mp4")
    remove_artifact(kit, linked.actor, linked.id, film.public_id)
    linked.submit()
    work_off_checks(kit)
    assert linked.attempt.state == "submitted"


def test_a_held_submission_waits_and_arrives_after_its_release(kit, story, coordinator):
    story.fill().submit()
    put_on_hold(kit, coordinator, story.id, "A question to the issuer.")
    run_due(kit)
    assert (story.attempt.state, story.row.state) == ("checking", "held")
    release_hold(kit, coordinator, story.id, "Answered.")
    run_due(kit)
    assert story.attempt.state == "submitted"


def test_what_is_still_written_to_staging_changes_nothing(kit, story):
    data = pdf()
    story.upload("plan", "plan.pdf", data)
    key = story.artifacts[0].staging_key
    work_off_checks(kit)
    kit.storage.put(key, b"another file altogether", media_type="application/pdf")
    with kit.storage.open(story.artifacts[0].key) as stream:
        assert stream.read() == data


class Meddling:
    """A converter during whose work the learner does something."""

    def __init__(self, converter, act):
        self.sniff, self._clean, self._act = converter.sniff, converter.clean, act

    def clean(self, path, media_type, folder):
        self._act()
        return self._clean(path, media_type, folder)


def test_a_file_removed_in_the_middle_of_its_check_leaves_nothing(kit, story):
    story.upload("plan", "plan.pdf", pdf())

    def remove():
        remove_artifact(kit, story.actor, story.id, story.artifacts[0].public_id)

    work_off_checks(replace(kit, converter=Meddling(kit.converter, remove)))
    assert story.artifacts == []
    assert [p for p in (kit.settings.data / "files/objects").rglob("*") if p.is_file()] == []


def test_the_attempt_waits_for_the_file_that_is_checked_last(kit, story):
    story.write("why", WHY)
    story.upload("plan", "plan.pdf", pdf())
    story.submit()
    with kit.read() as session:
        job = session.exec(select(Outbox).where(Outbox.job == "check_attempt")).one()
    check_attempt(kit, Job(job.id), **job.args)
    assert story.attempt.state == "checking"
    work_off_checks(kit)
    assert story.attempt.state == "submitted"


def test_a_file_removed_before_its_check_is_forgotten(kit, story):
    story.upload("plan", "plan.pdf", pdf())
    with kit.read() as session:
        job = session.exec(select(Outbox).where(Outbox.job == "check_artifact")).one()
    remove_artifact(kit, story.actor, story.id, story.artifacts[0].public_id)
    check_artifact(kit, Job(job.id), **job.args)
    with kit.read() as session:
        assert session.get(Outbox, job.id).done_at is not None
        assert session.exec(select(CleanCopy)).all() == []


def test_two_workers_on_one_file_leave_one_set_of_copies(kit, story):
    story.upload("plan", "plan.pdf", pdf(3))
    with kit.read() as session:
        job = session.exec(select(Outbox).where(Outbox.job == "check_artifact")).one()
    check_artifact(kit, Job(job.id), **job.args)
    with pytest.raises(Stale):
        check_artifact(kit, Job(job.id), **job.args)
    with kit.read() as session:
        copies = session.exec(select(CleanCopy.key)).all()
        assert len(session.exec(select(Event).where(Event.action == "artifact.checked")).all()) == 1
        keys = {*copies, session.exec(select(Artifact.key)).one()}
    stored = {str(p.relative_to(kit.settings.data / "files/objects"))
              for p in (kit.settings.data / "files/objects").rglob("*") if p.is_file()}  # fmt: skip
    assert stored == keys


def test_bytes_that_never_came_are_a_finding_not_a_fault(kit, story):
    story.upload("plan", "plan.pdf", pdf())
    kit.storage.delete(story.artifacts[0].staging_key)
    work_off_checks(kit)
    assert "did not arrive whole" in story.artifacts[0].finding


def test_clean_copies_carry_no_names(kit, story):
    story.upload("plan", "Ada Byron's plan.pdf", pdf())
    work_off_checks(kit)
    with kit.read() as session:
        for copy in session.exec(select(CleanCopy).order_by(col(CleanCopy.position))):
            assert copy.key.startswith("clean/")
            assert "ada" not in copy.key.lower()
            assert story.artifacts[0].public_id not in copy.key
