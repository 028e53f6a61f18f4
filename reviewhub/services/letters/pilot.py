"""The letter to whoever is let into a pilot, who may have no account yet."""

from datetime import datetime

from reviewhub.models import Issuer, MicroCredential, Person
from reviewhub.settings import Settings


def asked_to_try(
    settings: Settings, issuer: Issuer, row: MicroCredential, email: str, now: datetime
) -> tuple[Person, str, str, str]:
    """Whom it goes to, kind, subject, body. The person is for the envelope alone, not for the session."""
    where = f"{settings.public_url}/explore/{issuer.slug}/{row.slug}"
    body = (
        f"Hello,\n\n{issuer.name} asks you to try “{row.name}” before it is open to all. "
        f"Sign in with this address, or make an account with it, and open:\n\n{where}\n\n"
        "You are scored as everybody will be. There is no deadline.\n\n"
        f"Questions: {issuer.contact_email}\n"
    )
    person = Person(public_id="", email=email, created_at=now)
    return person, "pilot", f"{issuer.name} asks you to try “{row.name}”", body
