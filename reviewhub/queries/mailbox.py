"""The demo's mailbox: letters that were kept instead of sent, newest first."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from reviewhub.models import LetterRow, Person

PAGE = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """One letter. `person` is the receiver's public id, empty where there is no account."""

    id: int
    to: str
    name: str
    person: str
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One page; `older` is the id to go on from, None at the end."""

    letters: tuple[Kept, ...]
    older: int | None


def mailbox(session: Session, *, to: str = "", before: int | None = None) -> Mailbox:
    """A page of letters, to one address or to all, older than `before`; one statement."""
    query = select(LetterRow, Person.name, Person.public_id).join(
        Person, col(Person.email) == LetterRow.to, isouter=True
    )
    if to:
        query = query.where(LetterRow.to == to)
    if before is not None:
        query = query.where(col(LetterRow.id) < before)
    rows = session.exec(query.order_by(col(LetterRow.id).desc()).limit(PAGE + 1)).all()
    letters = tuple(
        Kept(
            letter.id or 0,
            letter.to,
            name or "",
            person or "",
            letter.subject,
            letter.body,
            letter.created_at,
        )
        for letter, name, person in rows[:PAGE]
    )
    return Mailbox(letters, letters[-1].id if len(rows) > PAGE else None)
