"""A coordinator says how the issuer works: its calendar, deadlines and shares, with a reason that is kept."""

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Invalid, Stale
from reviewhub.models import Issuer, Submission
from reviewhub.services.coordinated import lock_issuer, need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.look_again import look_again
from reviewhub.services.practice import CALENDAR, Practice, in_columns, practice_of, practice_problems

RECOUNT = "recount_days"


def set_practice(
    kit: Kit, actor: Actor, slug: str, seen: str, practice: Practice, reason: str, *, move: bool
) -> bool:
    """Set it from now on; gives whether anything changed.

    `seen` is the stamp of the practice that the person looked at: Stale when another one is set now. With
    `move`, due days and promises given so far are counted anew by the changed calendar, where that makes
    them later (services/recount_days.py); without it they stay. Where reviews are given out or claimed from
    now on, what waits is given out or lies in the pile.

    NotFound, Stale, Invalid (a column's name, reason).
    """
    problems = practice_problems(practice)
    try:
        words = need_reason(reason)
    except Invalid as missing:
        raise Invalid(*problems, *missing.problems) from None
    if problems:
        raise Invalid(*problems)
    with kit.write() as tx:
        issuer = lock_issuer(tx, actor, slug, Action.SET_PRACTICE)
        before = practice_of(issuer)
        if before.stamp != seen:
            raise Stale
        if before == practice:
            return False
        for name, value in in_columns(practice).items():
            setattr(issuer, name, value)
        tx.event(issuer, Action.SET_PRACTICE.value, actor, facts=_differences(before, practice), text=words)
        if before.assignment != practice.assignment:
            look_again(tx, Submission.issuer_id == issuer.id)
        if move and before.calendar != practice.calendar:
            _recount(tx, issuer)
        return True


def _differences(before: Practice, after: Practice) -> dict[str, list[object]]:
    """[old, new] of what changed; of a changed calendar all its parts, since days are counted by all.

    Closed days stand here without their names, which people typed.
    """
    old, new = in_columns(before), in_columns(after)
    changed = {name for name in old if old[name] != new[name]}
    if changed & set(CALENDAR):
        changed |= set(CALENDAR)
    for values, practice in ((old, before), (new, after)):
        values["closed"] = [one.day.isoformat() for one in practice.closed]
    return {name: [old[name], new[name]] for name in sorted(changed)}


def _recount(tx: Tx, issuer: Issuer) -> None:
    assert issuer.id is not None
    seq = issuer.audit_seq
    tx.later(RECOUNT, dedup=f"{RECOUNT}:{issuer.id}:{seq}:0", issuer_id=issuer.id, seq=seq, after=0)
