"""Prove every hash chain from its first event to its head, and name the first row that does not fit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import exists
from sqlmodel import Session, col, select

from reviewhub.domain.audit import Link, commit_to, first_broken
from reviewhub.models import Event, EventText, Issuer, Submission
from reviewhub.services.kit import Kit

BATCH = 200
"""Aggregates a statement."""

Root = type[Issuer] | type[Submission]
ROOTS: tuple[tuple[str, Root], ...] = (("issuer", Issuer), ("submission", Submission))


@dataclass(frozen=True, slots=True)
class Chain:
    """One aggregate as it is stored: its head and its events with their texts, in order."""

    aggregate: str
    public_id: str
    length: int
    head: str
    events: tuple[tuple[Event, EventText | None], ...]


def verify_all(kit: Kit, batch: int = BATCH) -> tuple[bool, str]:
    """Whether all chains are whole, with a sentence that says so or names the break.

    One statement a batch, each in its own short transaction; erased texts are no break.
    """
    events, counts = 0, []
    for aggregate, root in ROOTS:
        count = 0
        for chain in _chains(kit, aggregate, root, batch):
            broken = _broken(chain)
            if broken:
                return False, f"Broken: {aggregate} {chain.public_id}, event {broken}."
            count += 1
            events += len(chain.events)
        orphan = _orphan(kit, aggregate, root)
        if orphan:
            return False, f"Broken: {aggregate} number {orphan[0]} is gone, its event {orphan[1]} is left."
        counts.append(f"{count:,} {aggregate}s")
    return True, f"Whole: {events:,} events of {' and '.join(counts)} follow from each other."


def _broken(chain: Chain) -> str:
    """The number of the first event that does not fit, with what is wrong with it; empty if all fit."""
    wrong_text = next((e.seq for e, text in chain.events if not _text_fits(e, text)), None)
    at = first_broken(((_link(e), e.hash) for e, _ in chain.events), chain.head)
    if at is not None and (wrong_text is None or at <= wrong_text):
        if at > len(chain.events):
            return f"{at} (it is missing: the chain ends before its head)"
        return f"{at} (it does not follow from the one before)"
    if wrong_text is not None:
        return f"{wrong_text} (its reason is not the one that was written)"
    if chain.length != len(chain.events):
        return f"{chain.length} (the number of events is not the one on record)"
    return ""


def _text_fits(event: Event, text: EventText | None) -> bool:
    return text is None or (bool(event.commitment) and commit_to(text.text, text.salt) == event.commitment)


def _link(row: Event) -> Link:
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


def _chains(kit: Kit, aggregate: str, root: Root, batch: int) -> Iterator[Chain]:
    """All aggregates of a kind by id. Head and events come from one statement, so no write can part them."""
    after = 0
    while True:
        with kit.read() as session:
            rows = _batch(session, aggregate, root, after, batch)
        if not rows:
            return
        for _, group in groupby(rows, key=lambda row: row[0]):
            yield _chain(aggregate, list(group))
        after = rows[-1][0]


def _batch(session: Session, aggregate: str, root: Root, after: int, batch: int) -> list[Any]:
    key = col(root.id)
    ids = select(root.id).where(key > after).order_by(key).limit(batch).subquery()
    return list(
        session.execute(
            select(root.id, root.public_id, root.audit_seq, root.audit_head, Event, EventText)  # type: ignore[call-overload]
            .outerjoin(Event, (col(Event.aggregate) == aggregate) & (col(Event.aggregate_id) == key))
            .outerjoin(EventText, col(EventText.event_id) == Event.id)
            .where(key.in_(select(ids.c.id)))
            .order_by(key, col(Event.seq))
        )
    )


def _chain(aggregate: str, rows: list[Any]) -> Chain:
    _, public_id, length, head, _, _ = rows[0]
    events = tuple((event, text) for *_, event, text in rows if event is not None)
    return Chain(aggregate, public_id, length, head, events)


def _orphan(kit: Kit, aggregate: str, root: Root) -> tuple[int, int] | None:
    """An event whose aggregate is gone: (aggregate id, seq)."""
    with kit.read() as session:
        query = (
            select(Event.aggregate_id, Event.seq)
            .where(Event.aggregate == aggregate, ~exists().where(col(root.id) == Event.aggregate_id))
            .order_by(col(Event.aggregate_id), col(Event.seq))
        )
        found: Iterable[tuple[int, int]] = session.exec(query.limit(1))
        return next(iter(found), None)
