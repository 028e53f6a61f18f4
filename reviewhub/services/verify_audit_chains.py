"""Prove chains: each event follows from the one before, up to the head on the row, and as it was sealed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, func, tuple_
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from reviewhub.domain.audit import Link, commit_to, first_broken
from reviewhub.domain.replay import Replay
from reviewhub.models import CheckpointLeaf, Event, EventText, Issuer, Submission
from reviewhub.services.kit import Kit

PAGE = 2_000
"""Events a statement, however long a chain is."""

Root = type[Issuer] | type[Submission]
ROOTS: tuple[tuple[str, Root], ...] = (("issuer", Issuer), ("submission", Submission))


class Kept(NamedTuple):
    """One stored event, its words where they are not erased, and the leaf that seals it, if there is one."""

    id: int
    aggregate: str
    aggregate_id: int
    seq: int
    at: datetime
    actor_id: int | None
    action: str
    from_state: str
    to_state: str
    facts: dict[str, Any]
    commitment: str
    previous: str
    hash: str
    salt: str | None
    text: str | None
    sealed: str | None
    checkpoint: int | None
    position: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """One aggregate's row, its newest leaf in a checkpoint, and the hash of the event that the leaf is of."""

    id: int
    public_id: str
    length: int
    head: str
    sealed_seq: int
    leaf_seq: int | None
    leaf_head: str | None
    checkpoint: int | None
    event_hash: str | None

    def changed_since(self, checkpoint: int) -> bool:
        """Whether the chain has events that were sealed after this checkpoint, or not yet."""
        return self.length != (self.leaf_seq or 0) or (self.checkpoint or 0) > checkpoint


@dataclass(slots=True)
class Proved:
    """What was read of one chain, and the first thing that does not fit: its number, and what is wrong."""

    count: int = 0
    beyond: int = 0
    """An event after the last one that the row knew: its number."""
    at: int = 0
    wrong: str = ""
    replay: Replay = field(default_factory=Replay)

    def note(self, at: int, wrong: str) -> None:
        """The first one stays."""
        if not self.wrong:
            self.at, self.wrong = at, wrong


def heads(kit: Kit, aggregate: str, root: Root, batch: int) -> Iterator[list[Head]]:
    """All aggregates of a kind by id, so many a statement: row, leaf and event as they were at one moment."""
    after = 0
    while True:
        with kit.read() as session:
            found = _heads(session, aggregate, root, after, batch)
        if not found:
            return
        yield found
        after = found[-1].id


def _heads(session: Session, aggregate: str, root: Root, after: int, batch: int) -> list[Head]:
    newer = aliased(CheckpointLeaf)
    newest = (
        select(func.max(newer.seq))
        .where(newer.aggregate == aggregate, newer.aggregate_id == root.id)
        .correlate(root)
        .scalar_subquery()
    )
    key = col(root.id)
    leaf = col(CheckpointLeaf.seq)
    rows = session.execute(
        select(
            root.id,
            root.public_id,
            root.audit_seq,
            root.audit_head,
            root.sealed_seq,
            CheckpointLeaf.seq,
            CheckpointLeaf.head,
            CheckpointLeaf.checkpoint,
            Event.hash,
        )  # type: ignore[call-overload]  # overloads end at four columns
        .select_from(root)
        .outerjoin(
            CheckpointLeaf,
            and_(
                col(CheckpointLeaf.aggregate) == aggregate,
                col(CheckpointLeaf.aggregate_id) == key,
                leaf == newest,
            ),
        )
        .outerjoin(
            Event,
            and_(col(Event.aggregate) == aggregate, col(Event.aggregate_id) == key, col(Event.seq) == leaf),
        )
        .where(key > after)
        .order_by(key)
        .limit(batch)
    )
    return [Head(*row) for row in rows]


def seal_broken(head: Head) -> tuple[int, str] | None:
    """What does not fit between a row, its newest leaf and that leaf's event: number, and what is wrong."""
    if head.leaf_seq is None:
        return (head.sealed_seq, "it was sealed, and no checkpoint has it") if head.sealed_seq else None
    at, where = head.leaf_seq, f"checkpoint {head.checkpoint}"
    faults = (
        (head.event_hash is None, f"it is missing: {where} has it"),
        (head.event_hash != head.leaf_head, f"it is not the one that {where} sealed"),
        (at > head.length, f"the row ends before it, and {where} has it"),
        (at != head.sealed_seq, f"the row was sealed up to {head.sealed_seq}, and {where} says otherwise"),
        (at == head.length and head.head != head.leaf_head, f"the row's head is not what {where} sealed"),
    )
    return next(((at, text) for wrong, text in faults if wrong), None)


