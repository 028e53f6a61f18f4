"""What the owner's rules are asked about a round, and their answer; between them no session is open."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.agreement import Resolution, Sheet
from reviewhub.domain.decision import Decision, Locked
from reviewhub.domain.feedback import Comment, FeedbackDraft
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Attempt, Rating, Review, Scoresheet
from reviewhub.queries.locks import locks_before
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """A whole result."""

    resolution: Resolution
    decision: Decision
    feedback: FeedbackDraft


@dataclass(frozen=True, slots=True)
class Dispute:
    """The sheets differ on these criteria: somebody has to adjudicate."""

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
    )


def judge(owner: Judge, question: Question) -> Judgement:
    """Ask the owner's rules. PluginFault when they cannot answer; nothing is ever decided in their place."""
    code, rubric, sheets = question.code, question.rubric, question.sheets
    if question.state is not RoundState.ADJUDICATING:
        agreement = owner.agree(code, rubric, sheets)
        if not agreement.agreed:
            return Dispute(agreement.disputed)
    resolution = owner.resolve(code, rubric, sheets)
    decision = owner.decide(code, rubric, resolution, question.history)
    feedback = owner.feedback(code, rubric, resolution, decision, question.comments)
    return Verdict(resolution, decision, feedback)


def _sheets(session: Session, scope: Scope) -> tuple[tuple[Sheet, ...], tuple[Comment, ...]]:
    """Of each final review the sheet that counts: the blind one, or an adjudicator's final one.

    A superseding sheet counts in the place of the one that it corrects (rule 9).
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
    locks = locks_before(session, scope.attempt)
    numbers = dict(
        session.exec(
            select(Attempt.id, Attempt.number).where(Attempt.submission_id == scope.submission_id)
        ).all()
    )
    return tuple(Locked(lock.criterion_id, lock.level_id, numbers[lock.attempt_id]) for lock in locks)
