"""A lead agrees to a superseding sheet, or refuses: each with a reason, without knowing whose sheet it is."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Role, may
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.giveaway import given_away
from reviewhub.models import Attempt, Correction, Person, Review, Round, Submission
from reviewhub.queries.corrections import decidable
from reviewhub.services.alias import alias_for
from reviewhub.services.coordinated import facts_of, need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters import correction as letters
from reviewhub.services.names_in import names_of
from reviewhub.services.reopen import can_reopen
from reviewhub.services.scope import Scope, about_seat, lock_round, stored


def read_correction(kit: Kit, actor: Actor, correction_pid: str) -> None:
    """Let a lead read the request with its sheet, once and for good. NotFound.

    Whoever has read one sheet can no longer score that round blind, and is kept from its seats.
    """
    with kit.write() as tx:
        scope, review, row = _take(tx, actor, correction_pid)
        assert actor.person_id is not None
        alias_for(tx, scope.submission_id, actor.person_id)
        if actor.person_id not in row.read_by:
            row.read_by = [*row.read_by, actor.person_id]
            tx.event(scope.submission, "correction.read", actor, facts=_about(scope, review, row))


def decide_correction(
    kit: Kit, actor: Actor, correction_pid: str, *, agree: bool, reason: str, sure: bool = False
) -> None:
    """Answer. NotFound, Invalid (reason: empty, or it names somebody and the lead is not `sure`).

    Refused: answered already, or agreed to when it can no longer count.
    """
    words = need_reason(reason)
    with kit.write() as tx:
        scope, review, row = _take(tx, actor, correction_pid)
        if row.state != "asked":
            raise Refused("Another lead has answered this already.", "state")
        if agree and not can_reopen(tx.session, scope):
            over = "The result was released" if scope.attempt.released_at else "This scoring is over"
            raise Refused(f"{over}: a correction can no longer count.", "late")
        named = given_away(words, names_of(tx, scope.submission))
        if named and not sure:
            message = f"This may tell who somebody is: {', '.join(named)}. The assessor reads your words."
            raise Invalid(Problem("reason", message, words))
        row.state = "granted" if agree else "refused"
        row.answer, row.decided_by, row.decided_at = words, actor.person_id, tx.now
        about = _about(scope, review, row) | {"agreed": agree}
        tx.event(scope.submission, Action.DECIDE_CORRECTION.value, actor, facts=about, text=words)
        _tell(tx, scope, review, agree=agree)


def _take(tx: Tx, actor: Actor, public_id: str) -> tuple[Scope, Review, Correction]:
    """The request with its locked root. NotFound for whoever may not decide it."""
    query = (
        select(Correction, Review, Submission)
        .join(Review, col(Review.id) == Correction.review_id)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
        .join(Submission, col(Submission.id) == Attempt.submission_id)
        .where(Correction.public_id == public_id, *decidable(actor))
        .execution_options(populate_existing=True)
    )
    found = tx.session.exec(query).first() if actor.holds(Role.LEAD) else None
    if found is None:
        raise NotFound
    scope = lock_round(tx, found[1].round_id)
    again = tx.session.exec(query).first()
    if again is None or not may(actor, Action.DECIDE_CORRECTION, facts_of(scope.submission)):
        raise NotFound
    return scope, again[1], again[0]


def _about(scope: Scope, review: Review, row: Correction) -> dict[str, str | int | bool]:
    return {"correction": row.public_id, "review": review.public_id, **about_seat(scope.round, review)}


def _tell(tx: Tx, scope: Scope, review: Review, *, agree: bool) -> None:
    person = tx.session.get_one(Person, review.assessor_id)
    alias = alias_for(tx, scope.submission_id, stored(person.id))
    write = letters.correction_granted if agree else letters.correction_refused
    tx.letter(person, *write(tx.settings, review, alias, scope.rubric.about.name))
