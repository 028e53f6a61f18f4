"""End a submission without a result."""

from sqlmodel import select

from reviewhub.domain.access import Action, Actor, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.models import MicroCredential, Person, Submission
from reviewhub.services.coordinated import REASON_MOST, facts_of, need_reason
from reviewhub.services.ending import end_work
from reviewhub.services.evidence import tidy
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters.learner import withdrawn


def withdraw(kit: Kit, actor: Actor, submission: str, reason: str) -> None:
    """The learner, or a coordinator with a reason, ends it: no result, which is not zero.

    Open rounds are void, open reviews are taken back, the running attempt is dropped; earlier feedback stays.
    NotFound for whoever has no part in it; Invalid (field `reason`); Refused when it has ended.
    """
    with kit.write() as tx:
        root = _lock(tx, actor, submission)
        reason = _reason(actor, root, reason)
        tx.move(root, root, Action.WITHDRAW, actor, facts_of(root), text=reason)
        end_work(tx, root, actor, "withdrawn")
        name = tx.session.get_one(MicroCredential, root.micro_credential_id).name
        tx.letter(tx.session.get_one(Person, root.learner_id), *withdrawn(tx.settings, name))


def _lock(tx: Tx, actor: Actor, public_id: str) -> Submission:
    found = tx.session.exec(select(Submission).where(Submission.public_id == public_id)).first()
    mine = found is not None and (
        found.learner_id == actor.person_id or found.issuer_id in actor.issuers(Role.COORDINATOR)
    )
    if found is None or not mine:
        raise NotFound
    assert found.id is not None
    return tx.lock(Submission, found.id)


def _reason(actor: Actor, root: Submission, reason: str) -> str:
    if actor.person_id != root.learner_id:
        return need_reason(reason)
    words = tidy(reason).strip()
    if len(words) > REASON_MOST:
        raise Invalid(Problem("reason", f"Give the reason in at most {REASON_MOST:,} characters.", words))
    return words
