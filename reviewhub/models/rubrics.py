"""What issuers ship, as it was at sync: plugins, micro-credentials, stacks, rubric snapshots."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from reviewhub.models.base import BigKey, Moment, one_of

PLUGIN_STATES = ("live", "quarantined", "removed")
MICRO_CREDENTIAL_STATES = ("live", "pilot", "retired")
POLICY_CHOICES = ("keep", "recalculate", "clear")


class Plugin(SQLModel, table=True):
    """One synced version of an issuer's code. Rows are kept; the newest live one takes intake."""

    __table_args__ = (one_of("state", PLUGIN_STATES), Index("ix_plugin_issuer_state", "issuer_id", "state"))
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    name: str
    """Folder or distribution it came from."""
    issuer_id: int | None = Field(default=None, foreign_key="issuer.id", sa_type=BigKey)
    code_digest: str = Field(max_length=64)
    state: str
    reason: str = ""
    synced_at: datetime = Field(sa_type=Moment)


class MicroCredential(SQLModel, table=True):
    """What can be earned. Texts of the catalogue are copied from the live rubric version."""

    __tablename__ = "micro_credential"
    __table_args__ = (
        UniqueConstraint("issuer_id", "slug"),
        one_of("state", MICRO_CREDENTIAL_STATES),
        one_of("chosen", MICRO_CREDENTIAL_STATES),
        Index("ix_micro_credential_state_name", "state", "name", "id"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    slug: str = Field(max_length=96)
    name: str
    summary: str = ""
    topics: list[str] = Field(default_factory=list, sa_type=JSON)
    state: str = "live"
    """Who may start it: everybody, who was let in, nobody. As `chosen`; retired where it is not shipped."""
    chosen: str = "live"
    """The same as its manager wants it while the issuer ships it."""
    shipped: bool = True
    """Whether the issuer's plugin holds it now."""
    pilot_link: str = ""
    """What the address ends with by which learners let themselves into the pilot; empty: there is no link."""
    rubric_version_id: int | None = Field(
        default=None,
        foreign_key="rubric_version.id",
        sa_type=BigKey,
        sa_column_kwargs={"comment": "the live version; None until the first snapshot is stored"},
    )
    version: int = 1


class LetIn(SQLModel, table=True):
    """An address that may start a micro-credential while it is a pilot. Erased with its person."""

    __tablename__ = "let_in"
    __table_args__ = (UniqueConstraint("micro_credential_id", "email"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    micro_credential_id: int = Field(foreign_key="micro_credential.id", sa_type=BigKey)
    email: str = Field(index=True)
    """Lower case; of a person with an account, or of somebody who has none yet."""
    let_in_at: datetime = Field(sa_type=Moment)
    let_in_by: int | None = Field(default=None, foreign_key="person.id", sa_type=BigKey)
    """The manager; None for who came by the link."""


class RubricVersion(SQLModel, table=True):
    """An immutable snapshot: everything the web shows of a rubric comes from `body`."""

    __tablename__ = "rubric_version"
    __table_args__ = (UniqueConstraint("micro_credential_id", "rubric_version", "code_digest"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    micro_credential_id: int = Field(index=True, sa_type=BigKey)
    rubric_version: str
    content_hash: str = Field(max_length=64)
    structure_hash: str = Field(max_length=64)
    code_digest: str = Field(max_length=64)
    body: dict[str, Any] = Field(sa_type=JSON)
    stored_at: datetime = Field(sa_type=Moment)


class PolicyChange(SQLModel, table=True):
    """What a coordinator decided for running submissions when a version came with other policies; once."""

    __tablename__ = "policy_change"
    __table_args__ = (
        one_of("choice", POLICY_CHOICES),
        UniqueConstraint("micro_credential_id", "version_before", "version_after"),
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    micro_credential_id: int = Field(foreign_key="micro_credential.id", sa_type=BigKey)
    version_before: str
    version_after: str
    to_id: int = Field(foreign_key="rubric_version.id", sa_type=BigKey)
    """The snapshot that was live when it was decided."""
    choice: str
    decided_by: int = Field(foreign_key="person.id", sa_type=BigKey)
    decided_at: datetime = Field(sa_type=Moment)
    submissions: int = 0
    """How many were running then."""
    moved: int = 0
    stayed: int = 0
    """Running ones that keep the old policies: they would take something from their learner."""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """When the last of them was looked at."""


class RubricDraft(SQLModel, table=True):
    """A rubric that a manager writes in the browser: kept as it was typed, sound or not."""

    __tablename__ = "rubric_draft"
    __table_args__ = (Index("ix_rubric_draft_issuer_slug", "issuer_id", "slug"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    slug: str = Field(max_length=96)
    """The micro-credential that it is for; one draft each."""
    body: dict[str, Any] = Field(sa_type=JSON)
    """A rubric as plain JSON, as far as it is written (domain/drafts/body.py)."""
    source_name: str = ""
    source: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    """The uploaded table, row by row; its first row is the headers."""
    mapping: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """What each column of the table was said to be (domain/drafts/mapping.py)."""
    created_at: datetime = Field(sa_type=Moment)
    created_by: int = Field(foreign_key="person.id", sa_type=BigKey)
    updated_at: datetime = Field(sa_type=Moment)
    updated_by: int = Field(foreign_key="person.id", sa_type=BigKey)
    version: int = 1


class Stack(SQLModel, table=True):
    """Micro-credentials that together earn one more."""

    __table_args__ = (UniqueConstraint("issuer_id", "slug"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    public_id: str = Field(unique=True, max_length=26)
    issuer_id: int = Field(foreign_key="issuer.id", sa_type=BigKey)
    slug: str = Field(max_length=96)
    name: str
    description: str = ""


class StackItem(SQLModel, table=True):
    """A micro-credential's place in a stack."""

    __tablename__ = "stack_item"
    stack_id: int = Field(foreign_key="stack.id", primary_key=True, sa_type=BigKey)
    micro_credential_id: int = Field(
        foreign_key="micro_credential.id", primary_key=True, index=True, sa_type=BigKey
    )
    position: int
