"""Rule 7: a rubric stays the learner's until they choose the newer one, having seen what it changes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.domain.rubric import DecisionPolicy, Part, Policies, Requirement
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import (
    Attempt,
    CriterionLock,
    Event,
    Feedback,
    MicroCredential,
    Plugin,
    RubricVersion,
)
from reviewhub.queries.evidence_page import evidence_page
from reviewhub.queries.feedback_page import feedback_page
from reviewhub.queries.newer_rubric import rubric_move
from reviewhub.services.appeal import appeal
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.hold import hold
from reviewhub.services.ids import public_id
from reviewhub.services.move_rubric import move_rubric
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said
from reviewhub.services.release import release as releasing
from tests.learner.browsing import sign_in
from tests.learner.story import Story, picture, release, score, work_off_checks
from tests.marks import BOTH
from tests.rubrics import criterion, small_rubric
from tests.web.pages import submit

SHORT = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}
OLD = small_rubric()


def newer(version="2.0", **changes):
    """Reworded goal, a stricter audience, no plan asked for any more but a link; a new criterion."""
    first, second = OLD.parts
    goal, audience, respect = first.criteria
    criteria = (
        replace(goal, description="About the goal, in figures.", requirements=("plan",)),
        replace(audience, met_from="tested"),
        respect,
        criterion("reach"),
    )
    return replace(OLD, version=version, parts=(replace(first, criteria=criteria), second), **changes)


@pytest.fixture
def bring(world, micro_credential):
    """Make a version of the rubric the live one; gives its public id."""

    def publish(rubric, digest=""):
        made = world.add(
            RubricVersion(
                public_id=public_id(), micro_credential_id=micro_credential.id, rubric_version=rubric.version,
                content_hash=content_hash(rubric), structure_hash=structure_hash(rubric), code_digest=digest,
                body=to_json(rubric), stored_at=world.kit.clock.now(),
            )
        )  # fmt: skip
        with world.kit.write() as tx:
            tx.session.get_one(MicroCredential, micro_credential.id).rubric_version_id = made.id
        return made.public_id

    return publish


@pytest.fixture
def lead(world):
    return world.person("Lena Lead", "lead")


@pytest.fixture
def revise(kit, world, micro_credential, lead, story):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    story.arrive()
    score(kit, world, story, SHORT, SHORT)
    release(kit, world, story, lead)
    return story


def offer(kit, story):
    with kit.read() as session:
        return rubric_move(session, story.actor, story.id)


def locks(kit):
    with kit.read() as session:
        rows = session.exec(select(CriterionLock)).all()
    return {row.criterion_id: row.lifted_because for row in rows}


def test_a_new_version_changes_nothing_by_itself(kit, story, bring):
    before = story.row
    bring(newer())
    assert story.row.rubric_version_id == before.rubric_version_id
    assert story.fill().submit().attempt.state == "checking"
    work_off_checks(kit)
    assert story.rubric.version == "1.0"
    assert offer(kit, story) is None, "not while it is checked or scored"


@BOTH
def test_a_draft_moves_with_its_evidence_and_pins_version_and_code(kit, story, bring):
    story.fill()
    to = bring(newer(), "c" * 64)
    move_rubric(kit, story.actor, story.id, to)
    assert (story.rubric.version, story.row.code_digest) == ("2.0", "c" * 64)
    assert {a.state for a in story.artifacts} == {"checked"}
    with kit.read() as session:
        event = session.exec(select(Event).where(Event.action == "submission.move_rubric")).one()
    assert event.facts["rubric_after"] == to
    assert event.facts["code_after"] == "c" * 64


@BOTH
def test_locks_move_where_the_structure_is_the_same_and_earlier_attempts_keep_their_rubric(
    kit, world, revise, lead, bring
):
    page = offer(kit, revise)
    assert page is None
    to = bring(newer())
    page = offer(kit, revise)
    assert page.stays_met == ("Respect", "Honest")
    assert page.open_again == ("Audience",)
    move_rubric(kit, revise.actor, revise.id, to)
    assert locks(kit) == {"respect": "", "honest": "", "audience": "moved"}
    with kit.read() as session:
        told = feedback_page(session, revise.actor, revise.id, 1, kit.clock.now())
    assert [item.criterion.id for item in (*told.met, *told.to_mend)] == [
        "audience",
        "respect",
        "honest",
        "goal",
    ]
    assert start_next(kit, revise.actor, revise.id) == 2
    revise.write("Note", "A figure, and whom it reaches.")
    revise.submit()
    work_off_checks(kit)
    asked = {"goal": "clear", "audience": "tested", "reach": "clear"}
    score(kit, world, revise, asked, asked)
    release(kit, world, revise, lead)
    assert revise.row.state == "met"
    with kit.read() as session:
        told = feedback_page(session, revise.actor, revise.id, 1, kit.clock.now())
        assert len(told.met) == 3, "what was said of attempt 1 stays as it was"
        assert told.moved


def test_an_appeal_after_moving_is_judged_by_the_rubric_of_its_attempt(
    kit, world, micro_credential, revise, lead, bring
):
    world.assessors(micro_credential, "Cem Kaya", "Dana Ruiz")
    move_rubric(kit, revise.actor, revise.id, bring(newer()))
    appeal(kit, revise.actor, revise.id, "The figure stands on page 2.")
    still = {"goal": "vague"}
    score(kit, world, revise, still, still)
    with kit.read() as session:
        draft = session.exec(select(Feedback).where(Feedback.state == "draft")).one()
    said = {"goal": Said("We saw it.", "Add a figure.")}
    releasing(kit, world.actor(lead), draft.public_id, draft.version, said, "")
    assert revise.row.state == "revise"
    assert locks(kit) == {"respect": "", "honest": "", "audience": "moved"}
    start_next(kit, revise.actor, revise.id)
    revise.write("Note", "A figure.")
    revise.submit()
    work_off_checks(kit)
    asked = {"goal": "clear", "audience": "tested", "reach": "clear"}
    score(kit, world, revise, asked, asked)


def without_plan():
    """Asks for a link in place of the text, and for no plan."""
    link = Requirement("why", "Why", "A page that says why.", "link", accept=("image/*",))
    parts = (Part("only", "Only", "", (replace(criterion("goal"), requirements=("why",)),)),)
    return replace(OLD, version="3.0", requirements=(link,), parts=parts)


def test_evidence_without_a_place_stays_in_view_and_is_not_sent(kit, world, story, bring):
    story.fill()
    to = bring(without_plan())
    assert [(one.requirement, one.title) for one in offer(kit, story).left] == [
        ("Plan", "plan.pdf"),
        ("Why", ""),
    ]
    move_rubric(kit, story.actor, story.id, to)
    with kit.read() as session:
        page = evidence_page(session, story.actor, story.id)
    assert [slot.title or slot.body[:7] for slot in page.left] == ["Because", "plan.pdf"]
    assert [m.code for m in page.missing] == [
        "links",
    ]
    story.write("why", "https://example.org/")
    story.upload("why", "shot.png", picture(), 0)
    work_off_checks(kit)
    story.submit()
    work_off_checks(kit)
    assert story.attempt.state == "submitted"
    sent = [a.requirement_id for a in story.artifacts if a.state == "checked"]
    assert sent == ["why"]


def test_what_has_no_place_can_be_removed(kit, story, bring):
    story.fill()
    move_rubric(kit, story.actor, story.id, bring(without_plan()))
    for piece in story.artifacts:
        remove_artifact(kit, story.actor, story.id, piece.public_id)
    assert story.artifacts == []


def test_after_moving_in_revise_the_copy_sets_aside_what_has_no_place(kit, revise, bring):
    move_rubric(kit, revise.actor, revise.id, bring(without_plan()))
    start_next(kit, revise.actor, revise.id)
    with kit.read() as session:
        page = evidence_page(session, revise.actor, revise.id)
    assert [slot.title or "text" for slot in page.left] == ["plan.pdf", "text"]


def test_a_version_that_came_out_meanwhile_has_to_be_looked_at_first(kit, story, bring):
    seen = bring(newer())
    bring(newer("2.1"))
    with pytest.raises(Stale):
        move_rubric(kit, story.actor, story.id, seen)
    assert story.rubric.version == "1.0"


def test_no_move_without_intake_on_hold_or_by_somebody_else(kit, world, story, bring, micro_credential):
    to = bring(newer(), "c" * 64)
    stranger = world.actor(world.person("Olga Other"))
    with pytest.raises(NotFound):
        move_rubric(kit, stranger, story.id, to)
    world.add(
        Plugin(name="harbor", issuer_id=micro_credential.issuer_id, code_digest="c" * 64, state="removed",
               synced_at=kit.clock.now())
    )  # fmt: skip
    with pytest.raises(Refused):
        move_rubric(kit, story.actor, story.id, to)
    to = bring(newer("2.1"))
    hold(kit, world.actor(world.person("Cora Cord", "coordinator")), story.id, "We look into something.")
    with pytest.raises(Refused):
        move_rubric(kit, story.actor, story.id, to)
    assert story.rubric.version == "1.0"


def test_a_move_that_would_lead_nowhere_is_refused(kit, revise, bring):
    one_try = newer(policies=Policies(decision=DecisionPolicy(attempts=1)))
    to = bring(one_try)
    assert "fewer attempts" in offer(kit, revise).refusal
    with pytest.raises(Refused):
        move_rubric(kit, revise.actor, revise.id, to)
    first, second = OLD.parts
    all_met = replace(OLD, version="4.0", parts=(replace(first, criteria=first.criteria[1:]), second))
    assert bring(all_met)
    assert "met already" in offer(kit, revise).refusal
    assert offer(kit, revise).gone == ()


def test_repaired_code_for_the_same_rubric_is_no_newer_version(kit, story, bring):
    bring(OLD, "d" * 64)
    assert offer(kit, story) is None


def test_running_work_goes_on_when_the_plugin_is_removed(kit, world, story, micro_credential, lead):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    with kit.write() as tx:
        row = tx.session.get_one(MicroCredential, micro_credential.id)
        row.state = "retired"
    with pytest.raises(Refused):
        Story.begin(kit, world.actor(world.person("Nora New")), micro_credential)
    story.arrive()
    score(kit, world, story, SHORT, SHORT)
    release(kit, world, story, lead)
    assert start_next(kit, story.actor, story.id) == 2


# ------------------------------------------------------------------ the page


def test_the_page_says_what_is_different_and_moves_by_one_button(client, kit, learner, revise, bring):
    browser = sign_in(client, kit, learner)
    address = f"/work/{revise.id}/rubric"
    assert browser.get(address).status_code == 303
    bring(newer())
    assert "There is a newer version of the rubric (2.0)" in browser.get(f"/work/{revise.id}").get_data(
        as_text=True
    )
    html = browser.get(address).get_data(as_text=True)
    for words in (
        "Counts as met from: was “Clear”, is “Tested”.",
        "Reach",
        "Only worded differently",
        "<ins>",
        "would be open again",
        "Respect, Honest",
    ):
        assert words in html
    with kit.read() as session:
        assert (
            session.exec(select(Attempt.id).where(col(Attempt.rubric_version_id).is_not(None))).first()
            is None
        )
    reply = submit(browser, address, "/rubric")
    assert reply.status_code == 303
    assert revise.rubric.version == "2.0"
    html = browser.get(f"/work/{revise.id}/feedback/1").get_data(as_text=True)
    assert "Version 2.0 of the rubric holds for your work now" in html
    assert "submit" not in reply.headers["Location"]


@BOTH
def test_moving_and_sending_at_once_never_send_what_the_new_rubric_was_not_asked_about(kit, story, bring):
    story.fill()
    to, version = bring(without_plan()), story.attempt.version

    def try_to(act):
        try:
            act()
        except (Refused, Stale, Invalid):
            return False
        return True

    acts = [
        lambda: move_rubric(kit, story.actor, story.id, to),
        lambda: story.submit(version=version),
    ]
    with ThreadPoolExecutor(2) as pool:
        moved, sent = pool.map(try_to, acts)
    assert moved != sent
    assert (story.rubric.version, story.attempt.state) == (("3.0", "draft") if moved else ("1.0", "checking"))
