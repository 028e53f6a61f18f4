"""An operator stops an issuer's code, and lets it go on: with whatever was held meanwhile."""

from sqlmodel import Session, col, select

from reviewhub.domain.access import SYSTEM
from reviewhub.domain.errors import NotFound, PluginFault, Refused
from reviewhub.domain.workflow.round import RoundState
from reviewhub.models import Hold, Issuer, Round, Submission
from reviewhub.services.coordinated import facts_of, need_reason
from reviewhub.services.hold import let_round_go
from reviewhub.services.kit import Job, Kit, Tx
from reviewhub.services.ports import CodeRef
from reviewhub.services.recorded import record_fault
from reviewhub.services.scope import Scope

QUARANTINE = "quarantine"
"""The code of the holds that it makes."""
LET_GO = "let_issuer_go"


def quarantine(kit: Kit, slug: str, reason: str) -> None:
    """Run none of this issuer's code from now on: not to take it in, to check evidence or to judge.

    What is being judged in this moment ends as it began. NotFound, Invalid (reason), Refused when it is
    stopped already.
    """
    words = need_reason(reason)
    with kit.write() as tx:
        issuer = _lock(tx, slug)
        if issuer.quarantine:
            raise Refused(f"{slug} is in quarantine already: {issuer.quarantine}", "state")
        issuer.quarantine = words
        tx.event(issuer, "plugin_quarantined", SYSTEM, text=words)


def release(kit: Kit, slug: str) -> None:
    """End it. What was held waits for `let_go`, so that mended code can be taken in first. NotFound.

    Nothing where it has ended already: a command that was killed between the two can be given again.
    """
    with kit.write() as tx:
        issuer = _lock(tx, slug)
        if issuer.quarantine:
            issuer.quarantine = ""
            tx.event(issuer, "plugin_released", SYSTEM)


def let_go(kit: Kit, slug: str) -> int:
    """Ask for everything that the quarantine held to go on; how much that is. NotFound."""
    with kit.write() as tx:
        issuer = _lock(tx, slug)
        assert issuer.id is not None
        held = len(held_rounds(tx.session, issuer.id, QUARANTINE))
        if held:
            tx.later(LET_GO, issuer_id=issuer.id)
        return held


def let_issuer_go(kit: Kit, job: Job, issuer_id: int, code: str = QUARANTINE) -> None:
    """Job: each round held by `code` in a commit of its own; none any more where the issuer is stopped."""
    with kit.read() as session:
        held = held_rounds(session, issuer_id, code)
    for submission_id, round_id in held:
        with kit.write() as tx:
            _let_one_go(tx, submission_id, round_id)
    with kit.write() as tx:
        tx.done(job)


def quarantined(session: Session, issuer_slug: str) -> str:
    """Why no code of this issuer runs now; "" where it does."""
    return session.exec(select(Issuer.quarantine).where(Issuer.slug == issuer_slug)).first() or ""


def hold_quarantined(tx: Tx, scope: Scope, code: CodeRef) -> bool:
    """Hold a round that waits for the code of a stopped issuer; False where it was released meanwhile.

    The submission is locked. The issuer is too, so that no release runs beside it and misses this hold.
    """
    issuer = tx.lock(Issuer, scope.submission.issuer_id)
    if not issuer.quarantine:
        return False
    record_fault(tx, scope, PluginFault(code.issuer, QUARANTINE, issuer.quarantine), code=QUARANTINE)
    return True


def _lock(tx: Tx, slug: str) -> Issuer:
    key = tx.session.exec(select(Issuer.id).where(Issuer.slug == slug)).first()
    if key is None:
        raise NotFound(f"There is no issuer “{slug}”. `reviewhub plugins list` names them.")
    return tx.lock(Issuer, key)


def held_rounds(session: Session, issuer_id: int, code: str) -> list[tuple[int, int]]:
    """Submission and round of each that is held for this, in order of the submission."""
    rows = session.exec(
        select(Hold.submission_id, Hold.subject_id)
        .where(
            Hold.issuer_id == issuer_id,
            Hold.subject == "round",
            Hold.code == code,
            col(Hold.closed_at).is_(None),
        )
        .order_by(col(Hold.submission_id))
    )
    return [(submission_id, round_id) for submission_id, round_id in rows if submission_id is not None]


def _let_one_go(tx: Tx, submission_id: int, round_id: int) -> None:
    submission = tx.lock(Submission, submission_id)
    issuer = tx.session.get_one(Issuer, submission.issuer_id)
    round_ = tx.session.get_one(Round, round_id, populate_existing=True)
    if issuer.quarantine or round_.state != RoundState.HELD:
        return
    let_round_go(tx, submission, round_, facts_of(submission), SYSTEM)
