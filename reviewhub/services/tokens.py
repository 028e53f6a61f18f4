"""Links sent by e-mail: random, good once, stored as a hash, with an end."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Person, Token
from reviewhub.services.ids import fingerprint, token
from reviewhub.services.kit import Tx

LIVES = {"verify": timedelta(days=3), "reset": timedelta(hours=2)}


def send_link(tx: Tx, person: Person, purpose: str) -> None:
    """Write the letter that lets a person choose a password: for a new account, or a forgotten password."""
    secret = token()
    assert person.id is not None
    tx.session.add(
        Token(
            token_hash=fingerprint(secret),
            purpose=purpose,
            person_id=person.id,
            created_at=tx.now,
            expires_at=tx.now + LIVES[purpose],
        )
    )
    link = f"{tx.settings.public_url}/choose-password/{secret}"
    if purpose == "verify":
        subject = "Confirm your address for ReviewHub"
        body = (
            # No name: until the address is confirmed, the name may be a stranger's message.
            f"Hello,\n\nsomebody, we hope you, asked for an account with this address. "
            f"To confirm it and choose a password, open this link within three days:\n\n{link}\n\n"
            "If it was not you, do nothing: there is no account without this step.\n"
        )
    else:
        subject = "A new password for ReviewHub"
        body = (
            f"Hello {person.name},\n\nto choose a new password, open this link within two hours:\n\n"
            f"{link}\n\n"
            "If you did not ask for it, do nothing: your password stays as it is.\n"
        )
    tx.letter(person, purpose, subject, body)


def end_links(tx: Tx, person_id: int) -> None:
    """Use up every link of a person: with a new password none from before may set another."""
    tx.session.execute(
        update(Token)
        .where(col(Token.person_id) == person_id, col(Token.used_at).is_(None))
        .values(used_at=tx.now)
    )


def open_token(session: Session, secret: str, now: datetime) -> tuple[Token, Person]:
    """The token of a link that can still be used. Refused (link_used, link_expired) or NotFound otherwise."""
    found = find_token(session, secret)
    if found is None:
        raise NotFound("This link is not complete. Open it again from the letter, or copy all of it.")
    if found[0].used_at is not None:
        raise Refused("This link was already used.", "link_used")
    if found[0].expires_at <= now:
        raise Refused("This link has expired.", "link_expired")
    return found


def find_token(session: Session, secret: str) -> tuple[Token, Person] | None:
    """The token and its person, whatever became of it; None for an unknown secret or an erased person."""
    return session.exec(
        select(Token, Person)
        .join(Person, col(Person.id) == Token.person_id)
        .where(Token.token_hash == fingerprint(secret), col(Person.erased_at).is_(None))
    ).first()


def use_token(tx: Tx, row: Token) -> None:
    """Mark it used; Refused when another request was faster."""
    used: CursorResult[Any] = tx.session.execute(  # type: ignore[assignment]  # an UPDATE gives one
        update(Token).where(col(Token.id) == row.id, col(Token.used_at).is_(None)).values(used_at=tx.now)
    )
    if used.rowcount == 0:
        raise Refused("This link was already used.", "link_used")
