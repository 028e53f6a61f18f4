"""What the owner's rules are asked about a round, and their answer; between them no session is open."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.agreement import Agreement, Sheet
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.evidence_change import Before, fallen
from reviewhub.domain.feedback import Comment, FeedbackDraft
from reviewhub.domain.objection import answer, split
from reviewhub.domain.resolution import Resolution
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Rating, Review, Scoresheet
from reviewhub.queries.locks import locks_before
from reviewhub.services.doubts import doubted
from reviewhub.services.earlier_attempt import attempt_before, evidence_of
from reviewhub.services.ports import CodeRef, Judge
from reviewhub.services.scope import Scope, read_round


@dataclass(frozen=True, slots=True)
class Question:
    """Nameless, frozen inputs of a judgement. `version` is the round's when they were read."""

    round_id: int
    version: int
    state: RoundState
    code: CodeRef
    rubric: Rubric
    sheets: tuple[Sheet, ...]
    comments: tuple[Comment, ...]
    history: tuple[Locked, ...]
    doubted: tuple[str, ...] = ()
    """Locked criteria that a final sheet's assessor objects to."""
    before: Before | None = None
    """What the attempt before had, where the rubric has no locks."""
    evidence: tuple[EvidenceFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A whole result. `doubted` locks were looked at; of these `lifted` do not stand."""

    resolution: Resolution
    decision: Decision
    feedback: FeedbackDraft
    doubted: tuple[str, ...] = ()
    lifted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """Somebody has to adjudicate these criteria: the sheets differ, or they alone are not enough."""

    disputed: tuple[str, ...]


Judgement = Verdict | Dispute


def read_question(session: Session, round_id: int) -> Question:
    """Read what is judged: the final sheets that stand, their comments, the locks of earlier attempts."""
    scope = read_round(session, round_id)
    sheets, comments = _sheets(session, scope)
    return Question(
        round_id=round_id,
        version=scope.round.version,
        state=RoundState(scope.round.state),
        code=scope.code,
        rubric=scope.rubric,
        sheets=sheets,
        comments=comments,
        history=_history(session, scope),
        doubted=doubted(session, scope),
        before=attempt_before(session, scope),
        evidence=evidence_of(session, scope.whole, scope.attempt),
    )


def judge(owner: Judge, question: Question) -> Judgement:
    """Ask the owner's rules. PluginFault when they cannot answer; nothing is ever decided in their place."""
    code, rubric = question.code, question.rubric
    judged = {criterion.id for criterion in rubric.criteria}
    history = [lock for lock in question.history if lock.criterion_id in judged]  # others a choice hides
    sheets, objected = split(question.sheets, question.doubted)
    if question.state is not RoundState.ADJUDICATING:
        agreement = owner.agree(code, rubric, sheets)
        disputed = _to_adjudicate(question, agreement)
        if disputed:
            return Dispute(disputed)
    answered = answer(rubric, owner.resolve(code, rubric, sheets), history, objected)
    decision = owner.decide(code, rubric, answered.resolution, answered.history)
    told = {one.criterion_id for one in answered.told.results}
    comments = [comment for comment in question.comments if comment.criterion_id in told]
    feedback = owner.feedback(code, rubric, answered.told, decision, comments)
    return Verdict(answered.resolution, decision, feedback, question.doubted, answered.lifted)


def _to_adjudicate(question: Question, agreement: Agreement) -> tuple[str, ...]:
    """Where the sheets differ; and, though they agree, what rule 15 leaves to a third; in order."""
    sheets, rubric = question.sheets, question.rubric
    found = {*agreement.disputed, *question.doubted}
    found |= set(fallen(rubric, question.before, question.evidence, sheets))
    return tuple(criterion.id for criterion in rubric.criteria if criterion.id in found)


def _sheets(session: Session, scope: Scope) -> tuple[tuple[Sheet, ...], tuple[Comment, ...]]:
    """Of each final review the sheet that counts: the blind one, or an adjudicator's final one.

    A superseding sheet counts in the place of the one that it corrects (rule 9); in an audit, which only
    feeds statistics, the original does.
    """
    rows = session.exec(
        select(Review.seat, Review.role, Rating)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(
            Review.round_id == scope.round_id,
            Review.state == ReviewState.FINAL.value,
            col(Scoresheet.undone_at).is_(None),
            (col(Review.role) != "adjudicator") | (col(Scoresheet.kind) != "blind"),
            scope.round.kind != "audit" or col(Scoresheet.kind) != "superseding",
        )
        .order_by(col(Review.role).desc(), col(Review.seat), col(Scoresheet.sequence), col(Rating.id))
    ).all()
    newest = {(role, seat): rating.scoresheet_id for seat, role, rating in rows}
    ratings: dict[tuple[str, int], dict[str, str]] = {}
    comments = []
    for seat, role, rating in rows:
        if rating.scoresheet_id != newest[role, seat]:
            continue
        ratings.setdefault((role, seat), {})[rating.criterion_id] = rating.level_id
        final = role == "adjudicator"
        comments.append(Comment(rating.criterion_id, rating.level_id, rating.comment, seat, final=final))
    sheets = tuple(
        Sheet("adjudicator" if role == "adjudicator" else "independent", levels, seat)
        for (role, seat), levels in ratings.items()
    )
    return sheets, tuple(comment for comment in comments if comment.text)


def _history(session: Session, scope: Scope) -> tuple[Locked, ...]:
    locks = locks_before(session, scope.attempt, own=scope.appeal)
    numbers = dict(
        session.exec(
            select(Attempt.id, Attempt.number).where(Attempt.submission_id == scope.submission_id)
        ).all()
    )
    return tuple(Locked(lock.criterion_id, lock.level_id, numbers[lock.attempt_id]) for lock in locks)
