"""A learner's side: submissions, attempts, artifacts and their clean copies."""

from datetime import date, datetime

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from reviewhub.domain.workflow.attempt import AttemptState
from reviewhub.domain.workflow.submission import SubmissionState
from reviewhub.models.base import BigKey, Moment, one_of


class Submission(SQLModel, table=True):
    """One learner's pursuit of one micro-credential. Pins rubric version and code digest."""

    __table_args__ = (
        one_of("state", SubmissionState),
        Index(
            "uq_submission_open",
            "learner_id",
            "micro_credential_id",
            unique=True,
            sqlite_where=text("state NOT IN ('met', 'withdrawn', 'lapsed')"),
            postgresql_where=text("state NOT IN ('met', 'withdrawn', 'lapsed')"),
        ),
        Index("ix_submission_learner", "learner_id", "id"),
        Index("ix_submission_issuer_state", "issuer_id", "state", "id"),
        Index("ix_submission_micro_credential", "micro_credential_id"),
        Index(
            "ix_submission_running",
            "rubric_version_id",
            "id",
            sqlite_where=text("state NOT IN ('met', 'withdrawn', 'lapsed')"),
            postgresql_where=text("state NOT IN ('met', 'withdrawn', 'lapsed')"),
        ),
        Index(
            "ix_submission_unsealed",
            "id",
            sqlite_where=text("audit_seq > sealed_seq"),
            postgresql_where=text("audit_seq > sealed_seq"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    learner_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    micro_credential_id: int = Field(foreign_key="micro_credential.id", sa_type=BigKey)
    rubric_version_id: int = Field(foreign_key="rubric_version.id", sa_type=BigKey)
    code_digest: str = Field(max_length=64)
    state: str = SubmissionState.OPEN.value
    held_from: str | None = None
    created_at: datetime = Field(sa_type=Moment)
    active_at: datetime = Field(sa_type=Moment)
    """When the learner last did something here, or was given something to do."""
    extra_attempts: int = 0
    """How many more than the rubric allows, each given by a coordinator with a reason."""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    version: int = 1
    audit_seq: int = 0
    audit_head: str = "0" * 64
    sealed_seq: int = 0
    """The last event of its chain that is in a checkpoint."""


class Attempt(SQLModel, table=True):
    """A numbered round trip. Its evidence is immutable from submitted_at on."""

    __table_args__ = (
        one_of("state", AttemptState),
        UniqueConstraint("submission_id", "number"),
        Index(
            "ix_attempt_open",
            "state",
            "id",
            sqlite_where=text("state NOT IN ('released', 'withdrawn', 'draft')"),
            postgresql_where=text("state NOT IN ('released', 'withdrawn', 'draft')"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    submission_id: int = Field(foreign_key="submission.id", sa_type=BigKey)
    number: int
    state: str = AttemptState.DRAFT.value
    rubric_version_id: int | None = Field(default=None, foreign_key="rubric_version.id", sa_type=BigKey)
    """The rubric that it was judged by, where the learner has moved on since; else the submission's."""
    choices: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    """What the learner chose, {requirement id: option id}; fixed with the evidence."""
    anchors: dict[str, dict[str, str]] = Field(default_factory=dict, sa_type=JSON)
    """Where to look, in the learner's words: {criterion id: {requirement id: page, minute or heading}}."""
    change_note: str = ""
    words_salt: str = ""
    """Salts the pin of the words in the event of sending; erased with them."""
    attested_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the learner pressed submit (last time)."""
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the checks had passed."""
    promised_on: date | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    released_at: datetime | None = Field(default=None, sa_type=Moment)
    version: int = 1


PROMISE_REASONS = (
    "arrived", "hold", "people", "adjudication", "given_back", "appeal", "again", "late", "calendar",
    "taken_back", "extended",
)  # fmt: skip
"""Why the day stands as it does.

people: seats had to be filled anew; again: judged or scored again; late: the day passed without a result;
calendar: the issuer's working days changed; taken_back: a result that was given counts no more;
extended: an assessor was given more time.
"""


class Promise(SQLModel, table=True):
    """A day by which the learner was told to have a result. The newest holds, the others explain it."""

    __table_args__ = (one_of("reason", PROMISE_REASONS), Index("ix_promise_attempt", "attempt_id", "id"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=BigKey)
    day: date
    reason: str
    made_at: datetime = Field(sa_type=Moment)
    told_at: datetime | None = Field(default=None, sa_type=Moment)
    """When a letter told the learner this day; None where it did not move later, or a newer one is told."""


ARTIFACT_KINDS = ("file", "link", "text")
ARTIFACT_STATES = ("expected", "arrived", "checked", "refused")
"""expected: upload allowed; arrived: bytes in staging; checked: hashed final copy; refused: see finding."""
CLEAN_STATES = ("none", "clean", "not_cleanable")
ISSUER_CHECKS = ("none", "asked", "clear", "warn", "refuse")
"""none: nobody was asked; asked: the answer is awaited; clear: nothing to say; warn, refuse: see finding."""


class Artifact(SQLModel, table=True):
    """One piece of evidence. title, body and url are the learner's words and erasable."""

    __table_args__ = (
        one_of("kind", ARTIFACT_KINDS),
        one_of("state", ARTIFACT_STATES),
        one_of("clean_state", CLEAN_STATES),
        one_of("issuer_check", ISSUER_CHECKS),
        Index("ix_artifact_attempt", "attempt_id", "requirement_id", "position"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    attempt_id: int = Field(foreign_key="attempt.id", sa_type=BigKey)
    requirement_id: str
    kind: str
    position: int = 0
    state: str = "expected"
    title: str = ""
    """File name as uploaded; never shown to an assessor."""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    staging_key: str | None = None
    staged_at: datetime | None = Field(default=None, sa_type=Moment)
    """When its upload was last allowed."""
    key: str | None = None
    body: str = ""
    """A text answer."""
    url: str = ""
    """A link; assessors see it only through its capture."""
    finding: str = ""
    """Why it was refused, or what the issuer's own check remarks, in words for the learner."""
    issuer_check: str = "none"
    clean_state: str = "none"
    clean_note: str = ""
    copied_from_id: int | None = Field(default=None, foreign_key="artifact.id", sa_type=BigKey)
    created_at: datetime = Field(sa_type=Moment)
    version: int = 1


class CleanCopy(SQLModel, table=True):
    """One page, image or text an assessor may see of an artifact. Keys and ids carry no meaning."""

    __tablename__ = "clean_copy"
    __table_args__ = (UniqueConstraint("artifact_id", "position"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    artifact_id: int = Field(foreign_key="artifact.id", sa_type=BigKey)
    position: int
    kind: str
    media_type: str
    key: str
    size: int
    sha256: str = ""
    """Of what whoever scores is shown: a decision's bundle names it."""
    width: int = 0
    height: int = 0


class FileGrant(SQLModel, table=True):
    """Who was let to which object, when; the address it led to lives five minutes at most."""

    __tablename__ = "file_grant"
    __table_args__ = (Index("ix_file_grant_person", "person_id", "id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    person_id: int = Field(foreign_key="person.id", sa_type=BigKey)
    artifact_id: int = Field(foreign_key="artifact.id", index=True, sa_type=BigKey)
    clean_copy_id: int | None = Field(default=None, foreign_key="clean_copy.id", sa_type=BigKey)
    granted_at: datetime = Field(sa_type=Moment)
