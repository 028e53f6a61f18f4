from sqlmodel import select

from reviewhub.domain.errors import Invalid, Stale
from reviewhub.models import Person
from reviewhub.services.account_rules import clean_email, email_problems, name_problems
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.tokens import send_link


def register(kit: Kit, name: str, email: str) -> None:
    """Ask for an account: a letter goes to the address, and only its link lets somebody choose a password.

    The answer is the same for an address that has an account already; its owner is told by letter.
    Invalid: name, email.
    """
    email = clean_email(email)
    problems = name_problems(name) + email_problems(email)
    if problems:
        raise Invalid(*problems)
    try:
        with kit.write() as tx:
            _register(tx, name.strip(), email)
    except Stale:
        return  # The same address in the same instant: the other request has sent the letter.


def _register(tx: Tx, name: str, email: str) -> None:
    person = tx.session.exec(select(Person).where(Person.email == email)).first()
    if person is not None and person.verified_at is not None:
        tx.letter(
            person,
            "registered",
            "You already have a ReviewHub account",
            f"Hello {person.name},\n\nsomebody asked for a new account with this address, which has one. "
            f"Sign in:\n\n{tx.settings.public_url}/sign-in\n\n"
            f"Forgot the password? {tx.settings.public_url}/forgotten-password\n",
        )
        return
    if person is None:
        person = Person(public_id=public_id(), email=email, name=name, created_at=tx.now)
        tx.session.add(person)
        tx.session.flush()
    else:
        person.name = name
    send_link(tx, person, "verify")
