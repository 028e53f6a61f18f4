"""Every statement of the main pages and jobs starts from an index; no table that grows is read through."""

import re
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from reviewhub import jobs
from reviewhub.models import Concern, Feedback, Issuer, Reveal, Review, Submission
from reviewhub.queries import (
    assessor,
    catalogue,
    coordinator,
    coordinator_asked,
    coordinator_case,
    coordinator_list,
    coordinator_people,
    coordinator_person,
    lead,
    lead_feedback,
    lead_reveal,
    learner,
    own_exits,
    pile,
)
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.claim_next import claim_next
from reviewhub.services.decide_reveal import grant_reveal
from reviewhub.services.hand_over import hand_over
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.keep_claim import keep_claim
from reviewhub.services.name_cases import name_cases
from reviewhub.services.practice import practice_of
from reviewhub.services.raise_concern import Said as Wrong
from reviewhub.services.raise_concern import raise_concern
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release
from reviewhub.services.set_away import set_away
from reviewhub.services.set_practice import set_practice
from tests.assessor.desk import WEAK

GROWING = {
    *("alias", "artifact", "attempt", "clean_copy", "concern", "conflict", "criterion_lock", "decision"),
    *("event", "event_text", "feedback", "file_grant", "hold", "letter", "outbox", "person", "rating"),
    *("resolution", "reveal", "promise", "review", "round", "scoresheet", "session", "submission", "token"),
}
SMALL_PART = {
    "ix_outbox_open",  # all open jobs that are due, and no others
}


@contextmanager
def scans(engine):
    """Collects the statements that read a growing table from end to end, with the plan's line."""
    found = {}

    def look(connection, cursor, statement, parameters, *_):
        if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            return
        own = cursor.connection.cursor()
        for *_, line in own.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall():
            scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
            if scan and _table(scan[1], statement) in GROWING and scan[2] not in SMALL_PART:
                found[line] = statement
        own.close()

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


def _table(name, statement):
    """The table behind an alias such as attempt_1."""
    aliased = re.search(rf"\b(\w+) AS {name}\b", statement)
    return aliased[1] if aliased else name


@pytest.fixture
def story(desk):
    """One case at the lead's desk and one at the assessors'."""
    round_id = desk.seated()
    for review in desk.all(Review, Review.round_id == round_id):
        person = next(p for p in vars(desk.people).values() if p.id == review.assessor_id)
        desk.submit(person, WEAK, round_id)
    desk.pass_undo()
    desk.seated(learner=desk.world.person("Noor Learner"))


def _concern(desk):
    """Somebody of the second case says that something is wrong."""
    review = desk.all(Review, Review.state == "offered")[-1]
    person = next(p for p in vars(desk.people).values() if p.id == review.assessor_id)
    raise_concern(desk.kit, desk.actor(person), review.public_id, Wrong("other", "A blank page."))
    return desk.one(Concern)


def _claims(desk, cora):
    """The issuer lets its assessors claim: one does, and leaves it for a day."""
    with desk.kit.read() as session:
        issuer = session.get_one(Issuer, desk.micro.issuer_id)
    seen = practice_of(issuer)
    wanted = replace(seen, assignment="pull")
    set_practice(desk.kit, cora, issuer.slug, seen.stamp, wanted, "Why.", move=False)
    desk.seated(learner=desk.world.person("Kim Learner"))
    review = claim_next(desk.kit, desk.actor(desk.people.cleo))
    keep_claim(desk.kit, desk.actor(desk.people.cleo), review)
    desk.kit.clock.move(hours=9)
    desk.run()
    claim_next(desk.kit, desk.actor(desk.people.cleo))


@pytest.mark.usefixtures("story")
def test_pages_and_jobs_start_from_an_index(desk, cora):
    kit, now = desk.kit, desk.kit.clock.now()
    feedback = desk.one(Feedback)
    lena, ana, lee = (desk.actor(p) for p in (desk.people.lead, desk.people.ana, desk.learner))
    name_cases(kit, lena, [feedback.public_id])
    said_wrong = _concern(desk)
    reveals_of = desk.all(Submission)[0].id
    with scans(kit.db.engine) as found:
        with kit.read() as session:
            for group in ("review", "open", "revise", "held", "ended"):
                coordinator_list.submissions(session, cora, now, group)
            coordinator_list.find_case(session, cora, "K7-204X")
            coordinator.overview(session, cora, now)
            coordinator_asked.asked(session, cora)
            coordinator_asked.concern_page(session, cora, said_wrong.public_id)
            coordinator_asked.asked_of(session, said_wrong.submission_id)
            coordinator_case.case_page(session, cora, desk.submission.public_id, now)
            coordinator_people.people(session, cora, now)
            coordinator_person.person_page(session, cora, ana.public_id, now)
            lead.desk(session, lena, now)
            lead.desk(session, lena, now, released=True)
            lead_feedback.feedback_page(session, lena, feedback.public_id)
            assessor.queue(session, ana, now)
            pile.waiting(session, ana, now)
            assessor.ledger(session, ana, now)
            own_exits.over(session, ana, now)
            own_exits.with_coordinator(session, ana)
            own_exits.absence(session, ana, now)
            lead_reveal.own_reveal(session, lena, feedback.public_id, now)
            learner.work(session, lee, now)
            catalogue.explore(session, lee)
        said = {item["criterion"]: Said("Saw.", "Do.") for item in feedback.items}
        release(kit, lena, feedback.public_id, feedback.version, said, "Thank you.")
        pid = desk.submission.public_id
        hold(kit, cora, pid, "Why.")
        release_hold(kit, cora, pid, "Why.")
        record_conflict(kit, cora, pid, desk.people.ana.public_id, "Why.")
        answer_concern(kit, cora, said_wrong.public_id, Answer("carry_on", "Go on."))
        ask_reveal(kit, lena, feedback.public_id, "Why.")
        grant_reveal(kit, cora, desk.one(Reveal, Reveal.submission_id == reveals_of).public_id, 7, "Why.")
        _claims(desk, cora)
        set_away(kit, lena, now.date())
        hand_over(kit, ana)
        jobs.tick_once(kit)
        desk.run()
    assert not found, "\n\n".join(f"{line}\n{statement}" for line, statement in found.items())
