"""A coordinator decides once what new policies mean for running submissions: keep, recalculate or clear.

Nothing changes by itself when an issuer ships them (rule 7). What was released never changes. The work is
done afterwards, one submission a commit (services/apply_policy.py).
"""

from typing import cast

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.domain.policy_change import Choice, against
from reviewhub.models import Issuer, PolicyChange
from reviewhub.queries.policy_change import CHOICES
from reviewhub.queries.policy_pair import count_running, find_pair
from reviewhub.services.coordinated import need_reason
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit
from reviewhub.services.scope import stored

APPLY = "apply_policy"


def change_policy(
    kit: Kit, actor: Actor, micro_credential: str, version: str, to: str, choice: str, reason: str
) -> None:
    """Decide for the running submissions under `version`; `to` is the newer one that was looked at.

    NotFound where there is nothing to decide (any more), Stale where a still newer version is live, Refused
    where the choice does not go with these versions, Invalid (choice, reason).
    """
    words = _valid(choice, reason)
    with kit.write() as tx:
        pair = find_pair(tx.session, actor, micro_credential, version)
        issuer = tx.lock(Issuer, pair.micro_credential.issuer_id)
        pair = find_pair(tx.session, actor, micro_credential, version)  # another may have been faster
        if pair.live.public_id != to:
            raise Stale("A still newer version has come out. Look at what it changes first.")
        no = against(cast("Choice", choice), pair.before, pair.after)
        if no:
            raise Refused(no, "seats")
        count = count_running(tx.session, pair, actor)
        if not count:
            raise NotFound
        row = PolicyChange(
            public_id=public_id(),
            micro_credential_id=stored(pair.micro_credential.id),
            version_before=version,
            version_after=pair.after.version,
            to_id=stored(pair.live.id),
            choice=choice,
            decided_by=stored(actor.person_id),
            decided_at=tx.now,
            submissions=count,
            ended_at=tx.now if choice == "keep" else None,
        )
        tx.session.add(row)
        tx.session.flush()
        facts = {
            "change": row.public_id,
            "micro_credential": micro_credential,
            "before": version,
            "after": pair.after.version,
            "choice": choice,
            "submissions": count,
        }
        tx.event(issuer, Action.CHANGE_POLICY.value, actor, facts=facts, text=words)
        if choice != "keep":
            tx.later(APPLY, dedup=f"{APPLY}:{row.id}:0", change_id=stored(row.id), after=0)


def _valid(choice: str, reason: str) -> str:
    problems = []
    if choice not in CHOICES:
        problems.append(Problem("choice", "Choose what happens to running submissions.", choice))
    try:
        words = need_reason(reason)
    except Invalid as missing:
        raise Invalid(*problems, *missing.problems) from None
    if problems:
        raise Invalid(*problems)
    return words
