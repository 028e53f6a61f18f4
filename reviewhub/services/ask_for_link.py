from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound
from reviewhub.models import Person
from reviewhub.services.account_rules import clean_email, email_problems
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.tokens import find_token, send_link


def ask_for_link(kit: Kit, email: str) -> None:
    """Send the link for a new password, if the address is known; the answer never tells. Invalid: email."""
    email = clean_email(email)
    problems = email_problems(email)
    if problems:
        raise Invalid(*problems)
    with kit.write() as tx:
        person = tx.session.exec(select(Person).where(Person.email == email)).first()
        if person is not None:
            _send(tx, person)


def renew_link(kit: Kit, secret: str) -> None:
    """Send a fresh link to the owner of a used or expired one. NotFound: no such link."""
    with kit.write() as tx:
        found = find_token(tx.session, secret)
        if found is None:
            raise NotFound
        _send(tx, found[1])


def _send(tx: Tx, person: Person) -> None:
    send_link(tx, person, "verify" if person.verified_at is None else "reset")
