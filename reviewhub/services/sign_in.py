from sqlmodel import select

from reviewhub.domain.errors import Refused
from reviewhub.models import Person
from reviewhub.services.account_rules import PASSWORD_MOST, clean_email
from reviewhub.services.kit import Kit
from reviewhub.services.ports import Hasher
from reviewhub.services.sessions import open_session


def sign_in(kit: Kit, email: str, password: str, device: str) -> str:
    """Open a session and give its secret. Refused (sign_in), in words and in time alike, for every cause."""
    wrong = Refused("E-mail address and password do not belong together.", "sign_in")
    with kit.read() as session:
        person = session.exec(select(Person).where(Person.email == clean_email(email))).first()
    known = person.password_hash if person is not None else None
    # Without an account a password is checked all the same: the time must not tell which addresses exist.
    fits = kit.hasher.verify(password[: PASSWORD_MOST + 1], known or _decoy(kit))
    if person is None or known is None or not fits or person.verified_at is None:
        raise wrong
    with kit.write() as tx:
        return open_session(tx, person, device)


_decoys: dict[type[Hasher], str] = {}


def _decoy(kit: Kit) -> str:
    """A hash of the same cost as a real one, made once a process."""
    kind = type(kit.hasher)
    if kind not in _decoys:
        _decoys[kind] = kit.hasher.hash("the password of nobody")
    return _decoys[kind]
