"""The parts of a decision's bundle that judgement rests on: sheets without names, and what was locked."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from reviewhub.domain.audit import pin
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Attempt, CriterionLock, Objection, Rating, Review, Scoresheet
from reviewhub.services.scope import Scope


def nameless(piece: EvidenceFacts, salt: str) -> EvidenceFacts:
    """The piece with salted hashes for its words and address; equal words stay equal. No salt: none."""
    text = pin(piece.text.strip(), salt) if salt and piece.text.strip() else ""
    return replace(piece, text=text, url=pin(piece.url, salt) if salt and piece.url else "")


def sheets_part(session: Session, scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Every sheet of the round that was there at the decision, those that count no more included.

    `final`: of a review that was final then; one that ended later counted still.
    """
    rows = session.exec(
        select(Review, Scoresheet, Rating)
        .join(Scoresheet, col(Scoresheet.review_id) == Review.id)
        .join(Rating, col(Rating.scoresheet_id) == Scoresheet.id)
        .where(Review.round_id == scope.round_id, col(Scoresheet.submitted_at) <= at)
        .order_by(col(Review.role).desc(), col(Review.seat), col(Scoresheet.id), col(Rating.id))
    ).all()
    sheets: dict[int | None, dict[str, Any]] = {}
    for review, sheet, rating in rows:
        ended_later = review.ended_at is not None and review.ended_at > at
        told = sheets.setdefault(
            sheet.id,
            {
                "review": review.public_id,
                "role": review.role,
                "seat": review.seat,
                "sequence": sheet.sequence,
                "kind": sheet.kind,
                "undone": sheet.undone_at is not None,
                "final": review.state == ReviewState.FINAL or ended_later,
                "levels": {},
            },
        )
        told["levels"][rating.criterion_id] = rating.level_id
    return list(sheets.values())


def locks_part(session: Session, scope: Scope, at: datetime) -> dict[str, Any]:
    """The locks that stood when the round was judged, which of them were doubted, and the objections."""
    rows = session.exec(
        select(CriterionLock, Attempt.number)
        .join(Attempt, col(Attempt.id) == CriterionLock.attempt_id)
        .where(
            CriterionLock.submission_id == scope.submission_id,
            or_(
                col(Attempt.number) < scope.attempt.number,
                col(Attempt.number) == scope.attempt.number if scope.appeal else False,
            ),
            or_(col(CriterionLock.lifted_at).is_(None), col(CriterionLock.lifted_at) >= at),
        )
        .order_by(col(CriterionLock.id))
    ).all()
    stood = [
        {"criterion_id": lock.criterion_id, "level_id": lock.level_id, "attempt": number}
        for lock, number in rows
        if number < scope.attempt.number or lock.locked_at < scope.round.created_at
    ]
    locked = {lock["criterion_id"] for lock in stood}
    objections = session.exec(
        select(CriterionLock.criterion_id, Objection.outcome)
        .join(Objection, col(Objection.lock_id) == CriterionLock.id)
        .join(Review, col(Review.id) == Objection.review_id)
        .where(Review.round_id == scope.round_id)
        .order_by(col(Objection.id))
    ).all()
    return {
        "history": stood,
        "doubted": [cid for cid in scope.round.disputed if cid in locked],
        "objections": [{"criterion": cid, "outcome": outcome} for cid, outcome in objections],
    }
