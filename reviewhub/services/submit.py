"""Send an attempt's evidence."""

import secrets
from collections.abc import Iterable
from dataclasses import replace

from reviewhub.domain.access import Action, Actor, Facts
from reviewhub.domain.audit import pin
from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.domain.workflow.attempt import EDITABLE
from reviewhub.models import Artifact
from reviewhub.services.completeness import asked_for, still_missing
from reviewhub.services.kit import Kit
from reviewhub.services.own_work import OwnWork, artifacts_of, lock_own

ATTESTED = "attested"


def submit(kit: Kit, actor: Actor, submission: str, version: int, *, attested: bool) -> None:
    """Send what is there, as the form with this attempt version showed it; the checks follow.

    Invalid lists everything still missing (field: the requirement's id, `attested`). Stale when the evidence
    changed since. Refused (code `sent`) when it was sent before: a double click does no harm.
    """
    with kit.write() as tx:
        work = lock_own(tx, actor, submission)
        attempt = work.attempt
        if attempt.state not in EDITABLE and attempt.sent_at is not None:
            raise Refused("This was sent already; it arrived once.", "sent")
        if attempt.version != version:
            raise Stale("Your evidence was changed in another window. Look through it, then send it.")
        artifacts = asked_for(work.rubric, artifacts_of(tx, attempt))
        _need_everything(work, artifacts, attested=attested)
        attempt.words_salt = attempt.words_salt or secrets.token_hex(16)
        about = {"pieces": len(artifacts), "texts": pin(words_of(artifacts), attempt.words_salt)}
        tx.move(work.submission, attempt, Action.SUBMIT, actor, _facts(work), about=about)
        attempt.sent_at = attempt.attested_at = tx.now
        assert attempt.id is not None
        tx.later("check_attempt", attempt_id=attempt.id)


def _need_everything(work: OwnWork, artifacts: list[Artifact], *, attested: bool) -> None:
    problems = [
        Problem(item.requirement_id, item.message)
        for item in still_missing(work.rubric, work.attempt, artifacts)
    ]
    if not attested:
        text = (
            "Please confirm that this is your own work, that you may share it, and that people shown agreed."
        )
        problems.append(Problem(ATTESTED, text))
    if problems:
        raise Invalid(*problems)


def _facts(work: OwnWork) -> Facts:
    return replace(work.facts, complete=True, attested=True)


def words_of(artifacts: Iterable[Artifact]) -> list[list[str | int]]:
    """The words and addresses as sent, [[requirement, position, answer, address]], in that order.

    The event of sending holds `pin(words, attempt.words_salt)` as its fact `texts`; files are pinned by their
    own hashes when they were checked.
    """
    texts = sorted((a for a in artifacts if a.kind != "file"), key=lambda a: (a.requirement_id, a.position))
    return [[a.requirement_id, a.position, a.body, a.url] for a in texts]
