"""The three minutes, by the services: a key each, an adjudication, feedback, a resubmission."""

from datetime import timedelta

import pytest
from sqlmodel import select

from reviewhub.demo.people import Company
from reviewhub.jobs import run_due
from reviewhub.models import Attempt, Feedback, Review, Round, RubricVersion, Submission
from reviewhub.queries.demo import ASSESSOR_A, ASSESSOR_B, CAST, LEAD, LEARNER, cast, tasks
from reviewhub.queries.tour import tour
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said, release
from reviewhub.services.score import submit

pytestmark = pytest.mark.timeout(400)  # the first of them fills the demo, the others wait for it

LAST = "learning"


def task_of(kit, who):
    with kit.read() as session:
        return tasks(session, cast(session))[who]


def done(kit):
    with kit.read() as session:
        return tour(session, cast(session)).done


def review_of(kit, public_id):
    with kit.read() as session:
        return session.exec(select(Review).where(Review.public_id == public_id)).one()


def press(kit, company, who, level):
    """The missing level, and submit."""
    task = task_of(kit, who)
    review = review_of(kit, task.target)
    sheet = {**review.draft, LAST: {"level": level, "comment": ""}}
    submit(kit, company[CAST[who]], task.target, sheet, review.draft_version)


def soon(kit):
    """The undo window passes."""
    kit.clock.advance(timedelta(seconds=kit.settings.undo_seconds + 1))
    run_due(kit)


def test_one_key_each_leads_to_an_adjudication_and_the_story_goes_on(demo):
    company = Company(demo)
    first, second = task_of(demo, "assessor-a"), task_of(demo, "assessor-b")
    assert (first.kind, first.most - first.done) == ("score", 1)
    assert (second.kind, second.most - second.done) == ("score", 1)
    assert done(demo) == frozenset()

    press(demo, company, "assessor-a", "yes")
    press(demo, company, "assessor-b", "no")
    soon(demo)
    assert done(demo) == {"a", "b"}
    waiting = task_of(demo, "lead")
    assert (waiting.kind, waiting.about) == ("adjudicate", first.about)
    seat = review_of(demo, waiting.target)
    assert seat.assessor_id == company[LEAD].person_id
    with demo.read() as session:
        round_ = session.get_one(Round, seat.round_id)
        assert round_.disputed == [LAST]
        rubric = session.exec(
            select(RubricVersion.body)
            .join(Submission, Submission.rubric_version_id == RubricVersion.id)
            .join(Attempt, Attempt.submission_id == Submission.id)
            .where(Attempt.id == round_.attempt_id)
        ).one()

    criteria = [criterion for part in rubric["parts"] for criterion in part["criteria"]]
    sheet = {c["id"]: {"level": c["met_from"], "comment": "Seen."} for c in criteria}
    sheet["figures"] = {"level": "partly", "comment": "No conclusion follows."}
    for _ in ("blind", "final"):
        submit(demo, company[LEAD], waiting.target, sheet, review_of(demo, waiting.target).draft_version)
    soon(demo)
    assert done(demo) == {"a", "b", "adjudicated"}

    confirm = task_of(demo, "lead")
    assert (confirm.kind, confirm.about) == ("confirm", first.about)
    with demo.read() as session:
        draft = session.exec(select(Feedback).where(Feedback.public_id == confirm.target)).one()
    said = {item["criterion"]: Said(item["saw"] or "Seen.", item["do"]) for item in draft.items}
    release(demo, company[LEAD], confirm.target, draft.version, said, "Nearly there.")
    run_due(demo)

    mend = task_of(demo, "learner")
    assert (mend.kind, mend.about, mend.done) == ("mend", first.about, 6)
    assert start_next(demo, company[LEARNER], mend.target) == 2
    assert done(demo) == {"a", "b", "adjudicated", "confirmed", "resubmitted"}


def test_nobody_but_the_two_of_the_cards_holds_a_seat(demo):
    company = Company(demo)
    rounds = {review_of(demo, task_of(demo, who).target).round_id for who in ("assessor-a", "assessor-b")}
    assert len(rounds) == 1
    with demo.read() as session:
        seated = session.exec(select(Review.assessor_id).where(Review.round_id.in_(rounds))).all()
    assert set(seated) == {company[ASSESSOR_A].person_id, company[ASSESSOR_B].person_id}
