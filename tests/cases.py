"""Submissions at a chosen point of their way, as rows: for the screens of those who did not make them."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from reviewhub.domain.agreement import Sheet
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.decision import decide
from reviewhub.domain.feedback import Comment, compose
from reviewhub.domain.resolution import Resolution, Resolved, resolve
from reviewhub.domain.rubric_json import from_json
from reviewhub.models import (
    Alias,
    Attempt,
    DecisionRow,
    Feedback,
    Promise,
    Rating,
    ResolutionRow,
    Review,
    Round,
    RubricVersion,
    Scoresheet,
    Submission,
)
from reviewhub.services.ids import public_id
from reviewhub.services.sessions import open_session

NOT_YET = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "no"}
MET = {"goal": "clear", "audience": "tested", "respect": "yes", "honest": "yes"}


@dataclass
class Case:
    """One submission with what belongs to it."""

    submission: Submission
    attempt: Attempt
    round: Round | None = None
    feedback: Feedback | None = None


class Cases:
    """Makes cases in a World."""

    def __init__(self, world):
        self.world = world
        self.kit = world.kit

    def open(self, learner, micro_credential):
        """A submission with a draft attempt."""
        now = self.kit.clock.now()
        submission = self.world.add(
            Submission(
                public_id=public_id(),
                issuer_id=micro_credential.issuer_id,
                learner_id=learner.id,
                micro_credential_id=micro_credential.id,
                rubric_version_id=micro_credential.rubric_version_id,
                code_digest="d" * 64,
                created_at=now,
                active_at=now,
            )
        )
        attempt = self.world.add(
            Attempt(public_id=public_id(), submission_id=submission.id, number=1, created_at=now)
        )
        return Case(submission, attempt)

    def change(self, row, **values):
        """Set columns of a stored row, here and in the database."""
        with self.kit.write() as tx:
            stored = tx.session.get_one(type(row), row.id)
            for name, value in values.items():
                setattr(stored, name, value)
        for name, value in values.items():
            setattr(row, name, value)

    def waiting(self, learner, micro_credential, waits_for=""):
        """Submitted; its round has no assessors yet."""
        case = self.open(learner, micro_credential)
        now = self.kit.clock.now()
        self.change(case.submission, state="under_review")
        self.change(
            case.attempt,
            state="submitted",
            sent_at=now,
            submitted_at=now,
            promised_on=Calendar().add_working_days(now.date(), 14),
        )
        self.world.add(
            Promise(
                attempt_id=case.attempt.id,
                day=case.attempt.promised_on,
                reason="arrived",
                made_at=now,
                told_at=now,
            )
        )
        case.round = self.world.add(
            Round(public_id=public_id(), attempt_id=case.attempt.id, created_at=now, waits_for=waits_for)
        )
        return case

    def seat(self, case, assessor, seat=1, state="offered", role="independent", due_in=7):
        """A review with the alias that goes with it."""
        now = self.kit.clock.now()
        self.world.add(
            Alias(
                submission_id=case.submission.id,
                viewer_id=assessor.id,
                name=f"Amber Heron {seat}",
                case_ref=f"K{case.submission.id}-{seat}X{assessor.id}Z",
            )
        )
        return self.world.add(
            Review(
                public_id=public_id(),
                round_id=case.round.id,
                assessor_id=assessor.id,
                role=role,
                seat=seat,
                state=state,
                due_on=(now + timedelta(due_in)).date(),
                why="least loaded",
                offered_at=now,
                submitted_at=now if state in {"submitted", "final"} else None,
            )
        )

    def scoring(self, learner, micro_credential, *assessors, state="offered"):
        """With both seats taken."""
        case = self.waiting(learner, micro_credential)
        self.change(case.round, state="scoring")
        for number, assessor in enumerate(assessors, 1):
            self.seat(case, assessor, number, state)
        return case

    def decided(self, learner, micro_credential, assessors, levels=NOT_YET, comments=None, **others):
        """Decided; the feedback is a draft. `others`: what the second assessor saw otherwise."""
        case = self.scoring(learner, micro_credential, *assessors, state="final")
        comments = comments if comments is not None else {"goal": "The goal has no figure and no date."}
        sheets = [levels, levels | others]
        reviews = self._reviews(case)
        for review, sheet in zip(reviews, sheets, strict=True):
            self._sheet(review, sheet, comments)
        with self.kit.read() as session:
            rubric = from_json(session.get_one(RubricVersion, micro_credential.rubric_version_id).body)
        resolution = self._resolution(rubric, levels, sheets)
        self._decide(case, rubric, resolution, sheets, comments)
        return case

    def _reviews(self, case):
        query = select(Review).where(Review.round_id == case.round.id).order_by(col(Review.seat))
        with self.kit.read() as session:
            return session.exec(query).all()

    def _sheet(self, review, levels, comments):
        sheet = self.world.add(Scoresheet(review_id=review.id, sequence=1, submitted_at=self.kit.clock.now()))
        for cid, level in levels.items():
            self.world.add(
                Rating(
                    scoresheet_id=sheet.id, criterion_id=cid, level_id=level, comment=comments.get(cid, "")
                )
            )

    @staticmethod
    def _resolution(rubric, levels, sheets):
        if sheets[0] == sheets[1]:
            return resolve(rubric, [Sheet("independent", one, n) for n, one in enumerate(sheets, 1)])
        return Resolution(
            tuple(
                Resolved(c.id, levels[c.id], c.level(levels[c.id]).points, "expert_final")
                for c in rubric.criteria
            )
        )

    def _decide(self, case, rubric, resolution, sheets, comments):
        decision = decide(rubric, resolution, ())
        said = [
            Comment(cid, level, comments.get(cid, ""), seat)
            for seat, sheet in enumerate(sheets, 1)
            for cid, level in sheet.items()
        ]
        draft = compose(rubric, resolution, decision, said)
        now = self.kit.clock.now()
        for one in resolution.results:
            self.world.add(
                ResolutionRow(
                    round_id=case.round.id,
                    criterion_id=one.criterion_id,
                    level_id=one.level_id,
                    value=str(one.value),
                    rule=one.rule,
                )
            )
        self.world.add(
            DecisionRow(
                round_id=case.round.id,
                attempt_id=case.attempt.id,
                outcome=decision.outcome,
                met=list(decision.met),
                rule=decision.rule,
                code_digest="d" * 64,
                decided_at=now,
            )
        )
        case.feedback = self.world.add(
            Feedback(
                public_id=public_id(),
                attempt_id=case.attempt.id,
                issuer_id=case.submission.issuer_id,
                round_id=case.round.id,
                composed_at=now,
                items=[
                    {"criterion": i.criterion_id, "saw": i.saw, "do": i.do, "flags": list(i.flags)}
                    for i in draft.items
                ],
            )
        )
        self.change(case.round, state="resolved", resolved_at=now)
        self.change(case.attempt, state="decided", decided_at=now)


def sign_in(client, kit, person):
    """Give the browser a session of this person, without a password's slow hash."""
    with kit.write() as tx:
        secret = open_session(tx, person, "a test")
    client.set_cookie("rh_session", secret, domain="localhost")
    return person
