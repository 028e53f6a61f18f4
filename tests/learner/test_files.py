"""Who may open which file, and for how long."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import NotFound
from reviewhub.jobs import run_due
from reviewhub.models import CleanCopy, FileGrant, Membership, Person, Review
from reviewhub.services.open_file import open_file
from reviewhub.services.withdraw import withdraw
from tests.learner.story import score, work_off_checks


@pytest.fixture
def seated(kit, world, story, micro_credential):
    """The evidence arrived and two assessors have a seat; gives them, and a third who has none."""
    people = world.assessors(micro_credential, "Asa One", "Bo Two", "Cy Three")
    story.arrive()
    run_due(kit)
    with kit.read() as session:
        taken = set(session.exec(select(Review.assessor_id)))
    return [world.actor(p) for p in sorted(people, key=lambda p: p.id not in taken)]


@pytest.fixture
def page(kit, story):
    def newest():
        with kit.read() as session:
            return session.exec(select(CleanCopy).order_by(col(CleanCopy.id))).first().public_id

    return newest


def refused(kit, actor, public_id):
    with pytest.raises(NotFound):
        open_file(kit, actor, public_id)
    return True


def original(story):
    return next(a.public_id for a in story.artifacts if a.kind == "file")


def test_a_seat_opens_clean_copies_and_never_the_original(kit, story, seated, page):
    first, second, outsider = seated
    for actor in (first, second):
        assert open_file(kit, actor, page()).startswith(kit.settings.files_url)
        assert refused(kit, actor, original(story))
    assert refused(kit, outsider, page())


def test_the_address_lives_five_minutes_and_says_no_name(kit, story, seated, page):
    before = int(time.time())  # addresses end by real time, as the server that shows them does
    query = parse_qs(urlsplit(open_file(kit, seated[0], page())).query)
    assert before + 300 <= int(query["e"][0]) <= int(time.time()) + 300
    assert "plan" not in str(query)
    own = parse_qs(urlsplit(open_file(kit, story.actor, original(story))).query)
    assert own["n"] == ["plan.pdf"]


def test_each_opening_is_written_down(kit, story, seated, page):
    open_file(kit, seated[0], page())
    open_file(kit, story.actor, original(story))
    with kit.read() as session:
        grants = session.exec(select(FileGrant).order_by(col(FileGrant.id))).all()
    assert [(g.person_id, g.clean_copy_id is None) for g in grants] == [
        (seated[0].person_id, False), (story.actor.person_id, True),
    ]  # fmt: skip


def test_a_lead_sees_clean_copies_once_the_evidence_was_sent(kit, world, story, page):
    lead = world.actor(world.person("Lena Lead", "lead"))
    story.fill()
    assert refused(kit, lead, page())
    story.submit()
    work_off_checks(kit)
    assert open_file(kit, lead, page())
    assert refused(kit, lead, original(story))


def test_coordinators_other_issuers_learners_and_nobody_see_nothing(kit, world, story, seated, page):
    elsewhere = world.issuer("elsewhere", "Elsewhere")
    for person in (
        world.person("Cora Coordinator", "coordinator"),
        world.person("Lead Elsewhere", "lead", issuer=elsewhere),
        world.person("Other Otto"),
    ):
        actor = world.actor(person)
        assert refused(kit, actor, page())
        assert refused(kit, actor, original(story))
    assert refused(kit, world.actor(Person(id=0)), page())
    assert refused(kit, story.actor, "a" * 26)


def test_a_right_taken_away_ends(kit, story, seated, page):
    open_file(kit, seated[0], page())
    withdraw(kit, story.actor, story.id, "")
    assert refused(kit, seated[0], page())
    assert open_file(kit, story.actor, original(story))


def test_a_void_round_opens_nothing_even_to_who_had_scored(kit, world, story, seated, page):
    levels = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}
    score(kit, world, story, levels, {**levels, "goal": "clear"})
    assert open_file(kit, seated[0], page())
    withdraw(kit, story.actor, story.id, "")
    with kit.read() as session:
        assert "final" in set(session.exec(select(Review.state)))
    assert refused(kit, seated[0], page())


def test_whoever_left_the_issuer_opens_nothing(kit, world, seated, page):
    with kit.write() as tx:
        for row in tx.session.exec(select(Membership).where(Membership.person_id == seated[0].person_id)):
            row.ended_at = tx.now
    with kit.read() as session:
        gone = world.actor(session.get_one(Person, seated[0].person_id))
    assert refused(kit, gone, page())
