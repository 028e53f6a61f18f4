"""The end of a round that decides nothing: a completeness check, or an audit."""

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Facts
from reviewhub.domain.completeness import missing
from reviewhub.domain.giveaway import given_away
from reviewhub.domain.rubric import Rubric
from reviewhub.models import Rating, Review, Scoresheet
from reviewhub.services.give_back import give_back
from reviewhub.services.kit import Tx
from reviewhub.services.names_in import names_of
from reviewhub.services.open_round import open_round
from reviewhub.services.scope import Scope

UNJUDGED = frozenset({"completeness", "audit"})
"""Kinds of round whose sheet is the whole result: the owner's rules are not asked."""


def complete(tx: Tx, scope: Scope) -> None:
    """End the round, all of whose sheets are final. The submission is locked.

    An audit is kept to be compared. A completeness check lets the scoring begin, or gives the attempt back
    with what is missing: the same attempt, nothing used up, and no result.
    """
    ratings = _ratings(tx, scope)
    gone = missing(scope.rubric, {r.criterion_id: r.level_id for r in ratings}) if _checks(scope) else ()
    about = {"missing": list(gone)} if gone else {}
    tx.move(scope.submission, scope.round, Action.COMPLETE, SYSTEM, Facts(), about=about)
    scope.round.resolved_at = tx.now
    if not _checks(scope):
        return
    if gone:
        comments = {r.criterion_id: r.comment for r in ratings}
        mend = _mend(scope.rubric, gone, comments, names_of(tx, scope.submission))
        give_back(tx, SYSTEM, scope.submission, scope.attempt, mend)
    else:
        open_round(tx, scope.submission, scope.attempt, "initial")


def _checks(scope: Scope) -> bool:
    return scope.round.kind == "completeness"


def _ratings(tx: Tx, scope: Scope) -> list[Rating]:
    return list(
        tx.session.exec(
            select(Rating)
            .join(Scoresheet, col(Scoresheet.id) == Rating.scoresheet_id)
            .join(Review, col(Review.id) == Scoresheet.review_id)
            .where(
                Review.round_id == scope.round_id,
                Review.state == "final",
                col(Scoresheet.undone_at).is_(None),
            )
            .order_by(col(Rating.id))
        )
    )


def _mend(rubric: Rubric, gone: tuple[str, ...], comments: dict[str, str], names: frozenset[str]) -> str:
    """A line for each; what was written beside it, unless a name stands in it: nobody reads it before."""
    lines = []
    for requirement in rubric.requirements:
        if requirement.id not in gone:
            continue
        said = comments.get(requirement.id, "").strip()
        words = said if said and not given_away(said, names) else requirement.description
        lines.append(f"- {requirement.name}: {words}")
    return "\n".join(lines)
