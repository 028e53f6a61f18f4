"""A coordinator answers what an assessor said: go on, give the attempt back, or stop until it is clear."""

from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, may
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models import (
    Concern,
    MicroCredential,
    Person,
    Review,
    Round,
    Submission,
)
from reviewhub.services.coordinated import REASON_MOST, facts_of
from reviewhub.services.evidence import tidy
from reviewhub.services.gives_away import gives_away, marks_of_learner, marks_of_staff
from reviewhub.services.hold import let_go, put_on_hold
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters.learner import given_back
from reviewhub.services.open_concerns import close_concern
from reviewhub.services.own_work import latest_attempt
from reviewhub.services.seats import open_rounds, void_round

OUTCOMES = ("carry_on", "given_back", "held")
FIRST = frozenset({"initial", "completeness"})
"""Rounds before whose end an attempt can be given back: no result was given yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of it. `reply` is for the assessor, `mend` for the learner when it is given back.

    `anyway`: the words are passed on although they seem to tell who somebody is.
    """

    outcome: str
    reply: str
    mend: str = ""
    anyway: bool = False


def answer_concern(kit: Kit, actor: Actor, concern_pid: str, answer: Answer) -> None:
    """Answer it, once; what was put on hold may then be given back.

    NotFound; Refused (answered, or not possible now); Invalid (outcome, reply, mend, gives_away).
    """
    with kit.write() as tx:
        submission, concern = lock_concern(tx, actor, concern_pid)
        after_hold = concern.outcome == "held" and answer.outcome == "given_back"
        if concern.answered_at is not None and not after_hold:
            raise Refused("This was answered already.", "answered")
        reply, mend = _checked(tx, submission, answer)
        facts = facts_of(submission)
        if after_hold and submission.state == SubmissionState.HELD:
            let_go(tx, submission, facts, actor, reply)
        if answer.outcome == "given_back":
            _give_back(tx, actor, submission, concern, mend)
        elif answer.outcome == "held":
            put_on_hold(tx, submission, facts, actor, reply)
        close_concern(tx, submission, concern, actor, answer.outcome, reply)


def lock_concern(tx: Tx, actor: Actor, concern_pid: str) -> tuple[Submission, Concern]:
    """The concern with its locked submission, for whoever may answer it; NotFound for everybody else."""
    found = tx.session.exec(
        select(Concern.id, Submission)
        .join(Submission, col(Submission.id) == Concern.submission_id)
        .where(Concern.public_id == concern_pid)
    ).first()
    if found is None or not may(actor, Action.ANSWER_CONCERN, facts_of(found[1])):
        raise NotFound
    assert found[1].id is not None
    submission = tx.lock(Submission, found[1].id)
    concern = tx.session.get_one(Concern, found[0], populate_existing=True)
    return submission, concern


def _checked(tx: Tx, submission: Submission, answer: Answer) -> tuple[str, str]:
    reply, mend, problems = tidy(answer.reply).strip(), tidy(answer.mend).strip(), []
    if answer.outcome not in OUTCOMES:
        problems.append(Problem("outcome", "Choose what becomes of it.", answer.outcome))
    problems += _words("reply", reply, "Say what the assessor is told.")
    if answer.outcome == "given_back":
        problems += _words("mend", mend, "Say what the learner has to mend.")
    if not problems and not answer.anyway:
        shown = mend if answer.outcome == "given_back" else ""
        problems += gives_away("reply", reply, marks_of_learner(tx, submission), "the assessor")
        problems += gives_away("mend", shown, marks_of_staff(tx, submission), "the learner")
    if problems:
        raise Invalid(*problems)
    return reply, mend


def _words(field: str, words: str, wanted: str) -> list[Problem]:
    if not words:
        return [Problem(field, wanted)]
    if len(words) > REASON_MOST:
        return [Problem(field, f"Say it in at most {REASON_MOST:,} characters.", words)]
    return []


def _give_back(tx: Tx, actor: Actor, submission: Submission, concern: Concern, mend: str) -> None:
    """To the learner, as the same attempt: what was scored so far ends without a result."""
    round_ = tx.session.exec(
        select(Round).join(Review, col(Review.round_id) == Round.id).where(Review.id == concern.review_id)
    ).one()
    attempt = latest_attempt(tx, submission)
    if round_.kind not in FIRST or round_.attempt_id != attempt.id:
        raise Refused("A result was given already, so the attempt cannot be given back.", "state")
    for open_round in open_rounds(tx, submission):
        void_round(tx, submission, open_round, actor, "given_back")
    facts = facts_of(submission)
    tx.move(submission, attempt, Action.GIVE_BACK, actor, facts, text=mend)
    about = {"attempt": attempt.public_id}
    tx.move(submission, submission, Action.SEND_BACK, actor, facts, about=about)
    attempt.submitted_at = None
    submission.active_at = tx.now
    concern.mend = mend
    learner = tx.session.get_one(Person, submission.learner_id)
    name = tx.session.get_one(MicroCredential, submission.micro_credential_id).name
    tx.letter(learner, *given_back(tx.settings, submission.public_id, name, mend))
