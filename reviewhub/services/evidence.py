"""A learner's words: text answers, addresses and the change note; and taking evidence back."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, delete, select, update

from reviewhub.domain.access import SYSTEM, Actor
from reviewhub.domain.anchors import anchors_of
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.rubric import Requirement
from reviewhub.models import Artifact, CleanCopy, Concern, FileGrant, LockEvidence
from reviewhub.services.completeness import CHANGE_NOTE
from reviewhub.services.ids import fingerprint, public_id
from reviewhub.services.issuer_check import want_check
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.own_work import OwnWork, lock_draft
from reviewhub.services.ports import StorageDown

MOST_CHARACTERS = {"text": 50_000, "link": 2_000, "choice": 100, "anchor": 200, CHANGE_NOTE: 5_000}


@dataclass(frozen=True, slots=True)
class Answer:
    """Words typed into one field. `was` is `mark()` of the words that the form showed before typing.

    A text answer has position 0, links count up from 0; of a choice the text is the option's id. CHANGE_NOTE
    stands for the change note's field.
    """

    requirement_id: str
    text: str
    was: str
    position: int = 0
    criterion_id: str = ""
    """Of words that say where this criterion is shown in the requirement's evidence."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The attempt's version before and after, and the answers whose fields somebody else had changed."""

    before: int
    version: int
    stale: tuple[Answer, ...] = ()


def mark(text: str) -> str:
    """A short mark of a text; the same text has the same mark."""
    return fingerprint(text)[:16]


def tidy(text: str) -> str:
    """Newlines between lines, no control characters (a database may refuse them); otherwise as typed."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in joined if c in "\n\t" or (c >= " " and c != "\x7f"))


def save_answers(kit: Kit, actor: Actor, submission: str, answers: Sequence[Answer]) -> Saved:
    """Save every answer whose field still holds what the form showed; the others come back as stale, unsaved.

    Invalid, with nothing saved: an unknown requirement, a place too many, more than MOST_CHARACTERS.
    """
    with kit.write() as tx:
        work = lock_draft(tx, actor, submission)
        _check(work, answers)
        before, stale, changed = work.attempt.version, [], False
        for answer in answers:
            outcome = _save(tx, work, answer)
            stale += [answer] if outcome is None else []
            changed |= bool(outcome)
        if changed:
            work.attempt.version += 1
        return Saved(before, work.attempt.version, tuple(stale))


def _check(work: OwnWork, answers: Sequence[Answer]) -> None:
    problems = [problem for answer in answers if (problem := _problem(work, answer))]
    if problems:
        raise Invalid(*problems)


def _problem(work: OwnWork, answer: Answer) -> Problem | None:
    if answer.criterion_id:
        return _anchor_problem(work, answer)
    kind = CHANGE_NOTE
    if answer.requirement_id != CHANGE_NOTE:
        requirement = requirement_of(work, answer.requirement_id)
        kind = requirement.kind if requirement else ""
        if requirement is None or kind == "file" or not 0 <= answer.position < requirement.maximum:
            return Problem(answer.requirement_id, "There is no such field in this form. Load the page again.")
        if requirement.kind == "choice" and answer.text not in ("", *(one.id for one in requirement.options)):
            return Problem(answer.requirement_id, "There is no such option. Load the page again.")
    most = MOST_CHARACTERS[kind]
    if len(answer.text) > most:
        return Problem(
            answer.requirement_id,
            f"This has {len(answer.text):,} characters; {most:,} are the most. Shorten it; it is not saved.",
        )
    return None


def _anchor_problem(work: OwnWork, answer: Answer) -> Problem | None:
    known = {(one.criterion.id, one.requirement.id) for one in anchors_of(work.whole, {})}
    if (answer.criterion_id, answer.requirement_id) not in known:
        return Problem(answer.requirement_id, "There is no such field in this form. Load the page again.")
    if len(answer.text) > MOST_CHARACTERS["anchor"]:
        return Problem(
            answer.requirement_id,
            f"Say in {MOST_CHARACTERS['anchor']} characters at most where to look; it is not saved.",
        )
    return None


def requirement_of(work: OwnWork, requirement_id: str) -> Requirement | None:
    """The rubric's requirement, hidden by a choice or not; None for an id that it does not have."""
    return next((r for r in work.whole.requirements if r.id == requirement_id), None)


def _save(tx: Tx, work: OwnWork, answer: Answer) -> bool | None:
    """True: saved; False: nothing new; None: the field changed since the form was shown."""
    if answer.criterion_id:
        return _save_anchor(work, answer)
    new, old = tidy(answer.text), work.attempt.change_note
    requirement = requirement_of(work, answer.requirement_id)
    if requirement and requirement.kind == "choice":
        old = work.attempt.choices.get(requirement.id, "")
    elif requirement:
        artifact = artifact_at(tx, work, answer.requirement_id, answer.position)
        old = artifact.url or artifact.body if artifact else ""
        if requirement.kind == "link":
            new = new.strip()
    if new == old:
        return False
    if mark(old) != answer.was:
        return None
    if requirement is None:
        work.attempt.change_note = new
    elif requirement.kind == "choice":
        others = {one: option for one, option in work.attempt.choices.items() if one != requirement.id}
        work.attempt.choices = {**others, requirement.id: new} if new else others
    else:
        _write(tx, work, requirement, answer.position, new)
    return True


