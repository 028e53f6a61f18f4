"""Send an attempt's evidence."""

import secrets
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Facts
from reviewhub.domain.anchors import anchors_of
from reviewhub.domain.audit import pin
from reviewhub.domain.conditions import has_conditions
from reviewhub.domain.errors import Invalid, Problem, Refused, Stale
from reviewhub.domain.giveaway import given_away
from reviewhub.domain.workflow.attempt import EDITABLE
from reviewhub.models import Artifact, CriterionLock
from reviewhub.services.completeness import asked_for, still_missing
from reviewhub.services.gives_away import marks_of_learner
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.own_work import OwnWork, artifacts_of, lock_own
from reviewhub.services.scope import on_sheet

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
        _need_something_to_score(tx, work)
        _need_no_names(tx, work)
        attempt.words_salt = attempt.words_salt or secrets.token_hex(16)
        about: dict[str, Any] = {
            "pieces": len(artifacts),
            "texts": pin(words_of(artifacts), attempt.words_salt),
        }
        if attempt.choices:
            about["choices"] = attempt.choices
        if said := [one for one in anchors_of(work.rubric, attempt.anchors) if one.words]:
            places = [[one.criterion.id, one.requirement.id, one.words] for one in said]
            about["anchors"] = pin(places, attempt.words_salt)
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


def _need_something_to_score(tx: Tx, work: OwnWork) -> None:
    """Another choice, or none, may leave only what is met already: a round with an empty sheet is none."""
    locks = tx.session.exec(
        select(CriterionLock).where(
            CriterionLock.submission_id == work.submission.id, col(CriterionLock.lifted_at).is_(None)
        )
    ).all()
    if has_conditions(work.whole) and not on_sheet(work.rubric, list(locks)):
        first = next(one.id for one in work.rubric.requirements if one.kind == "choice")
        text = "With this choice nothing is left to be scored: all of it is met already. Choose as before."
        raise Invalid(Problem(first, text))


def _need_no_names(tx: Tx, work: OwnWork) -> None:
    """Assessors read where to look: a name or a file's name in it would tell them who it is."""
    said = [one for one in anchors_of(work.rubric, work.attempt.anchors) if one.words]
    marks = marks_of_learner(tx, work.submission) if said else frozenset[str]()
    problems = [
        Problem(
            one.requirement.id,
            f"Where to look for “{one.criterion.name}” has {', '.join(f'“{mark}”' for mark in found)} in it. "
            "Assessors must not know whose it is: name a page, a minute or a heading instead.",
        )
        for one in said
        if (found := given_away(one.words, marks))
    ]
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
