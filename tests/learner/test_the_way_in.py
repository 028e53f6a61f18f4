"""From the first click to the arrival."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.models import CleanCopy, Event, LetterRow, MicroCredential, Outbox, Plugin, Round, Submission
from reviewhub.services.start import start
from reviewhub.services.verify_audit import verify_all
from tests.learner.story import WHY, Story, pdf, work_off_checks
from tests.marks import BOTH
from tests.world import DIGEST


@BOTH
def test_a_learner_starts_fills_submits_and_everything_arrives(kit, story):
    story.arrive()
    assert (story.row.state, story.attempt.state) == ("under_review", "submitted")
    assert story.attempt.promised_on.isoformat() == "2026-11-20"
    with kit.read() as session:
        opened = session.exec(select(Round)).one()
        assert (opened.state, opened.kind, opened.number) == ("waiting", "initial", 1)
        job = session.exec(select(Outbox).where(Outbox.job == "fill_seats")).one()
        assert job.args == {"round_id": opened.id}
        letter = session.exec(select(LetterRow)).one()
        assert "2 pieces of evidence" in letter.body
        assert "Friday 20 November 2026" in letter.body
        assert [e.action for e in session.exec(select(Event).order_by(col(Event.seq)))] == [
            "submission.start",
            "artifact.checked",
            "attempt.submit",
            "attempt.passed",
            "submission.arrive",
            "promise.made",
            "round.open",
        ]
        pages = session.exec(select(CleanCopy)).all()
    assert len(pages) == 2
    for page in pages:
        with kit.storage.open(page.key) as stream:
            assert len(stream.read()) == page.size
    assert verify_all(kit)[0]


def test_the_final_copy_is_what_was_hashed_and_the_staging_key_is_gone(kit, story):
    data = pdf()
    story.upload("plan", "C:\\fakepath\\my plan.pdf", data)
    staging = story.artifacts[0].staging_key
    work_off_checks(kit)
    file = story.artifacts[0]
    assert (file.state, file.title, file.size, file.staging_key) == (
        "checked",
        "my plan.pdf",
        len(data),
        None,
    )
    with kit.storage.open(file.key) as stream:
        assert stream.read() == data
    assert kit.storage.head(staging) is None
    assert file.key.startswith("final/")


def test_starting_again_gives_the_submission_that_is_open(kit, story, micro_credential):
    assert start(kit, story.actor, "harbor", micro_credential.slug) == story.id


@BOTH
def test_two_starts_in_the_same_instant_give_one_submission(kit, world, learner, micro_credential):
    actor = world.actor(learner)
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: start(kit, actor, "harbor", micro_credential.slug), range(4)))
    assert len(set(ids)) == 1
    with kit.read() as session:
        assert len(session.exec(select(Submission)).all()) == 1


def test_the_rubric_and_its_code_are_pinned_at_the_start(story, micro_credential):
    assert story.row.rubric_version_id == micro_credential.rubric_version_id
    assert story.row.code_digest == DIGEST


def test_nobody_starts_without_an_account_or_what_is_not_there(kit, world, learner, micro_credential):
    with pytest.raises(Refused) as refused:
        start(kit, Actor(), "harbor", micro_credential.slug)
    assert refused.value.code == "role"
    for issuer, slug in (("harbor", "nothing"), ("elsewhere", micro_credential.slug)):
        with pytest.raises(NotFound):
            start(kit, world.actor(learner), issuer, slug)


@pytest.mark.parametrize("why", ["retired", "quarantined"])
def test_intake_stops_while_running_work_goes_on(kit, world, story, micro_credential, why):
    with kit.write() as tx:
        if why == "retired":
            tx.session.get_one(MicroCredential, micro_credential.id).state = "retired"
        else:
            tx.session.add(
                Plugin(
                    name="harbor",
                    issuer_id=micro_credential.issuer_id,
                    code_digest=DIGEST,
                    state="quarantined",
                    synced_at=tx.now,
                )
            )
    with pytest.raises(Refused) as refused:
        start(kit, world.actor(world.person("Late Lea")), "harbor", micro_credential.slug)
    assert refused.value.code == "intake"
    story.arrive()
    assert story.attempt.state == "submitted"


def test_what_is_missing_is_said_all_at_once(story):
    with pytest.raises(Invalid) as wrong:
        story.submit(attested=False)
    assert [problem.field for problem in wrong.value.problems] == ["plan", "why", "attested"]
    assert story.attempt.state == "draft"


def test_a_form_that_shows_less_than_there_is_now_sends_nothing(story):
    seen = story.fill().attempt.version
    story.write("why", f"{WHY} And more.", was=WHY)
    with pytest.raises(Stale):
        story.submit(version=seen)
    assert story.attempt.state == "draft"


@BOTH
def test_sending_twice_arrives_once(kit, story):
    story.fill()
    version = story.attempt.version

    def send(_):
        try:
            story.submit(version=version)
        except (Refused, Stale) as no:
            return no.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(send, range(3))) == ["done", "sent", "sent"]
    work_off_checks(kit)
    with kit.read() as session:
        assert len(session.exec(select(Round)).all()) == 1


def test_files_that_are_still_being_checked_are_waited_for(kit, story):
    story.write("why", WHY)
    story.upload("plan", "plan.pdf", pdf())
    story.submit()
    assert story.attempt.state == "checking"
    work_off_checks(kit)
    assert story.attempt.state == "submitted"


def test_somebody_else_s_work_is_not_there(kit, world, story):
    other = Story(kit, world.actor(world.person("Other Otto")), story.id)
    for act in (
        lambda: other.write("why", WHY),
        lambda: other.upload("plan", "plan.pdf", pdf()),
        lambda: other.submit(version=1),
    ):
        with pytest.raises(NotFound):
            act()
