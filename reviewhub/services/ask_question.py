"""One question about a released feedback, relayed without names (rule 18)."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.giveaway import given_away, marks_of_person
from reviewhub.models import Attempt, Feedback, Person, Question
from reviewhub.queries.second_look import second_look
from reviewhub.services.calendars import issuer_calendar
from reviewhub.services.evidence import tidy
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import appeal as letters
from reviewhub.services.own_work import OwnWork, lock_own
from reviewhub.services.scope import stored
from reviewhub.services.staff_of import leads_of

MOST = 2_000


def ask_question(kit: Kit, actor: Actor, submission_pid: str, number: int, text: str) -> None:
    """Ask about the feedback of attempt `number`: once, and as long as an appeal would be in time.

    NotFound. Refused (code `asked`, `late`). Invalid (field `question`): empty, too long, or it holds the
    learner's own name or address, which whoever answers must not know.
    """
    with kit.write() as tx:
        work = lock_own(tx, actor, submission_pid)
        feedback = _feedback(tx, work, number)
        calendar = issuer_calendar(tx.session, work.submission.issuer_id)
        look = second_look(tx.session, calendar, work.submission, feedback, tx.now)
        if look.question is not None:
            raise Refused("You have asked your question about this feedback already.", "asked")
        if not look.may_ask:
            raise Refused("It is too late for a question about this feedback.", "late")
        words = _words(tx, work, text)
        row = Question(
            public_id=public_id(),
            issuer_id=work.submission.issuer_id,
            feedback_id=stored(feedback.id),
            text=words,
            asked_at=tx.now,
        )
        tx.session.add(row)
        about = {"question": row.public_id, "feedback": feedback.public_id}
        tx.event(work.submission, Action.ASK_QUESTION.value, actor, facts=about, text=words)
        _tell_leads(tx, work, feedback)


_TO_LEAD = "Whoever answers must not know who you are."


def _feedback(tx: Tx, work: OwnWork, number: int) -> Feedback:
    found = tx.session.exec(
        select(Feedback)
        .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
        .where(
            Attempt.submission_id == work.submission.id,
            Attempt.number == number,
            Feedback.state == "released",
        )
        .order_by(col(Feedback.id).desc())
    ).first()
    if found is None:
        raise NotFound
    return found


def _words(tx: Tx, work: OwnWork, text: str) -> str:
    learner = tx.session.get_one(Person, work.submission.learner_id)
    return checked("question", text, marks_of_person(learner.name, learner.email), _TO_LEAD)


def checked(field: str, text: str, marks: frozenset[str], why: str) -> str:
    """The words, trimmed. Invalid (`field`): empty, too long, or one of the marks stands in them."""
    words = tidy(text).strip()
    if not words:
        raise Invalid(Problem(field, "Write a sentence or two first."))
    if len(words) > MOST:
        raise Invalid(Problem(field, f"Keep it under {MOST:,} characters.", words))
    found = given_away(words, marks)
    if found:
        named = " and ".join(f"“{one}”" for one in found)
        raise Invalid(Problem(field, f"Take {named} out. {why}", words))
    return words


def _tell_leads(tx: Tx, work: OwnWork, feedback: Feedback) -> None:
    """Whoever confirmed it, where they still lead here; else every lead."""
    leads = leads_of(tx, work.submission)
    author = [lead for lead in leads if lead.id == feedback.author_id]
    for lead in author or leads:
        tx.letter(lead, *letters.question_came(tx.settings, work.rubric.about.name))
