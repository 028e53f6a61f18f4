"""How a file comes in: allowed, written to staging by the browser or through the app, confirmed, checked."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlmodel import col, select

from reviewhub.domain import media
from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.evidence import examine
from reviewhub.domain.rubric import Requirement
from reviewhub.models import Artifact, Attempt, Submission
from reviewhub.services.completeness import HERE
from reviewhub.services.evidence import add_row, artifact_at, discard, requirement_of, tidy
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.own_work import OwnWork, artifacts_of, lock_draft
from reviewhub.services.ports import SignedPut, StorageDown

UPLOAD_ENDS = timedelta(hours=1)
"""How long an upload's address works: a large file on a slow phone."""
STAGED_AS = "application/octet-stream"
_MOST_ROWS_BESIDE = 10
_LONGEST_NAME = 200
_LONGEST_ENDING = 10


class TooLarge(Invalid):
    """The file is larger than this installation takes."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """An upload that may begin: the artifact that waits for it, and the one request that brings it."""

    artifact: str
    put: SignedPut


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that is to come: for which requirement, at which place (links only), its name and bytes."""

    requirement_id: str
    name: str
    size: int
    position: int | None = None

    @property
    def field(self) -> str:
        """The form's field that brought it, for problems."""
        return self.requirement_id


def allow_upload(kit: Kit, actor: Actor, submission: str, file: Announced) -> Allowed:
    """Let a browser write one file to staging. Invalid or TooLarge say what is wrong with it already."""
    artifact, key = _expect(kit, actor, submission, file)
    put = kit.storage.presign_put(key, size=file.size, media_type=STAGED_AS, expires=UPLOAD_ENDS)
    return Allowed(artifact, put)


def confirm_upload(kit: Kit, actor: Actor, submission: str, artifact: str) -> None:
    """The browser says that its file is there: look, and ask for the checks. Confirming twice is harmless.

    Refused (code `not_arrived`) when nothing is in staging; StorageDown leaves all as it was.
    """
    with kit.read() as session:
        found = session.exec(
            select(Artifact.state, Artifact.staging_key)
            .join(Attempt, col(Attempt.id) == Artifact.attempt_id)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .where(
                Artifact.public_id == artifact,
                Submission.public_id == submission,
                Submission.learner_id == actor.person_id,
            )
        ).first()
    if found is None:
        raise NotFound
    state, key = found
    if state != "expected" or key is None:
        return
    stored = kit.storage.head(key)
    if stored is None:
        raise Refused(
            "The file has not arrived. Send it again, please; nothing else was lost.", "not_arrived"
        )
    _arrived(kit, actor, submission, artifact, stored.size)


def add_file(kit: Kit, actor: Actor, submission: str, file: Announced, data: BinaryIO) -> int:
    """The plain form's way: stream the file to staging, then ask for the checks. The attempt's version after.

    StorageDown: nothing of it is kept, and everything else is as it was.
    """
    artifact, key = _expect(kit, actor, submission, file)
    try:
        stored = kit.storage.put(key, data, media_type=STAGED_AS)
    except StorageDown:
        _forget(kit, actor, submission, artifact)
        raise
    return _arrived(kit, actor, submission, artifact, stored.size)


def size_of(data: BinaryIO) -> int:
    """Bytes of a seekable stream, which is then at its start."""
    size = data.seek(0, io.SEEK_END)
    data.seek(0)
    return size


def _expect(kit: Kit, actor: Actor, submission: str, file: Announced) -> tuple[str, str]:
    """An artifact that waits for its bytes: its public id and the key to write to."""
    name = file_name(file.name)
    with kit.write() as tx:
        work = lock_draft(tx, actor, submission)
        requirement = requirement_of(work, file.requirement_id)
        if requirement is None or requirement.kind == "text":
            raise Invalid(Problem(file.field, "This form takes no file here. Load the page again.", name))
        row = _place(tx, work, requirement, file, name)
        _first_look(kit, requirement, file, name)
        row.title, row.size, row.media_type, row.state = name, file.size, "", "expected"
        row.staging_key, row.key, row.clean_state = f"staging/{public_id()}", None, "none"
        row.staged_at = tx.now
        row.finding, row.issuer_check = "", "none"
        row.version += 1
        work.attempt.version += 1
        return row.public_id, row.staging_key


