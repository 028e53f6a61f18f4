"""A manager writes a rubric: a draft is begun, from a table or what is live, saved as typed, discarded."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.drafts.body import new_body
from reviewhub.domain.drafts.table import Rows
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.naming import unique_ids
from reviewhub.domain.rubric_json import from_json, to_json
from reviewhub.models import Issuer, MicroCredential, RubricDraft, RubricVersion
from reviewhub.services.coordinated import lock_issuer
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.scope import stored

MOST_DRAFTS = 200
_LONGEST_NAME = 120


def start_draft(
    kit: Kit, actor: Actor, issuer_slug: str, name: str, source_name: str = "", rows: Rows = ()
) -> str:
    """Begin a draft with the table it comes from, if any; its public id. Its slug is made from the name.

    NotFound where the actor does not manage the issuer, Invalid (name), Refused where there are too many.
    """
    called = " ".join(name.split())
    if not called or len(called) > _LONGEST_NAME:
        raise Invalid(Problem("name", f"Say what it is called, in at most {_LONGEST_NAME} characters.", name))
    with kit.write() as tx:
        issuer = lock_issuer(tx, actor, issuer_slug, Action.MANAGE)
        taken = _taken(tx, issuer)
        slug = unique_ids([called], "-", "micro-credential", taken)[0]
        draft = _add(tx, actor, issuer, slug, new_body(slug, called))
        draft.source_name, draft.source = _file_name(source_name), [list(row) for row in rows]
        return draft.public_id


def draft_of_live(kit: Kit, actor: Actor, issuer_slug: str, slug: str) -> str:
    """The draft for a micro-credential; where there is none, a new one of its live version.

    It bears the version that would come next. NotFound where nothing is live under this slug.
    """
    with kit.write() as tx:
        issuer = lock_issuer(tx, actor, issuer_slug, Action.MANAGE)
        known = tx.session.exec(
            select(RubricDraft.public_id).where(RubricDraft.issuer_id == issuer.id, RubricDraft.slug == slug)
        ).first()
        if known:
            return known
        live = tx.session.exec(
            select(RubricVersion)
            .join(MicroCredential, col(MicroCredential.rubric_version_id) == RubricVersion.id)
            .where(MicroCredential.issuer_id == issuer.id, MicroCredential.slug == slug)
        ).first()
        if live is None:
            raise NotFound
        rubric = from_json(live.body)
        body = to_json(replace(rubric, version=next_version(rubric.version)))
        return _add(tx, actor, issuer, slug, body).public_id


def save_draft(
    kit: Kit,
    actor: Actor,
    issuer_slug: str,
    draft: str,
    stamp: int,
    *,
    body: Mapping[str, Any] | None = None,
    source: tuple[str, Rows] | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> None:
    """Keep what was typed, sound or not; what is None stays. `source` is a table with its file's name.

    NotFound, Stale where somebody else saved since `stamp`: then nothing is written.
    """
    with kit.write() as tx:
        issuer = lock_issuer(tx, actor, issuer_slug, Action.MANAGE)
        row = _locked(tx, issuer, draft, stamp)
        if body is not None:
            row.body = {**body, "slug": row.slug}
        if source is not None:
            row.source_name, row.mapping = _file_name(source[0]), {}
            row.source = [list(one) for one in source[1]]
        if mapping is not None:
            row.mapping = dict(mapping)
        row.updated_at, row.updated_by = tx.now, stored(actor.person_id)


def discard_draft(kit: Kit, actor: Actor, issuer_slug: str, draft: str, stamp: int) -> None:
    """Remove a draft with its table, for good. What was shipped of it stays.

    NotFound, Stale where somebody saved since `stamp`: whoever discards has seen what goes.
    """
    with kit.write() as tx:
        issuer = lock_issuer(tx, actor, issuer_slug, Action.MANAGE)
        row = _locked(tx, issuer, draft, stamp)
        tx.event(issuer, "draft.discarded", actor, facts={"draft": draft, "slug": row.slug})
        tx.session.delete(row)


def _locked(tx: Tx, issuer: Issuer, draft: str, stamp: int) -> RubricDraft:
    draft_id = tx.session.exec(
        select(RubricDraft.id).where(RubricDraft.public_id == draft, RubricDraft.issuer_id == issuer.id)
    ).first()
    if draft_id is None:
        raise NotFound
    return tx.lock(RubricDraft, draft_id, stamp)


def next_version(version: str) -> str:
    """The last number raised by one: 1.0 → 1.1, 2.1.3 → 2.1.4."""
    found = re.fullmatch(r"((?:\d+\.)*)(\d+)", version)
    if not found:
        return version
    whole = found[1] or f"{version}."
    return f"{whole}{int(found[2] if found[1] else 0) + 1}"


def _add(tx: Tx, actor: Actor, issuer: Issuer, slug: str, body: dict[str, Any]) -> RubricDraft:
    person = stored(actor.person_id)
    draft = RubricDraft(
        public_id=public_id(), issuer_id=stored(issuer.id), slug=slug, body=body,
        created_at=tx.now, created_by=person, updated_at=tx.now, updated_by=person,
    )  # fmt: skip
    tx.session.add(draft)
    tx.event(issuer, "draft.started", actor, facts={"draft": draft.public_id, "slug": slug})
    return draft


def _file_name(said: str) -> str:
    """As a browser sent it, without what a database does not hold."""
    return "".join(c for c in said if c.isprintable())[:200]


def _taken(tx: Tx, issuer: Issuer) -> set[str]:
    drafts = tx.session.exec(select(RubricDraft.slug).where(RubricDraft.issuer_id == issuer.id)).all()
    if len(drafts) >= MOST_DRAFTS:
        raise Refused(f"There are {MOST_DRAFTS} drafts already. Go on with one of them.", "many")
    offered = select(MicroCredential.slug).where(MicroCredential.issuer_id == issuer.id)
    return {*drafts, *tx.session.exec(offered)}