def _save_anchor(work: OwnWork, answer: Answer) -> bool | None:
    given = work.attempt.anchors
    old = given.get(answer.criterion_id, {}).get(answer.requirement_id, "")
    new = " ".join(tidy(answer.text).split())
    if new == old:
        return False
    if mark(old) != answer.was:
        return None
    own = {**given.get(answer.criterion_id, {}), answer.requirement_id: new}
    work.attempt.anchors = {**given, answer.criterion_id: own}
    return True


def _write(tx: Tx, work: OwnWork, requirement: Requirement, position: int, new: str) -> None:
    row = artifact_at(tx, work, requirement.id, position)
    if row is None:
        row = add_row(tx, work, requirement, position)
    if requirement.kind == "link":
        row.url = new
        if not row.url and row.key is None and row.staging_key is None:
            tx.session.delete(row)
        elif row.state == "checked":
            want_check(tx, work.submission, row)
        return
    row.body, row.size, row.sha256 = new, len(new.encode()), fingerprint(new)
    row.state, row.clean_state, row.media_type = "checked", "clean", "text/plain"
    row.version += 1
    want_check(tx, work.submission, row)


def artifact_at(tx: Tx, work: OwnWork, requirement_id: str, position: int) -> Artifact | None:
    """The attempt's artifact at this place of a requirement."""
    return tx.session.exec(
        select(Artifact).where(
            Artifact.attempt_id == work.attempt.id,
            Artifact.requirement_id == requirement_id,
            Artifact.kind == work.whole.requirement(requirement_id).kind,
            Artifact.position == position,
        )
    ).first()


def add_row(tx: Tx, work: OwnWork, requirement: Requirement, position: int) -> Artifact:
    """A new artifact of the attempt, still expected."""
    assert work.attempt.id is not None
    row = Artifact(
        public_id=public_id(),
        attempt_id=work.attempt.id,
        requirement_id=requirement.id,
        kind=requirement.kind,
        position=position,
        created_at=tx.now,
    )
    tx.session.add(row)
    return row


def remove_artifact(kit: Kit, actor: Actor, submission: str, artifact: str) -> None:
    """Take a file, a link or an upload that never arrived out of the draft, with its clean copies.

    What an earlier attempt holds too stays there. NotFound when it is not in this draft.
    """
    with kit.write() as tx:
        work = lock_draft(tx, actor, submission)
        row = tx.session.exec(
            select(Artifact).where(Artifact.public_id == artifact, Artifact.attempt_id == work.attempt.id)
        ).first()
        if row is None:
            raise NotFound
        _keep_on_record(tx, work, row)
        unused = _remove(tx, row)
        work.attempt.version += 1
    discard(kit, unused)


def _keep_on_record(tx: Tx, work: OwnWork, row: Artifact) -> None:
    """Of an attempt that was given back: what goes was shown, and to whom; a concern about it stays."""
    query = select(FileGrant.person_id).where(
        FileGrant.artifact_id == row.id, FileGrant.person_id != work.submission.learner_id
    )
    opened_by = sorted(set(tx.session.exec(query)))
    if not opened_by:
        return
    facts = {"artifact": row.public_id, "sha256": row.sha256, "opened_by": opened_by}
    tx.event(work.submission, "artifact.removed", SYSTEM, facts=facts)


def _remove(tx: Tx, row: Artifact) -> list[str]:
    """Delete the rows; the keys that nothing else refers to."""
    tx.session.execute(update(Concern).where(col(Concern.artifact_id) == row.id).values(artifact_id=None))
    copies = tx.session.exec(select(CleanCopy.key).where(CleanCopy.artifact_id == row.id)).all()
    keys = [key for key in (row.staging_key, row.key, *copies) if key]
    # Whoever else was let to it, before the attempt was given back, stands in the record: _keep_on_record.
    tx.session.execute(delete(FileGrant).where(col(FileGrant.artifact_id) == row.id))
    # Only a lock that was lifted can rest on it: what decided an attempt that is mended now decides no more.
    tx.session.execute(delete(LockEvidence).where(col(LockEvidence.artifact_id) == row.id))
    tx.session.execute(delete(CleanCopy).where(col(CleanCopy.artifact_id) == row.id))
    tx.session.delete(row)
    return [] if row.copied_from_id else keys


def discard(kit: Kit, keys: Sequence[str]) -> None:
    """Delete objects that no row names any more. What cannot be reached now is only left lying."""
    for key in keys:
        with contextlib.suppress(StorageDown):
            kit.storage.delete(key)
