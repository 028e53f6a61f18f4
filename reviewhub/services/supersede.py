"""Append a superseding sheet where a lead has agreed; what it corrects is kept (rule 9)."""

from dataclasses import replace

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action, Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.sheet import Entries, clean_entries, require_complete
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Correction, Rating, Review, Scoresheet
from reviewhub.services.ask_correction import kept_apart
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.reopen import can_reopen, judge_again
from reviewhub.services.scope import Scope, about_seat, lock_review, review_facts, sheets_of, stored
from reviewhub.services.score import append_sheet


def supersede(kit: Kit, actor: Actor, review_pid: str, sheet: Entries) -> None:
    """Hand in the corrected sheet: it counts in the place of the first one, which statistics go on to use.

    There is no undo. Where the result was released meanwhile it is kept and changes nothing; the assessor is
    told the same. NotFound, Refused (no lead has agreed), Invalid (as for any sheet, or nothing is changed).
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        if kept_apart(tx.session, scope.submission, actor):
            raise NotFound
        granted = _granted(tx, review)
        last = sheets_of(tx.session, stored(review.id))[-1]
        entries = _entries(tx, scope, last, sheet)
        counts = can_reopen(tx.session, scope)
        _move(tx, scope, review, actor)
        append_sheet(tx, review, entries, "superseding")
        granted.state = "used"
        tx.session.flush()
        if counts:
            judge_again(tx, scope, review)


def _granted(tx: Tx, review: Review) -> Correction:
    row = tx.session.exec(
        select(Correction).where(Correction.review_id == review.id, Correction.state == "granted")
    ).first()
    if row is None:
        raise Refused("A lead has to agree first to a superseding sheet.", "guard")
    return row


def _entries(tx: Tx, scope: Scope, last: Scoresheet, given: Entries) -> dict[str, dict[str, str]]:
    """The same criteria as on the sheet that is corrected, whatever became of a lock since."""
    before = {
        row.criterion_id: {"level": row.level_id, "comment": row.comment}
        for row in tx.session.exec(select(Rating).where(col(Rating.scoresheet_id) == last.id))
    }
    criteria = [criterion for criterion in scope.rubric.criteria if criterion.id in before]
    entries = clean_entries(criteria, given)
    require_complete(scope.rubric, entries)
    if entries == before:
        raise Invalid(Problem("", "Nothing is changed yet: this is the sheet as you gave it."))
    return entries


def _move(tx: Tx, scope: Scope, review: Review, actor: Actor) -> None:
    """Its undo window is past: where the round still waits for somebody else, the sheet is closed first."""
    about = about_seat(scope.round, review)
    facts = review_facts(scope.submission, review, tx.now)
    if review.state == ReviewState.SUBMITTED:
        tx.move(scope.submission, review, Action.CLOSE, SYSTEM, facts, about=about)
        review.ended_at = tx.now
    granted = replace(facts, correction_granted=True)
    tx.move(scope.submission, review, Action.SUPERSEDE, actor, granted, about=about)