def prove(kit: Kit, aggregate: str, batch: Sequence[Head]) -> Iterator[tuple[Head, Proved]]:
    """Each of these chains from its first event to its head, as far as it is asked for."""
    streams = groupby(
        events_of(kit, aggregate, [head.id for head in batch]), lambda event: event.aggregate_id
    )
    key, rows = next(streams, (None, iter(())))
    for head in batch:
        mine: Iterator[Kept] = iter(())
        if key == head.id:
            mine = rows
        proved = Proved()
        at = first_broken(_links(mine, head, proved), head.head)
        for event in mine:  # what is left of a broken chain, or after its head
            proved.beyond = event.seq
        _conclude(head, at, proved)
        yield head, proved
        if key == head.id:
            key, rows = next(streams, (None, iter(())))


def _conclude(head: Head, at: int | None, proved: Proved) -> None:
    wrong = proved.at if proved.wrong else None
    if at is not None and (wrong is None or at <= wrong):
        missing = at > proved.count
        text = "it is missing: the chain ends before its head" if missing else _FOLLOWS_NOT
        proved.at, proved.wrong = at, text
    elif wrong is None and proved.count != head.length:
        proved.note(head.length, "the number of events is not the one on record")


_FOLLOWS_NOT = "it does not follow from the one before"


def _links(rows: Iterable[Kept], head: Head, proved: Proved) -> Iterator[tuple[Link, str]]:
    """The events that the row knows of; texts and leaves are compared on the way."""
    for event in rows:
        if event.seq > head.length:  # appended while this was read, or beside the record
            proved.beyond = event.seq
            return
        proved.count += 1
        if not _text_fits(event):
            proved.note(event.seq, "its reason is not the one that was written")
        if event.sealed not in {None, event.hash}:
            proved.note(event.seq, f"it is not the one that checkpoint {event.checkpoint} sealed")
        link = link_of(event)
        if said := proved.replay.take(link):
            proved.note(event.seq, said)
        yield link, event.hash


def _text_fits(event: Kept) -> bool:
    if event.text is None or event.salt is None:
        return True
    return bool(event.commitment) and commit_to(event.text, event.salt) == event.commitment


def events_of(kit: Kit, aggregate: str, ids: Sequence[int]) -> Iterator[Kept]:
    """Events of these aggregates in order, a page at a time.

    Plain rows: making objects of the session would take twice the time.
    """
    after = (0, 0)
    while True:
        page = (
            _KEPT.where(
                col(Event.aggregate) == aggregate,
                col(Event.aggregate_id).in_(ids),
                tuple_(col(Event.aggregate_id), col(Event.seq)) > after,
            )
            .order_by(col(Event.aggregate_id), col(Event.seq))
            .limit(PAGE)
        )
        with kit.read() as session:
            rows = [Kept._make(row) for row in session.execute(page)]
        yield from rows
        if len(rows) < PAGE:
            return
        after = (rows[-1].aggregate_id, rows[-1].seq)


_EVENTS, _TEXTS, _LEAVES = (
    table.__table__  # type: ignore[union-attr]  # SQLModel does not tell
    for table in (Event, EventText, CheckpointLeaf)
)
_KEPT: Select[Any] = (
    sql_select(
        *(_EVENTS.c[name] for name in Kept._fields if name in _EVENTS.c),
        _TEXTS.c.salt,
        _TEXTS.c.text,
        _LEAVES.c.head,
        _LEAVES.c.checkpoint,
        _LEAVES.c.position,
    )
    .select_from(_EVENTS)
    .outerjoin(_TEXTS, _TEXTS.c.event_id == _EVENTS.c.id)
    .outerjoin(
        _LEAVES,
        and_(
            _LEAVES.c.aggregate == _EVENTS.c.aggregate,
            _LEAVES.c.aggregate_id == _EVENTS.c.aggregate_id,
            _LEAVES.c.seq == _EVENTS.c.seq,
        ),
    )
)
"""The columns of Kept, in its order."""


def link_of(row: Event | Kept) -> Link:
    """A stored event as what was hashed."""
    return Link(
        aggregate=row.aggregate,
        aggregate_id=row.aggregate_id,
        seq=row.seq,
        at=row.at,
        actor_id=row.actor_id,
        action=row.action,
        from_state=row.from_state,
        to_state=row.to_state,
        facts=row.facts,
        commitment=row.commitment,
        previous=row.previous,
    )
