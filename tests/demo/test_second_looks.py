"""What people ask, doubt, correct and look at again: one of each is in the demo to be tried."""

import pytest
from sqlmodel import col, func, select

from reviewhub.models import (
    Appeal,
    Attempt,
    Concern,
    Correction,
    Extension,
    Feedback,
    Objection,
    Question,
    Reveal,
    Review,
    Round,
    Submission,
)

pytestmark = pytest.mark.timeout(400)  # the first of them fills the demo, the others wait for it


def number(kit, query):
    with kit.read() as session:
        return session.exec(query.with_only_columns(func.count())).one()


HERE = {
    "a question that waits": select(Question).where(col(Question.answered_at).is_(None)),
    "a question with its answer": select(Question).where(Question.answer != ""),
    "an appeal that is scored": select(Appeal).where(Appeal.outcome == ""),
    "an appeal that changed something": select(Appeal).where(Appeal.outcome == "changed"),
    "a concern to answer": select(Concern).where(col(Concern.answered_at).is_(None)),
    "an attempt given back": select(Concern)
    .join(Submission, Submission.id == Concern.submission_id)
    .join(Attempt, Attempt.submission_id == Submission.id)
    .where(Concern.outcome == "given_back", Attempt.state == "needs_fix"),
    "a correction to agree to": select(Correction).where(Correction.state == "asked"),
    "a rescore to rule on": select(Round).where(
        Round.kind == "rescore", Round.state == "resolved", Round.ruling == ""
    ),
    "more time asked for": select(Extension).where(Extension.state == "asked"),
    "a doubt that is adjudicated": select(Objection)
    .join(Review, Review.id == Objection.review_id)
    .join(Round, Round.id == Review.round_id)
    .where(Objection.outcome == "", Round.state == "adjudicating"),
    "a name told": select(Reveal).where(Reveal.state == "granted"),
    "a look whether everything is there": select(Round).where(
        Round.kind == "completeness", Round.state == "scoring"
    ),
    "something that was not there": select(Round)
    .join(Attempt, Attempt.id == Round.attempt_id)
    .where(Round.kind == "completeness", Round.state == "resolved", Attempt.state == "needs_fix"),
    "an audit": select(Round).where(Round.kind == "audit", Round.state == "resolved"),
    "feedback that went out by itself, or will": select(Feedback).where(
        col(Feedback.releases_on).is_not(None)
    ),
}


@pytest.mark.parametrize("what", HERE)
def test_it_is_there(demo, what):
    assert number(demo, HERE[what]) >= 1
