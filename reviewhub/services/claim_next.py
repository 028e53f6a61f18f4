"""An assessor claims the next review: the most urgent one that they may score, and none of their choice."""

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.queries.pile import most_urgent, newest_claim
from reviewhub.services.candidates import OPEN
from reviewhub.services.claims import OWN, claim, why_not
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import lock_round

LOOKS = 25
"""Rounds that one claim looks at."""
WAITS = 5
"""Rounds that somebody else holds at the moment, for which one claim waits."""


def claim_next(kit: Kit, actor: Actor, seen: str | None = None) -> str:
    """Claim a review; gives its public id.

    `seen`: the newest claim that their page knew of, so that a button pressed twice claims once and leads to
    the same review. Refused with code empty, full or away; NotFound for whoever scores nowhere.
    """
    if not actor.issuers(Role.ASSESSOR):
        raise NotFound
    passed: list[int] = []
    for wait in (False, *[True] * WAITS):
        with kit.write() as tx:
            found = _claim(tx, actor, seen, passed, wait=wait)
        if found is None:
            break
        if found:
            return found
    raise Refused("Nothing can be claimed now.", "empty")


def _claim(tx: Tx, actor: Actor, seen: str | None, passed: list[int], *, wait: bool) -> str | None:
    """The review; "" for another look, None where nothing is left.

    Whoever waits looks at one round in a transaction: nobody who holds a row waits for another.
    """
    assert actor.person_id is not None
    for _ in range(1 if wait else LOOKS):
        round_id = most_urgent(tx.session, actor, tx.now, passed, wait=wait)
        if round_id is None:
            again = _just_claimed(tx, actor, seen)
            return again or (None if wait else "")
        passed.append(round_id)
        scope = lock_round(tx, round_id)
        against = why_not(tx, scope, actor.person_id)
        if again := _just_claimed(tx, actor, seen):
            return again
        for bar in OWN:
            if bar in (against or ()):
                raise Refused("This cannot be claimed now.", bar.name.lower())
        if against == ():
            return claim(tx, scope, actor).public_id
    return ""


def _just_claimed(tx: Tx, actor: Actor, seen: str | None) -> str:
    """What they claimed since their page was made; asked with their row held."""
    newest = newest_claim(tx.session, actor) if seen is not None else None
    if newest is None or newest.public_id == seen or newest.state not in OPEN:
        return ""
    return newest.public_id
