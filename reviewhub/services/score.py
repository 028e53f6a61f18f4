"""An assessor's own doing: keep a draft, submit a sheet, take it back while the undo window is open."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Refused, Stale
from reviewhub.domain.sheet import Entries, clean_entries, require_complete
from reviewhub.domain.workflow import review as reviews
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.domain.workflow.step import take
from reviewhub.models import Rating, Review, Scoresheet
from reviewhub.queries.locks import locks_before
from reviewhub.services.claims import extend_claim, renew_claim
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import (
    Scope,
    about_seat,
    blind_given,
    doubted_on_sheet,
    lock_review,
    on_sheet,
    review_facts,
    sheets_of,
    stored,
)

_IN = frozenset({ReviewState.SUBMITTED, ReviewState.FINAL})
ALREADY_IN = "already_in"
"""Code of the refusal that answers a second press of the same button."""


def save_draft(kit: Kit, actor: Actor, review_pid: str, draft: Entries, draft_version: int) -> int:
    """Keep what was typed so far; gives the draft's new version.

    The first save claims the review; looking does not. Sending the very same once more changes nothing.
    Stale when another window saved something else since `draft_version`; NotFound, Refused, Invalid.
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        renew_claim(tx, scope, review, actor)
        entries = _entries(tx, scope, review, draft)
        _act(tx, scope, review, actor, Action.SAVE)
        if review.draft_version != draft_version and entries != review.draft:
            raise Stale("These scores were changed in another window. Nothing was overwritten.")
        if entries != review.draft:
            _keep(tx, review, entries)
        extend_claim(tx, scope, review)
        return review.draft_version


def submit(kit: Kit, actor: Actor, review_pid: str, sheet: Entries, draft_version: int) -> datetime | None:
    """Hand in a complete sheet; gives the moment until which it can be taken back.

    An adjudicator's first sheet is the blind one: it cannot be taken back, since it opens the others' sheets,
    and None is given; where the third replaces, it is the final one.
    Stale, NotFound, Refused (code `already_in` for a second press), Invalid that names
    every criterion without a level.
    """
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        if review.state in _IN:
            raise Refused("Your scores are already in.", ALREADY_IN)
        renew_claim(tx, scope, review, actor)
        entries = _entries(tx, scope, review, sheet)
        if review.draft_version != draft_version:
            if _same_as_last(tx, review, entries):
                raise Refused("Your sheet is already in.", ALREADY_IN)
            # An autosave may have overtaken the button: what it kept is what is handed in.
            if entries != review.draft:
                raise Stale("These scores were changed in another window. Nothing was submitted.")
        if review.state == ReviewState.OFFERED:
            _act(tx, scope, review, actor, Action.SAVE)
        blind = review.role == "adjudicator" and not _looked(tx, scope, review)
        _act(tx, scope, review, actor, Action.SUBMIT_BLIND if blind else Action.SUBMIT_SHEET)
        require_complete(scope.rubric, entries)
        _keep(tx, review, entries)
        append_sheet(tx, review, entries, "final" if review.role == "adjudicator" and not blind else "blind")
        scope.round.version += 1
        extend_claim(tx, scope, review)
        if blind:
            return None
        review.submitted_at = tx.now
        review.undo_until = tx.now + timedelta(seconds=kit.settings.undo_seconds)
        tx.later("resolve", due_at=review.undo_until, round_id=scope.round_id)
        return review.undo_until


def undo(kit: Kit, actor: Actor, review_pid: str) -> None:
    """Take a sheet back: it is kept, marked, and counts no more. Refused once the window has ended."""
    with kit.write() as tx:
        scope, review = lock_review(tx, actor, review_pid)
        _act(tx, scope, review, actor, Action.UNDO)
        sheets_of(tx.session, stored(review.id))[-1].undone_at = tx.now
        review.submitted_at, review.undo_until = None, None
        extend_claim(tx, scope, review)
        review.draft_version += 1
        scope.round.version += 1


def _entries(tx: Tx, scope: Scope, review: Review, given: Entries) -> dict[str, dict[str, str]]:
    locks = locks_before(tx.session, scope.attempt, own=scope.appeal)
    doubted = doubted_on_sheet(scope.round, review.role)
    return clean_entries(on_sheet(scope.rubric, locks, doubted), given)


def _act(tx: Tx, scope: Scope, review: Review, actor: Actor, action: Action) -> None:
    """One step of the review; saving what is claimed already is none, and only needs to be allowed."""
    given = review.role == "adjudicator" and _looked(tx, scope, review)
    facts = review_facts(scope.submission, review, tx.now, blind_given=given)
    if action is Action.SAVE and review.state != ReviewState.OFFERED:
        take(reviews.TRANSITIONS, ReviewState(review.state), action, actor, facts)
        return
    about = about_seat(scope.round, review)
    if tx.move(scope.submission, review, action, actor, facts, about=about) == ReviewState.OFFERED:
        review.claimed_at = tx.now


def _looked(tx: Tx, scope: Scope, review: Review) -> bool:
    """Whether an adjudicator's next sheet is the final one: they saw the others', or never do."""
    never = scope.rubric.policies.resolution.rule == "third_replaces"
    return never or blind_given(tx.session, review)


def _keep(tx: Tx, review: Review, entries: dict[str, dict[str, str]]) -> None:
    review.draft = entries
    review.draft_version += 1
    review.draft_saved_at = tx.now


def append_sheet(tx: Tx, review: Review, entries: Entries, kind: str) -> None:
    """Add a sheet after the others of the review. `entries` are complete."""
    last = tx.session.exec(
        select(func.max(Scoresheet.sequence)).where(Scoresheet.review_id == review.id)
    ).one()
    sheet = Scoresheet(review_id=stored(review.id), sequence=(last or 0) + 1, kind=kind, submitted_at=tx.now)
    tx.session.add(sheet)
    tx.session.flush()
    for criterion_id, entry in entries.items():
        tx.session.add(
            Rating(
                scoresheet_id=stored(sheet.id),
                criterion_id=criterion_id,
                level_id=entry["level"],
                comment=entry["comment"],
            )
        )


def _same_as_last(tx: Tx, review: Review, entries: dict[str, dict[str, str]]) -> bool:
    """Whether this very sheet was handed in last: a second press, not a second opinion."""
    sheets = sheets_of(tx.session, stored(review.id))
    if not sheets:
        return False
    ratings = tx.session.exec(select(Rating).where(col(Rating.scoresheet_id) == sheets[-1].id)).all()
    return entries == {r.criterion_id: {"level": r.level_id, "comment": r.comment} for r in ratings}
