"""Feedback, the next attempt from a copy, and the end."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.domain.rubric import DecisionPolicy, Policies
from reviewhub.models import Artifact, CleanCopy, MicroCredential
from reviewhub.queries.evidence_page import evidence_page
from reviewhub.queries.feedback_page import feedback_page
from reviewhub.queries.learner import submission_page
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.hold import go_on, return_to_learner
from reviewhub.services.next_attempt import start_next
from reviewhub.services.start import start
from tests.learner.story import FILM, Story, fill_linked, pdf, release, score, work_off_checks
from tests.marks import BOTH
from tests.rubrics import small_rubric

SHORT = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}


@pytest.fixture
def lead(world):
    return world.person("Lena Lead", "lead")


@pytest.fixture
def sent(world, micro_credential, lead, story):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    return story.arrive()


@pytest.fixture
def revise(kit, world, sent, lead):
    score(kit, world, sent, SHORT, SHORT)
    kit.clock.move(days=1)
    release(kit, world, sent, lead)
    return sent


def steps(kit, story):
    with kit.read() as session:
        return [
            (step.code, step.state)
            for step in submission_page(session, story.actor, story.id, story.kit.clock.now()).steps
        ]


@BOTH
def test_three_met_one_to_mend_then_met(kit, world, revise, lead):
    with kit.read() as session:
        page = feedback_page(session, revise.actor, revise.id, 1, kit.clock.now())
    assert [item.criterion.id for item in page.to_mend] == ["goal"]
    assert [item.criterion.id for item in page.met] == ["audience", "respect", "honest"]
    assert (page.to_mend[0].place, page.to_mend[0].needed_place) == (2, 3)
    assert steps(kit, revise) == [
        ("started", "done"), ("sent", "done"), ("scored", "done"), ("feedback", "done"), ("revise", "now"),
        ("result", "next"),
    ]  # fmt: skip

    assert start_next(kit, revise.actor, revise.id) == 2
    revise.write("Note", "The goal now has a figure.")
    revise.submit()
    work_off_checks(kit)
    score(kit, world, revise, {"goal": "clear"}, {"goal": "clear"})
    release(kit, world, revise, lead)
    assert revise.row.state == "met"
    with kit.read() as session:
        page = feedback_page(session, revise.actor, revise.id, 2, kit.clock.now())
    assert page.to_mend == ()
    assert [item.earlier for item in page.met] == [False, True, True, True]
    assert steps(kit, revise)[-1] == ("met", "done")
    with pytest.raises(Refused):
        start_next(kit, revise.actor, revise.id)
    with pytest.raises(Refused, match="already"):
        start(kit, revise.actor, "harbor", "small")


def test_the_copy_has_everything_under_ids_of_its_own(kit, revise):
    start_next(kit, revise.actor, revise.id)
    new = revise.artifacts
    with kit.read() as session:
        old = [session.get_one(Artifact, artifact.copied_from_id) for artifact in new]
        pages = session.exec(select(CleanCopy)).all()
    assert [(a.key, a.sha256, a.body, a.title) for a in new] == [
        (a.key, a.sha256, a.body, a.title) for a in old
    ]
    assert not {a.public_id for a in new} & {a.public_id for a in old}
    assert len({page.public_id for page in pages}) == 4
    assert len({page.key for page in pages}) == 2


def test_changing_the_copy_leaves_the_earlier_attempt_as_it_was(kit, revise):
    before = revise.artifacts
    start_next(kit, revise.actor, revise.id)
    plan = next(a for a in revise.artifacts if a.kind == "file")
    remove_artifact(kit, revise.actor, revise.id, plan.public_id)
    revise.upload("plan", "better.pdf", pdf(1))
    work_off_checks(kit)
    with kit.read() as session:
        for artifact in before:
            assert session.get_one(Artifact, artifact.id) == artifact
            if artifact.key:
                assert kit.storage.head(artifact.key)


def test_the_learner_says_what_changed(kit, revise):
    start_next(kit, revise.actor, revise.id)
    with pytest.raises(Invalid, match="what you changed"):
        revise.submit()


def test_the_earlier_feedback_stays_in_view(kit, revise):
    start_next(kit, revise.actor, revise.id)
    with kit.read() as session:
        page = evidence_page(session, revise.actor, revise.id)
    assert [(item.criterion.id, bool(item.do)) for item in page.advice] == [("goal", True)]
    assert [name for name, _ in page.locked] == ["Audience", "Respect", "Honest"]


@BOTH
def test_two_clicks_open_one_attempt(kit, revise):
    def click(_):
        try:
            return start_next(kit, revise.actor, revise.id)
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(3) as pool:
        assert sorted(map(str, pool.map(click, range(3)))) == ["2", "state", "state"]


def test_no_more_attempts_than_the_rubric_allows(kit, world, lead):
    rubric = replace(
        small_rubric(policies=Policies(decision=DecisionPolicy(attempts=1))), slug="once", version="2.0"
    )
    once = world.micro_credential(rubric)
    world.assessors(once, "Asa One", "Bo Two")
    story = Story.begin(kit, world.actor(world.person("Una Once")), once).arrive()
    score(kit, world, story, SHORT, SHORT)
    release(kit, world, story, lead)
    with pytest.raises(Refused, match="used"):
        start_next(kit, story.actor, story.id)


def test_before_the_release_there_is_no_feedback_and_nothing_of_the_result(kit, world, sent):
    score(kit, world, sent, SHORT, SHORT)
    with kit.read() as session:
        with pytest.raises(NotFound):
            feedback_page(session, sent.actor, sent.id, 1, kit.clock.now())
        page = submission_page(session, sent.actor, sent.id, sent.kit.clock.now())
    assert (page.own.standing, page.feedback) == ("confirming", ())


def test_an_adjudication_is_only_a_second_look(kit, world, micro_credential, story, lead):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    story.arrive()
    score(kit, world, story, SHORT, {**SHORT, "goal": "clear"})
    assert steps(kit, story)[-1] == ("scoring", "now")


@pytest.fixture
def gone_on(kit, world, linked, lead):
    """An attempt with a film, which a coordinator let go on, back for revision; and its coordinator."""
    coordinator = world.actor(world.person("Cora Coordinator", "coordinator"))
    with kit.read() as session:
        wanted = session.get_one(MicroCredential, linked.row.micro_credential_id)
    world.assessors(wanted, "Asa One", "Bo Two")
    fill_linked(kit, linked, film=True).submit()
    work_off_checks(kit)
    go_on(kit, coordinator, linked.id, "The film only repeats the pictures.")
    score(kit, world, linked, SHORT, SHORT)
    release(kit, world, linked, lead)
    start_next(kit, linked.actor, linked.id)
    linked.write("Note", "The goal now has a figure.")
    return linked, coordinator


def test_what_a_coordinator_let_go_on_holds_no_later_attempt(kit, gone_on):
    story, _ = gone_on
    assert [a.clean_state for a in story.artifacts if a.title == "film.mp4"] == ["not_cleanable"]
    with kit.read() as session:
        page = evidence_page(session, story.actor, story.id)
    (film,) = next(s for s in page.sections if s.requirement.id == "more").slots
    assert film.copied
    story.submit()
    work_off_checks(kit)
    assert story.attempt.state == "submitted"


def test_what_is_new_and_cannot_be_shown_is_looked_after_alone(kit, gone_on):
    story, coordinator = gone_on
    story.upload("shots", "new.heic", FILM.replace(b"mp42", b"heic"))
    work_off_checks(kit)
    story.submit()
    work_off_checks(kit)
    assert story.attempt.state == "held"
    with kit.read() as session:
        pieces = submission_page(session, story.actor, story.id, story.kit.clock.now()).pieces
    assert [piece.title for piece in pieces if piece.waits] == ["new.heic"]
    return_to_learner(kit, coordinator, story.id, "Please send it as a picture.")
    assert [a.title for a in story.artifacts if a.state == "refused"] == ["new.heic"]
