"""Every statement of the main pages and jobs starts from an index; no table that grows is read through."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from reviewhub import jobs
from reviewhub.models import Feedback, Review
from reviewhub.queries import (
    assessor,
    catalogue,
    coordinator,
    coordinator_case,
    coordinator_list,
    coordinator_people,
    coordinator_person,
    lead,
    lead_feedback,
    learner,
)
from reviewhub.services.hold import hold, release_hold
from reviewhub.services.name_cases import name_cases
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release
from tests.assessor.desk import WEAK

GROWING = {
    *("alias", "artifact", "attempt", "clean_copy", "conflict", "criterion_lock", "decision", "event"),
    *("event_text", "feedback", "file_grant", "hold", "letter", "outbox", "person", "rating", "resolution"),
    *("promise", "review", "round", "scoresheet", "session", "submission", "token"),
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


@pytest.mark.usefixtures("story")
def test_pages_and_jobs_start_from_an_index(desk, cora):
    kit, now = desk.kit, desk.kit.clock.now()
    feedback = desk.one(Feedback)
    lena, ana, lee = (desk.actor(p) for p in (desk.people.lead, desk.people.ana, desk.learner))
    name_cases(kit, lena, [feedback.public_id])
    with scans(kit.db.engine) as found:
        with kit.read() as session:
            for group in ("review", "open", "revise", "held", "ended"):
                coordinator_list.submissions(session, cora, now, group)
            coordinator_list.find_case(session, cora, "K7-204X")
            coordinator.overview(session, cora, now)
            coordinator_case.case_page(session, cora, desk.submission.public_id, now)
            coordinator_people.people(session, cora, now)
            coordinator_person.person_page(session, cora, ana.public_id, now)
            lead.desk(session, lena, now)
            lead.desk(session, lena, now, released=True)
            lead_feedback.feedback_page(session, lena, feedback.public_id)
            assessor.queue(session, ana, now)
            assessor.ledger(session, ana, now)
            learner.work(session, lee, now)
            catalogue.explore(session, lee)
        said = {item["criterion"]: Said("Saw.", "Do.") for item in feedback.items}
        release(kit, lena, feedback.public_id, feedback.version, said, "Thank you.")
        pid = desk.submission.public_id
        hold(kit, cora, pid, "Why.")
        release_hold(kit, cora, pid, "Why.")
        record_conflict(kit, cora, pid, desk.people.ana.public_id, "Why.")
        jobs.tick_once(kit)
        desk.run()
    assert not found, "\n\n".join(f"{line}\n{statement}" for line, statement in found.items())
