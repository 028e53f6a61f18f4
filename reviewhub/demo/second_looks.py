"""What follows a result, or gets in its way: questions, appeals, concerns, corrections, doubts, audits."""

from random import Random

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from reviewhub.demo.acts import Work
from reviewhub.demo.people import Company
from reviewhub.demo.remarks import remark
from reviewhub.demo.stage import Stage
from reviewhub.domain.access import Actor
from reviewhub.domain.rubric import Criterion
from reviewhub.models import (
    Attempt,
    Concern,
    Feedback,
    Issuer,
    Person,
    Question,
    Reveal,
    Review,
    Round,
    Submission,
)
from reviewhub.queries.workspace import workspace
from reviewhub.services import extend, rescore, score
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.answer_question import answer_question
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.ask_question import ask_question
from reviewhub.services.ask_reveal import ask_reveal
from reviewhub.services.calendars import calendar_of
from reviewhub.services.decide_reveal import grant_reveal
from reviewhub.services.object_to_lock import object_to_lock
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.raise_concern import Said, raise_concern

SELDOM = 0.1
"""How often an audit finds a criterion below met."""

_CONCERN = select(Concern.public_id).join(Submission, col(Submission.id) == Concern.submission_id)
_REVEAL = select(Reveal.public_id).join(Submission, col(Submission.id) == Reveal.submission_id)
_FEEDBACK = (
    select(Feedback.public_id)
    .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
    .join(Submission, col(Submission.id) == Attempt.submission_id)
)
_QUESTION = (
    select(Question.public_id)
    .join(Feedback, col(Feedback.id) == Question.feedback_id)
    .join(Attempt, col(Attempt.id) == Feedback.attempt_id)
    .join(Submission, col(Submission.id) == Attempt.submission_id)
)


def ask(work: Work, text: str) -> None:
    """The learner's one question about the feedback of the latest attempt."""
    ask_question(work.stage.kit, work.me, work.submission, work.attempt().number, text)


def answer(work: Work, text: str) -> None:
    """A lead answers it."""
    answer_question(work.stage.kit, _lead(work), _only(work, _QUESTION), text)


def ask_for_another_look(work: Work, grounds: str) -> None:
    """The learner appeals."""
    appeal(work.stage.kit, work.me, work.submission, grounds)


def say_what_is_wrong(work: Work, number: int, kind: str, note: str) -> None:
    """The assessor in this seat tells the coordinators."""
    seat = work.seats()[number]
    raise_concern(work.stage.kit, work.company[seat.assessor], seat.review, Said(kind, note))


def settle(work: Work, outcome: str, reply: str, mend: str = "") -> None:
    """The coordinator answers what an assessor said."""
    answer_concern(work.stage.kit, work.coordinator, _only(work, _CONCERN), Answer(outcome, reply, mend))


def ask_to_correct(work: Work, number: int, reason: str) -> None:
    """The assessor in this seat has found a wrong level in the own final sheet."""
    seat = work.seats()[number]
    ask_correction(work.stage.kit, work.company[seat.assessor], seat.review, reason)


def score_again(work: Work, reason: str) -> None:
    """The coordinator has the released attempt scored again by others."""
    number = work.attempt().number
    rescore.rescore(work.stage.kit, work.coordinator, work.submission, number, reason)


def ask_for_time(work: Work, number: int, days: int, why: str) -> None:
    """The assessor in this seat needs so many working days longer."""
    seat = work.seats()[number]
    with work.stage.kit.read() as session:
        calendar = calendar_of(session.exec(select(Issuer).where(Issuer.slug == work.micro.issuer)).one())
        due = session.exec(select(col(Review.due_on)).where(Review.public_id == seat.review)).one()
    later = calendar.add_working_days(due, days)
    extend.ask_extension(work.stage.kit, work.company[seat.assessor], seat.review, later, why)


def doubt(work: Work, number: int, reason: str) -> None:
    """The assessor in this seat doubts a criterion that was met before."""
    seat = work.seats()[number]
    locked = next(c.id for c in work.micro.rubric.criteria if c not in work.open_criteria())
    object_to_lock(work.stage.kit, work.company[seat.assessor], seat.review, locked, reason)


def ask_who(work: Work, reason: str) -> None:
    """A lead asks who the learner is, from the feedback that is to be confirmed."""
    lead, feedback = _lead(work), _only(work, _FEEDBACK)
    open_feedback(work.stage.kit, lead, feedback)
    ask_reveal(work.stage.kit, lead, feedback, reason)


def tell_who(work: Work, reason: str) -> None:
    """The coordinator grants it for three days."""
    grant_reveal(work.stage.kit, work.coordinator, _only(work, _REVEAL), 3, reason)


def look_through(work: Work, missing: str = "") -> None:
    """One assessor looks whether everything is there before two score; `missing`: what is not, and why."""
    (seat,) = work.seats("completeness")
    sheet = {r.id: {"level": "there", "comment": ""} for r in work.micro.rubric.requirements}
    if missing:
        first = work.micro.rubric.requirements[0].id
        sheet[first] = {"level": "missing", "comment": missing}
    score.submit(work.stage.kit, work.company[seat.assessor], seat.review, sheet, seat.version)


def hand_in_audits(stage: Stage, company: Company) -> None:
    """Whoever is to audit hands in what they were given; most find what the first two found."""
    with stage.kit.read() as session:
        given = session.exec(
            select(Review.public_id, Person.name, Review.draft_version)
            .join(Round, col(Round.id) == Review.round_id)
            .join(Person, col(Person.id) == Review.assessor_id)
            .where(Round.kind == "audit", col(Review.state).in_(["offered", "claimed"]))
            .order_by(col(Review.id))
        ).all()
    for review, name, version in given:
        with stage.kit.read() as session:
            scored = workspace(session, company[name], review, stage.clock.now()).scored
        sheet = {one.criterion.id: _audited(one.criterion, stage.dice) for one in scored}
        score.submit(stage.kit, company[name], review, sheet, version)


def _audited(criterion: Criterion, dice: Random) -> dict[str, str]:
    met = dice.random() > SELDOM
    level = criterion.levels[criterion.index(criterion.met_from) - (not met)]
    return {"level": level.id, "comment": remark(criterion.id, met=met, dice=dice)}


def _lead(work: Work) -> Actor:
    return work.company[work.micro.staff.leads[0]]


def _only(work: Work, query: SelectOfScalar[str]) -> str:
    """The public id of the one that belongs to the work."""
    with work.stage.kit.read() as session:
        return session.exec(query.where(Submission.public_id == work.submission)).one()
