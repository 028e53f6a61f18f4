"""A manager's drafts: the list, and one with its problems, what is live, and how many are at work on it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.drafts.body import Look, look
from reviewhub.domain.drafts.folder import folder_files
from reviewhub.domain.drafts.table import Rows
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.domain.rubric import IssuerInfo, Rubric, Stack
from reviewhub.domain.rubric_check import validate_issuer
from reviewhub.domain.rubric_json import content_hash, from_json
from reviewhub.domain.workflow.submission import ENDED
from reviewhub.models import (
    Issuer,
    MicroCredential,
    Person,
    RubricDraft,
    RubricVersion,
    StackItem,
    Submission,
)
from reviewhub.models import Stack as StackRow
from reviewhub.queries.manager import managed_issuer


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in the list. `criteria` and `problems` are counts."""

    public_id: str
    name: str
    version: str
    criteria: int
    problems: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DraftList:
    """An issuer's drafts, the one that was changed last first."""

    issuer_slug: str
    issuer: str
    drafts: tuple[DraftLine, ...]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft. `stamp` goes back with a form; `running` counts submissions by rubric version."""

    issuer_slug: str
    issuer: IssuerInfo
    public_id: str
    slug: str
    name: str
    body: dict[str, Any]
    look: Look
    source_name: str
    source: Rows
    mapping: dict[str, Any]
    stamp: int
    at: datetime
    by: str
    live: Rubric | None
    running: tuple[tuple[str, int], ...]


def draft_list(session: Session, actor: Actor, issuer_slug: str) -> DraftList:
    """Two statements. NotFound where the actor does not manage the issuer."""
    issuer = managed_issuer(session, actor, issuer_slug)
    rows = session.exec(
        select(RubricDraft, Person.name)
        .join(Person, col(Person.id) == RubricDraft.updated_by)
        .where(RubricDraft.issuer_id == issuer.id)
        .order_by(col(RubricDraft.updated_at).desc(), col(RubricDraft.id).desc())
        .options(defer(RubricDraft.source))  # type: ignore[arg-type]  # a column where it is asked of the class
    )
    return DraftList(issuer.slug, issuer.name, tuple(_line(draft, by) for draft, by in rows))


def _line(draft: RubricDraft, by: str) -> DraftLine:
    seen = look(draft.body)
    parts = draft.body.get("parts") or []
    return DraftLine(
        public_id=draft.public_id,
        name=_name(draft),
        version=str(draft.body.get("version", "")),
        criteria=sum(len(part.get("criteria") or []) for part in parts),
        problems=len(seen.problems),
        at=draft.updated_at,
        by=by,
    )


def _name(draft: RubricDraft) -> str:
    """What it is called, as far as that is written."""
    about = draft.body.get("about")
    return str(about.get("name") or draft.slug) if isinstance(about, dict) else draft.slug


def draft_page(session: Session, actor: Actor, issuer_slug: str, public_id: str) -> DraftPage:
    """Five statements. NotFound for another issuer's draft."""
    issuer = managed_issuer(session, actor, issuer_slug)
    draft, by = _found(session, issuer, public_id)
    live = session.exec(_live(issuer).where(MicroCredential.slug == draft.slug)).first()
    stored = _versions(session, issuer, draft.slug)
    seen = look(draft.body)
    return DraftPage(
        issuer_slug=issuer.slug,
        issuer=_info(session, issuer),
        public_id=draft.public_id,
        slug=draft.slug,
        name=_name(draft),
        body=draft.body,
        look=replace(seen, problems=(*seen.problems, *_unversioned(seen, stored))),
        source_name=draft.source_name,
        source=tuple(tuple(row) for row in draft.source),
        mapping=draft.mapping,
        stamp=draft.version,
        at=draft.updated_at,
        by=by,
        live=from_json(live.body) if live else None,
        running=tuple((version, count) for version, _content, count in stored if count),
    )


