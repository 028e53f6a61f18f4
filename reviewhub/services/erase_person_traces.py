"""Where somebody who is to be erased is named beside their own work: in others' reasons and letters."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from reviewhub.domain.giveaway import given_away
from reviewhub.models import Event, EventText, LetterRow, Person
from reviewhub.services.kit import Kit, Tx

PAGE = 2_000
"""Texts a statement."""
Text = tuple[int, str, int | None, dict[str, object]]
"""Of an event: its id, its words, who typed them, its facts."""
_ABOUT = ("person_id", "assessor_id", "learner_id")
"""Facts of events that name a person."""


@dataclass(frozen=True, slots=True)
class Traces:
    """Somebody, and what names them: events by their ids, up to the last one that was read; letters."""

    person: Person
    texts: tuple[int, ...] = ()
    last_event: int = 0
    letters: tuple[int, ...] = ()

    @property
    def id(self) -> int:
        """The key of the person's row."""
        assert self.person.id is not None
        return self.person.id

    @property
    def marks(self) -> frozenset[str]:
        """The address, and the name where it has several parts: one alone is in others' words too."""
        name = self.person.name.strip()
        return frozenset(mark for mark in (self.person.email or "", name if " " in name else "") if mark)


def look(kit: Kit, person: Person) -> Traces:
    """Read the words of all events and letters once, a page at a time, before anything is locked."""
    found, texts, last = Traces(person), [], 0
    while True:
        with kit.read() as session:
            rows = _some_texts(session, last)
        if not rows:
            break
        texts += _theirs(found, rows)
        last = rows[-1][0]
    with kit.read() as session:
        letters = _letters(session, found)
    return Traces(person, tuple(texts), last, letters)


def texts_since(tx: Tx, found: Traces) -> list[int]:
    """Events that name them and were written since `look`, which is a moment ago."""
    texts, last = [], found.last_event
    while rows := _some_texts(tx.session, last):
        texts += _theirs(found, rows)
        last = rows[-1][0]
    return texts


def blank_in_letters(tx: Tx, found: Traces) -> None:
    """Take their name and address out of letters to others."""
    for row_id in found.letters:
        row = tx.session.get_one(LetterRow, row_id)
        for mark in found.marks:
            row.subject, row.body = row.subject.replace(mark, "…"), row.body.replace(mark, "…")


def _some_texts(session: Session, after: int) -> Sequence[Text]:
    return session.exec(  # type: ignore[return-value]  # an event that was read has an id
        select(Event.id, EventText.text, Event.actor_id, Event.facts)
        .join(EventText, col(EventText.event_id) == Event.id)
        .where(col(Event.id) > after)
        .order_by(col(Event.id))
        .limit(PAGE)
    ).all()


def _theirs(found: Traces, rows: Sequence[Text]) -> list[int]:
    """Events whose words they typed, or that are about them, or that name them."""
    return [
        event_id
        for event_id, text, actor, facts in rows
        if actor == found.id
        or found.id in {facts.get(name) for name in _ABOUT}
        or given_away(text, found.marks)
    ]


def _letters(session: Session, found: Traces) -> tuple[int, ...]:
    said = [
        column.contains(mark, autoescape=True)
        for mark in found.marks
        for column in (col(LetterRow.body), col(LetterRow.subject))
    ]
    others = col(LetterRow.person_id).is_distinct_from(found.id)
    ids = session.exec(select(LetterRow.id).where(others, or_(*said)))
    return tuple(row_id for row_id in ids if row_id is not None)
