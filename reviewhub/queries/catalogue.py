"""What anyone may see: the micro-credentials that can be earned, and one with its full rubric."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, tuple_
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from reviewhub.domain.access import STAFF, Actor
from reviewhub.domain.errors import NotFound
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import from_json
from reviewhub.domain.translation import for_reader
from reviewhub.models import Issuer, MicroCredential, RubricVersion, Stack, StackItem, Submission
from reviewhub.queries.intake import let_in, offered_to, takes_learners
from reviewhub.queries.offer_words import said, word_columns

PAGE = 24


@dataclass(frozen=True, slots=True)
class Mine:
    """The actor's newest submission for a micro-credential: its public id and state."""

    submission: str
    state: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One micro-credential in the catalogue."""

    issuer_slug: str
    issuer: str
    slug: str
    name: str
    summary: str
    topics: tuple[str, ...]
    hours: str
    mine: Mine | None
    pilot: bool
    language: str = ""
    """In which name and summary are."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One page of the catalogue, with everything to filter by. `after` leads on, "" at the end."""

    offers: tuple[Offer, ...]
    topics: tuple[str, ...]
    issuers: tuple[tuple[str, str], ...]
    after: str


def explore(
    session: Session, actor: Actor, *, topic: str = "", issuer: str = "", after: str = ""
) -> Catalogue:
    """What is offered to the actor by name, of a topic and an issuer (slug) where given; keyset-paged."""
    query = (
        columns(
            MicroCredential,
            col(Issuer.slug),
            col(Issuer.name),
            col(RubricVersion.body)["about"]["hours"].as_string(),
            *word_columns(actor.reads),
        )
        .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
        .join(RubricVersion, col(RubricVersion.id) == MicroCredential.rubric_version_id)
        .where(offered_to(actor))
        .order_by(col(MicroCredential.name), col(MicroCredential.id))
        .limit(PAGE + 1)
    )
    if topic:
        # A list is stored as JSON text on both databases: the quoted topic stands in it as it is.
        query = query.where(
            cast(col(MicroCredential.topics), String).contains(json.dumps(topic), autoescape=True)
        )
    if issuer:
        query = query.where(col(Issuer.slug) == issuer)
    last = _place(session, after)
    if last:
        query = query.where(tuple_(col(MicroCredential.name), col(MicroCredential.id)) > last)
    rows = session.execute(query).all()
    mine = _mine(session, actor, [row[0].id for row in rows])
    offers = tuple(
        Offer(
            issuer_slug=slug,
            issuer=name,
            slug=row.slug,
            name=words[0],
            summary=words[1],
            language=words[2],
            topics=tuple(row.topics),
            hours=hours or "",
            mine=mine.get(row.id or 0),
            pilot=row.state == "pilot",
        )
        for row, slug, name, hours, *said_in in rows[:PAGE]
        for words in (said(said_in, actor.reads, row.name, row.summary),)
    )
    onward = rows[PAGE - 1][0].public_id if len(rows) > PAGE else ""
    return Catalogue(offers, *_filters(session, actor), onward)


def _place(session: Session, after: str) -> tuple[Any, ...] | None:
    if not after:
        return None
    found = session.exec(
        select(MicroCredential.name, MicroCredential.id).where(MicroCredential.public_id == after)
    ).first()
    return tuple(found) if found else None


def _filters(session: Session, actor: Actor) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    rows = session.exec(
        select(Issuer.slug, Issuer.name, MicroCredential.topics)
        .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
        .where(offered_to(actor))
    ).all()
    topics = {topic for _, _, listed in rows for topic in listed}
    issuers = {(name, slug) for slug, name, _ in rows}
    return tuple(sorted(topics)), tuple((slug, name) for name, slug in sorted(issuers))


def _mine(session: Session, actor: Actor, ids: Sequence[int | None]) -> dict[int, Mine]:
    """The actor's newest submission for each; always one statement, also for nobody."""
    rows = session.exec(
        select(Submission.micro_credential_id, Submission.public_id, Submission.state)
        .where(Submission.learner_id == actor.person_id, col(Submission.micro_credential_id).in_(ids))
        .order_by(col(Submission.id))
    ).all()
    return {micro_credential: Mine(public_id, state) for micro_credential, public_id, state in rows}


@dataclass(frozen=True, slots=True)
class Step:
    """A micro-credential's place in a stack."""

    slug: str
    name: str
    mine: Mine | None


@dataclass(frozen=True, slots=True)
class StackView:
    """A stack with its micro-credentials in order."""

    name: str
    description: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class MicroCredentialPage:
    """All that somebody should know before starting."""

    issuer_slug: str
    issuer: str
    contact_name: str
    contact_email: str
    rubric: Rubric
    stacks: tuple[StackView, ...]
    mine: Mine | None
    intake: bool
    pilot: bool = False


def micro_credential_page(session: Session, actor: Actor, issuer_slug: str, slug: str) -> MicroCredentialPage:
    """One micro-credential with its live rubric. NotFound where there is none.

    A pilot is there for whoever was let in or has begun, and for those who work for the issuer.
    """
    found = session.exec(
        select(MicroCredential, Issuer, RubricVersion)
        .join(Issuer, col(Issuer.id) == MicroCredential.issuer_id)
        .join(RubricVersion, col(RubricVersion.id) == MicroCredential.rubric_version_id)
        .where(Issuer.slug == issuer_slug, MicroCredential.slug == slug)
    ).first()
    if found is None:
        raise NotFound
    row, issuer, version = found
    assert row.id is not None
    in_stacks = _in_stacks(session, actor, row.id)
    mine = _mine(session, actor, [row.id, *(other.id for _, other in in_stacks)])
    inside = let_in(session, actor, row)
    if not inside and row.id not in mine and row.issuer_id not in actor.issuers(*STAFF):
        raise NotFound
    return MicroCredentialPage(
        issuer_slug=issuer.slug,
        issuer=issuer.name,
        contact_name=issuer.contact_name,
        contact_email=issuer.contact_email,
        rubric=for_reader(from_json(version.body), actor.reads),
        stacks=_stacks(in_stacks, mine),
        mine=mine.get(row.id),
        intake=inside and takes_learners(session, row, version),
        pilot=row.state == "pilot",
    )


def _in_stacks(
    session: Session, actor: Actor, micro_credential_id: int
) -> Sequence[tuple[Stack, MicroCredential]]:
    """The stacks that it belongs to, each with all its members that are offered to the actor, in order."""
    own = select(StackItem.stack_id).where(StackItem.micro_credential_id == micro_credential_id)
    return session.exec(
        select(Stack, MicroCredential)
        .join(StackItem, col(StackItem.stack_id) == Stack.id)
        .join(MicroCredential, col(MicroCredential.id) == StackItem.micro_credential_id)
        .where(col(Stack.id).in_(own), offered_to(actor))
        .order_by(col(Stack.id), col(StackItem.position))
    ).all()


def _stacks(rows: Sequence[tuple[Stack, MicroCredential]], mine: dict[int, Mine]) -> tuple[StackView, ...]:
    found: dict[int, tuple[Stack, list[Step]]] = {}
    for stack, member in rows:
        steps = found.setdefault(stack.id or 0, (stack, []))[1]
        steps.append(Step(member.slug, member.name, mine.get(member.id or 0)))
    return tuple(StackView(stack.name, stack.description, tuple(steps)) for stack, steps in found.values())
