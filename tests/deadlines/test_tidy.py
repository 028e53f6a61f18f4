"""What nobody needs any more goes away by itself, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.domain.errors import Refused, Stale
from reviewhub.domain.rubric import Requirement
from reviewhub.models import Artifact, Outbox
from reviewhub.services import tidy_up
from reviewhub.services.kit import Job
from reviewhub.services.ports import StorageDown
from reviewhub.services.renewing import keep_going
from reviewhub.services.start import start
from reviewhub.services.tidy_up import drop_lost_objects, drop_stale_uploads, purge_outbox
from reviewhub.services.upload import Announced, allow_upload
from tests.learner.story import Story, pdf
from tests.marks import BOTH
from tests.rubrics import small_rubric

DAY = timedelta(days=1)


@pytest.fixture
def story(kit, world):
    micro = world.micro_credential()
    return Story.begin(kit, world.actor(world.person("Ada Byron")), micro)


def announce(kit, story, name="plan.pdf"):
    """A browser was allowed to send a file, and has not."""
    allow_upload(kit, story.actor, story.id, Announced("plan", name, 2000))
    return next(a for a in story.artifacts if a.title == name)


def keys(kit):
    return set(kit.storage.staged())


@BOTH
def test_an_upload_that_never_came_gives_its_place_back_after_a_day(kit, clock, story):
    row = announce(kit, story)
    kit.storage.put(row.staging_key, b"came, and nobody said so", media_type="application/pdf")
    clock.move(days=1)
    drop_stale_uploads(kit)
    assert story.artifacts == [row]
    before = story.attempt.version
    clock.move(seconds=1)
    drop_stale_uploads(kit)
    assert story.artifacts == []
    assert story.attempt.version == before + 1
    assert keys(kit) == set()


@BOTH
def test_what_arrived_stays(kit, clock, story):
    story.fill()
    clock.move(days=90)
    drop_stale_uploads(kit)
    drop_lost_objects(kit)
    assert {a.state for a in story.artifacts} == {"checked"}
    for artifact in story.artifacts:
        assert artifact.key is None or kit.storage.head(artifact.key)


def test_what_waits_for_its_check_stays_in_staging(kit, clock, story):
    story.upload("plan", "plan.pdf", pdf())
    clock.move(days=90)
    drop_stale_uploads(kit)
    drop_lost_objects(kit)
    (row,) = story.artifacts
    assert row.state == "arrived"
    assert keys(kit) == {row.staging_key}


def test_a_link_keeps_its_address(kit, clock, linked_story):
    allow_upload(kit, linked_story.actor, linked_story.id, Announced("page", "capture.png", 2000, 0))
    linked_story.write("page", "https://pages.example/garden")
    clock.move(days=2)
    drop_stale_uploads(kit)
    (row,) = linked_story.artifacts
    assert (row.url, row.title, row.staging_key) == ("https://pages.example/garden", "", None)


@pytest.fixture
def linked_story(kit, world):
    rubric = small_rubric()
    page = Requirement("page", "Page", "A page of yours.", "link", maximum=2, accept=("image/*",))
    micro = world.micro_credential(replace(rubric, slug="linked", requirements=(*rubric.requirements, page)))
    return Story.begin(kit, world.actor(world.person("Lin Ked")), micro)


def test_an_upload_that_was_allowed_anew_is_waited_for_anew(kit, clock, linked_story):
    """A link's own place is older than the upload that is under way."""
    linked_story.write("page", "https://pages.example/garden")
    clock.move(days=5)
    allow_upload(kit, linked_story.actor, linked_story.id, Announced("page", "capture.png", 2000, 0))
    (row,) = linked_story.artifacts
    drop_stale_uploads(kit)
    assert linked_story.artifacts[0].staging_key == row.staging_key


def test_what_nothing_names_is_deleted_and_what_something_names_is_not(kit, story):
    row = announce(kit, story)
    kit.storage.put(row.staging_key, b"under way", media_type="application/pdf")
    kit.storage.put("staging/lost", b"its place is gone", media_type="application/pdf")
    kit.storage.put("final/kept", b"kept", media_type="application/pdf")
    drop_lost_objects(kit)
    assert keys(kit) == {row.staging_key}
    assert kit.storage.head("final/kept")


def test_more_objects_than_one_batch(kit, monkeypatch):
    monkeypatch.setattr(tidy_up, "BATCH", 3)
    for number in range(8):
        kit.storage.put(f"staging/n{number}", b"x", media_type="text/plain")
    drop_lost_objects(kit)
    assert keys(kit) == set()


@BOTH
def test_rows_done_long_ago_go_and_those_that_say_once_stay(kit, clock, world):
    with kit.write() as tx:
        tx.later("send_letter", letter_id=1)
        tx.later("watch_review", dedup="watch_review:after:1", review_id=1)
        tx.later("morning_letter", dedup="morning_letter:1:2026-11-02", issuer_id=1)
        tx.later("send_letter", letter_id=2)
        tx.later("send_letter", letter_id=3)
    with kit.write() as tx:
        rows = tx.session.exec(select(Outbox).order_by(Outbox.id)).all()
        for row in rows[:3] + rows[4:]:
            row.done_at = tx.now
    clock.move(days=31)
    assert purge_outbox(kit) == 2
    assert purge_outbox(kit) == 0
    with kit.read() as session:
        left = session.exec(select(Outbox).order_by(Outbox.id)).all()
    assert [row.dedup_key or row.args["letter_id"] for row in left] == ["morning_letter:1:2026-11-02", 2, 3]
    clock.move(days=370)
    assert purge_outbox(kit) == 1


def test_all_of_it_in_one_job_that_asks_for_tomorrow(kit, clock, story):
    announce(kit, story)
    clock.move(days=3)
    keep_going(kit, jobs.ALWAYS)
    with kit.read() as session:
        row = session.exec(select(Outbox).where(Outbox.job == "tidy_up")).one()
    jobs.tidy_up(kit, Job(row.id))
    with pytest.raises(Stale):
        jobs.tidy_up(kit, Job(row.id))
    assert story.artifacts == []
    with kit.read() as session:
        waiting = session.exec(select(Outbox).where(Outbox.job == "tidy_up", Outbox.done_at.is_(None))).one()
    assert waiting.due_at == clock.now() + DAY


def test_storage_that_is_down_is_tried_again(kit, story, monkeypatch):
    def down():
        raise StorageDown

    keep_going(kit, jobs.ALWAYS)
    with kit.read() as session:
        row = session.exec(select(Outbox).where(Outbox.job == "tidy_up")).one()
    with monkeypatch.context() as outage:
        outage.setattr(kit.storage, "staged", down, raising=True)
        assert not jobs.run_job(kit, row.id)
    assert jobs.run_job(kit, row.id)


def test_a_learner_may_have_begun_so_much_and_no_more(kit, world, story):
    others = [world.micro_credential(replace(small_rubric(), slug=f"other-{n}")) for n in range(3)]
    small = replace(kit, settings=replace(kit.settings, open_drafts=3))
    for micro in others[:2]:
        start(small, story.actor, "harbor", micro.slug)
    with pytest.raises(Refused, match="begun 3") as no:
        start(small, story.actor, "harbor", others[2].slug)
    assert no.value.code == "drafts"
    assert start(small, story.actor, "harbor", others[0].slug)  # what is there is opened
    with kit.read() as session:
        assert session.exec(select(Artifact)).all() == []
