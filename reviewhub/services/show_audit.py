"""A chain as lines for a person to read: who did what, when, and why where the words are still there."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice

from sqlmodel import Session, col, select

from reviewhub.domain.errors import NotFound
from reviewhub.models import Alias, Issuer, Person, Submission
from reviewhub.services.kit import Kit
from reviewhub.services.verify_audit_chains import Kept, events_of

BATCH = 200


def show_chain(kit: Kit, name: str) -> Iterator[str]:
    """The chain of a submission (public id, or a case reference that somebody quotes) or an issuer (slug).

    NotFound for anything else. For an operator: it names people.
    """
    with kit.read() as session:
        root = _find(session, name)
    if root is None or root.id is None:
        raise NotFound(f"“{name}” is no submission, no case reference and no issuer.")
    aggregate = "submission" if isinstance(root, Submission) else "issuer"
    yield f"{aggregate} {root.public_id}: {root.audit_seq:,} events, sealed up to {root.sealed_seq:,}"
    events = events_of(kit, aggregate, [root.id])
    while some := list(islice(events, BATCH)):
        with kit.read() as session:
            people = _people(session, some)
        for event in some:
            yield from _lines(event, people)


def _find(session: Session, name: str) -> Submission | Issuer | None:
    return (
        session.exec(select(Submission).where(Submission.public_id == name)).first()
        or session.exec(select(Issuer).where(Issuer.slug == name)).first()
        or session.exec(
            select(Submission)
            .join(Alias, col(Alias.submission_id) == Submission.id)
            .where(Alias.case_ref == name.upper())
        ).first()
    )


def _people(session: Session, events: list[Kept]) -> Mapping[int | None, str]:
    ids = {event.actor_id for event in events}
    people = session.exec(select(Person).where(col(Person.id).in_(ids)))
    return {p.id: f"{p.name} ({p.public_id})" for p in people}


def _lines(event: Kept, people: Mapping[int | None, str]) -> Iterator[str]:
    who = people.get(event.actor_id, f"person {event.actor_id}") if event.actor_id else "ReviewHub"
    states = f"  {event.from_state} → {event.to_state}" if event.to_state else ""
    facts = "".join(f"  {name}={_plain(value)}" for name, value in event.facts.items())
    yield _printable(
        f"{event.seq:>5}  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.action}{states}  by {who}{facts}"
    )
    yield from (f"       {line}" for line in _words(event))
    if event.checkpoint is not None:
        yield f"       sealed in checkpoint {event.checkpoint}"


def _words(event: Kept) -> list[str]:
    if event.text is not None:
        return [f"“{_printable(line)}”" for line in event.text.splitlines()]
    return ["(words erased)"] if event.commitment else []


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _printable(line: str) -> str:
    """Without what would steer a terminal: people typed these words."""
    return "".join(c if c.isprintable() else "�" for c in line)
