"""Demo only: signing in as one of its people without a password."""

from sqlmodel import select

from reviewhub.domain.errors import NotFound
from reviewhub.models import Person
from reviewhub.queries.demo import DOMAIN
from reviewhub.services.kit import Kit
from reviewhub.services.sessions import open_session


def become(kit: Kit, email: str, device: str) -> str:
    """A session's secret for a person of the demo. NotFound for everybody else, and where this is no demo."""
    if not kit.settings.demo or not email.endswith(f"@{DOMAIN}"):
        raise NotFound
    with kit.write() as tx:
        person = tx.session.exec(select(Person).where(Person.email == email)).first()
        if person is None:
            raise NotFound
        return open_session(tx, person, device)
