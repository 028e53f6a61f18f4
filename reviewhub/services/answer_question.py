"""A lead answers a learner's question about their feedback; no name goes with it (rule 18)."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Role, may
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.domain.giveaway import marks_of_person
from reviewhub.models import Attempt, Feedback, Person, Question, Submission
from reviewhub.services.ask_question import checked
from reviewhub.services.coordinated import facts_of
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import appeal as letters
from reviewhub.services.own_work import rubric_of

_WHY = "Learners do not know who answers."


def answer_question(kit: Kit, actor: Actor, question_pid: str, answer: str) -> None:
    """Answer once. NotFound. Refused (code `answered`).

    Invalid (field `answer`): empty, too long, or it holds the lead's own name or address.
    """
    with kit.write() as tx:
        row, feedback, attempt, submission = _lock(tx, actor, question_pid)
        if row.answered_at is not None:
            raise Refused("Somebody has answered this already.", "answered")
        words = checked("answer", answer, marks_of_person(actor.name, actor.email), _WHY)
        row.answer, row.answered_by, row.answered_at = words, actor.person_id, tx.now
        about = {"question": row.public_id, "feedback": feedback.public_id}
        tx.event(submission, Action.ANSWER_QUESTION.value, actor, facts=about, text=words)
        learner = tx.session.get_one(Person, submission.learner_id)
        name = rubric_of(tx, submission).about.name
        tx.letter(learner, *letters.question_answered(tx.settings, submission, name, attempt.number))


def _lock(tx: Tx, actor: Actor, question_pid: str) -> tuple[Question, Feedback, Attempt, Submission]:
    found = tx.session.exec(
        select(Submission.id)
        .join(Attempt, col(Attempt.submission_id) == Submission.id)
        .join(Feedback, col(Feedback.attempt_id) == Attempt.id)
        .join(Question, col(Question.feedback_id) == Feedback.id)
        .where(Question.public_id == question_pid, col(Question.issuer_id).in_(actor.issuers(Role.LEAD)))
    ).first()
    if found is None:
        raise NotFound
    submission = tx.lock(Submission, found)
    if not may(actor, Action.ANSWER_QUESTION, facts_of(submission)):
        raise NotFound
    row, feedback, attempt = tx.session.exec(
        select(Question, Feedback, Attempt)
        .join(Feedback, col(Feedback.id) == Question.feedback_id)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(Question.public_id == question_pid)
        .execution_options(populate_existing=True)
    ).one()
    return row, feedback, attempt, submission