def _place(tx: Tx, work: OwnWork, requirement: Requirement, file: Announced, name: str) -> Artifact:
    rows = [a for a in artifacts_of(tx, work.attempt) if a.requirement_id == requirement.id]
    if requirement.kind == "link":
        return _link_place(tx, work, requirement, file)
    there = sum(1 for row in rows if row.state in HERE or _under_way(row, tx.now))
    findings = examine(requirement, name, 1, _most_likely(requirement, name), already=there)
    problem = next((f.message for f in findings if f.code == "too_many"), "")
    if not problem and len(rows) >= requirement.maximum + _MOST_ROWS_BESIDE:
        problem = "Many files are here that cannot be accepted. Remove them before adding others."
    if problem:
        raise Invalid(Problem(file.field, problem, name))
    return add_row(tx, work, requirement, max((row.position for row in rows), default=-1) + 1)


def _link_place(tx: Tx, work: OwnWork, requirement: Requirement, file: Announced) -> Artifact:
    """A link's own place: a new one, or one that has no good capture yet."""
    position = file.position or 0
    if not 0 <= position < requirement.maximum:
        raise Invalid(Problem(file.field, "There is no such field in this form. Load the page again."))
    row = artifact_at(tx, work, requirement.id, position)
    if row is None:
        return add_row(tx, work, requirement, position)
    if row.state in HERE:
        raise Invalid(Problem(file.field, "This link has its capture. Remove it first to give another."))
    return row


def _under_way(row: Artifact, now: datetime) -> bool:
    return row.state == "expected" and now - row.created_at < UPLOAD_ENDS


def _first_look(kit: Kit, requirement: Requirement, file: Announced, name: str) -> None:
    """What can be said before a byte has come: size and name. The content is looked at by the checks."""
    limit = kit.settings.upload_bytes
    for finding in examine(requirement, name, file.size, _most_likely(requirement, name), limit=limit):
        kind = TooLarge if finding.code == "too_large" else Invalid
        raise kind(Problem(file.field, finding.message, name))


def _most_likely(requirement: Requirement, name: str) -> str:
    """The type that the name promises, the wanted one where there is a choice; else what is wanted."""
    said = media.EXTENSIONS.get(media.extension(name), ())
    fitting = [kind for kind in said if any(media.matches(kind, wanted) for wanted in requirement.accept)]
    return next(iter([*fitting, *said, *requirement.accept]), STAGED_AS)


def file_name(name: str) -> str:
    """The last part of a path, without control characters, at most 200 characters, its extension kept."""
    base = tidy(name).replace("\\", "/").rpartition("/")[2].replace("\n", " ").strip() or "file"
    if len(base) <= _LONGEST_NAME:
        return base
    ending = media.extension(base)[:_LONGEST_ENDING]
    return f"{base[: _LONGEST_NAME - len(ending) - 1]}.{ending}"


def _own_artifact(tx: Tx, work: OwnWork, artifact: str) -> Artifact:
    row = tx.session.exec(
        select(Artifact).where(Artifact.public_id == artifact, Artifact.attempt_id == work.attempt.id)
    ).first()
    if row is None:
        raise NotFound
    return row


def _arrived(kit: Kit, actor: Actor, submission: str, artifact: str, size: int) -> int:
    """The attempt's version after; another confirmation may have been faster."""
    with kit.write() as tx:
        work = lock_draft(tx, actor, submission)
        row = _own_artifact(tx, work, artifact)
        if row.state != "expected":
            return work.attempt.version
        row.state, row.size = "arrived", size
        row.version += 1
        work.attempt.version += 1
        assert row.id is not None
        tx.later("check_artifact", artifact_id=row.id)
        return work.attempt.version


def _forget(kit: Kit, actor: Actor, submission: str, artifact: str) -> None:
    """Take back the place of a file that could not be stored; a link keeps its address."""
    with kit.write() as tx:
        work = lock_draft(tx, actor, submission)
        row = _own_artifact(tx, work, artifact)
        key = row.staging_key
        if row.url:
            row.title, row.staging_key, row.size = "", None, 0
        else:
            tx.session.delete(row)
    discard(kit, [key] if key else [])
