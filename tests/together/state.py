"""All tables as the invariants read them, at one moment."""

from collections import Counter

from sqlmodel import col, select

from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.workflow.review import SEATED
from reviewhub.models import (
    Attempt,
    Concern,
    Conflict,
    CriterionLock,
    DecisionRow,
    Event,
    Extension,
    Feedback,
    Hold,
    LetterRow,
    Membership,
    Objection,
    Outbox,
    Promise,
    Rating,
    ResolutionRow,
    Reveal,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)

NOT_IN = {"offered", "claimed"}
ALONE = {"completeness", "audit"}
"""Kinds of round that have one seat of their own, whose sheet is the whole result."""


class State:
    """One consistent look at all tables."""

    def __init__(self, session):
        def rows(table):
            return session.exec(select(table).order_by(table.id)).all()

        self.submissions, self.attempts, self.rounds = rows(Submission), rows(Attempt), rows(Round)
        self.reviews, self.holds, self.jobs = rows(Review), rows(Hold), rows(Outbox)
        self.decisions, self.resolutions = rows(DecisionRow), rows(ResolutionRow)
        self.feedback, self.locks = rows(Feedback), rows(CriterionLock)
        self.events, self.letters = rows(Event), rows(LetterRow)
        self.promises = rows(Promise)
        self.extensions = rows(Extension)
        self.conflicts = session.exec(select(Conflict).where(col(Conflict.ended_at).is_(None))).all()
        self.members = session.exec(select(Membership)).all()
        self.rubrics = {one.id: from_json(one.body) for one in session.exec(select(RubricVersion))}
        self.objections = rows(Objection)
        self.criterion = {lock.id: lock.criterion_id for lock in self.locks}
        self._asked_things(session)
        self.rated = Counter()
        query = select(Scoresheet.review_id, Rating.criterion_id).join(
            Rating, col(Rating.scoresheet_id) == Scoresheet.id
        )
        for review_id, criterion_id in session.exec(query):
            self.rated[review_id, criterion_id] += 1

    def _asked_things(self, session):
        """Concerns and reveals, and the rounds that they bear on."""
        concerns = session.exec(select(Concern)).all()
        of = {review.id: review.round_id for review in self.reviews}
        self.given_back = {of[one.review_id] for one in concerns if one.outcome == "given_back"}
        self.cleared = {event.aggregate_id for event in self.events if event.facts.get("choice") == "clear"}
        self.doubted = {one.submission_id for one in concerns if one.answered_at is None}
        learner = {one.id: one.learner_id for one in self.submissions}
        granted = session.exec(select(Reveal).where(Reveal.state == "granted"))
        self.told = {(one.asked_by, learner[one.submission_id]) for one in granted}

    def open_holds(self, subject):
        return {hold.subject_id for hold in self.holds if hold.subject == subject and not hold.closed_at}

    def asked(self, job, **args):
        """Whether such a job is still to run, whatever else it is told."""
        return any(
            row.job == job and args.items() <= row.args.items() and not row.done_at and not row.stuck_at
            for row in self.jobs
        )

    def is_member(self, person_id, issuer_id):
        return any(
            (m.person_id, m.issuer_id) == (person_id, issuer_id)
            and m.ended_at is None
            and m.role in {"assessor", "lead"}
            for m in self.members
        )

    def attempts_of(self, submission):
        return [attempt for attempt in self.attempts if attempt.submission_id == submission.id]

    def rounds_of(self, attempt):
        return [one for one in self.rounds if one.attempt_id == attempt.id]

    def scoring(self, round_):
        """The seats of a round beside an adjudicator's."""
        return self.seated(round_, round_.kind if round_.kind in ALONE else "independent")

    def seated(self, round_, role=None):
        return [
            review
            for review in self.reviews
            if review.round_id == round_.id and review.state in SEATED and role in {None, review.role}
        ]