def draft_folder(session: Session, actor: Actor, issuer_slug: str, public_id: str) -> dict[str, str]:
    """The files of the issuer's plugin with this draft in it, beside what else is live: {path: text}.

    NotFound; Invalid while the draft, or what is known of the issuer, has problems.
    """
    page = draft_page(session, actor, issuer_slug, public_id)
    problems = (*page.look.problems, *validate_issuer(page.issuer))
    if problems or page.look.rubric is None:
        raise Invalid(*problems)
    issuer = managed_issuer(session, actor, issuer_slug)
    offered = (from_json(row.body) for row in session.exec(_live(issuer).where(MicroCredential.shipped)))
    rubrics = [*(rubric for rubric in offered if rubric.slug != page.slug), page.look.rubric]
    return folder_files(_stacked(page.issuer, {rubric.slug for rubric in rubrics}), rubrics)


def _stacked(issuer: IssuerInfo, shipped: Collection[str]) -> IssuerInfo:
    """The issuer with what its stacks can still hold: each names two or more that are shipped with it."""
    held = (
        replace(stack, items=tuple(item for item in stack.items if item in shipped))
        for stack in issuer.stacks
    )
    return replace(issuer, stacks=tuple(stack for stack in held if len(stack.items) > 1))


def _found(session: Session, issuer: Issuer, public_id: str) -> tuple[RubricDraft, str]:
    row = session.exec(
        select(RubricDraft, Person.name)
        .join(Person, col(Person.id) == RubricDraft.updated_by)
        .where(RubricDraft.public_id == public_id, RubricDraft.issuer_id == issuer.id)
    ).first()
    if row is None:
        raise NotFound
    return row


def _live(issuer: Issuer) -> Any:  # noqa: ANN401  # a statement that callers narrow
    return (
        select(RubricVersion)
        .join(MicroCredential, col(MicroCredential.rubric_version_id) == RubricVersion.id)
        .where(MicroCredential.issuer_id == issuer.id)
        .order_by(MicroCredential.slug)
    )


def _versions(session: Session, issuer: Issuer, slug: str) -> list[tuple[str, str, int]]:
    """(version, content hash, submissions at work on it) of what was ever taken in under this slug."""
    rows = session.exec(
        select(RubricVersion.rubric_version, RubricVersion.content_hash, func.count(col(Submission.id)))
        .join(MicroCredential, col(MicroCredential.id) == RubricVersion.micro_credential_id)
        .outerjoin(
            Submission,
            (col(Submission.rubric_version_id) == RubricVersion.id)
            & col(Submission.state).not_in([state.value for state in ENDED]),
        )
        .where(MicroCredential.issuer_id == issuer.id, MicroCredential.slug == slug)
        .group_by(RubricVersion.rubric_version, RubricVersion.content_hash)
        .order_by(RubricVersion.rubric_version)
    )
    return [(version, content, count) for version, content, count in rows]


def _unversioned(seen: Look, stored: list[tuple[str, str, int]]) -> tuple[Problem, ...]:
    """A version that learners know with other content keeps it: the draft needs another."""
    rubric = seen.rubric
    if rubric is None:
        return ()
    known = {content for version, content, _count in stored if version == rubric.version}
    if not known or known == {content_hash(rubric)}:
        return ()
    words = "Learners rely on what this version says. Give the change a version of its own."
    return (Problem("version", words, rubric.version),)


def _info(session: Session, issuer: Issuer) -> IssuerInfo:
    rows = session.exec(
        select(StackRow, MicroCredential.slug)
        .join(StackItem, col(StackItem.stack_id) == StackRow.id)
        .join(MicroCredential, col(MicroCredential.id) == StackItem.micro_credential_id)
        .where(StackRow.issuer_id == issuer.id)
        .order_by(col(StackRow.slug), col(StackItem.position))
    )
    stacks: dict[str, Stack] = {}
    for row, slug in rows:
        had = stacks.get(row.slug, Stack(row.slug, row.name, row.description, ()))
        stacks[row.slug] = replace(had, items=(*had.items, slug))
    return IssuerInfo(
        issuer.slug, issuer.name, issuer.contact_name, issuer.contact_email, tuple(stacks.values())
    )
