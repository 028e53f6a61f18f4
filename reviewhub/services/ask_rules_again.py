"""After a repair: ask an issuer's rules again for everything that their failing holds, with one action.

Each round goes on by a job, in a commit of its own, as `resume` does it for one: with the repaired code where
there is any (docs/adr/0006), and nobody scores again.
"""

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Refused
from reviewhub.services.coordinated import lock_issuer, need_reason
from reviewhub.services.kit import Kit
from reviewhub.services.quarantine import LET_GO, held_rounds
from reviewhub.services.scope import stored

FAULT = "plugin_fault"
"""The code of the holds that failing rules make."""


def ask_rules_again(kit: Kit, actor: Actor, issuer_slug: str, reason: str) -> int:
    """How many held rounds are asked for again. NotFound, Invalid (reason).

    Refused where nothing is held (`state`), or an operator has stopped the issuer (`quarantine`).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        issuer = lock_issuer(tx, actor, issuer_slug, Action.ASK_RULES_AGAIN)
        if issuer.quarantine:
            raise Refused(f"An operator has stopped this issuer's plugin: {issuer.quarantine}", "quarantine")
        held = len(held_rounds(tx.session, stored(issuer.id), FAULT))
        if not held:
            raise Refused("Nothing is held any more.", "state")
        tx.event(issuer, Action.ASK_RULES_AGAIN.value, actor, facts={"rounds": held}, text=words)
        tx.later(LET_GO, issuer_id=stored(issuer.id), code=FAULT)
        return held
