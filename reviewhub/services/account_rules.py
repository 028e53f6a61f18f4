"""What a name, an address, a password and a zone must be; each problem says what to do."""

import re
from zoneinfo import available_timezones

from reviewhub.domain.errors import Problem

NAME_MOST = 100
EMAIL_MOST = 254
PASSWORD_LEAST = 10
PASSWORD_MOST = 200
_DISTINCT_LEAST = 5
_EMAIL = re.compile(r"[^@\s<>\",;:\\]+@[^@\s<>\",;:\\.]+(\.[^@\s<>\",;:\\.]+)+")


def clean_email(text: str) -> str:
    """The address as it is stored and compared: no space around, lower case."""
    return text.strip().lower()


def name_problems(name: str) -> list[Problem]:
    """A name has 1 to 100 characters on one line."""
    if not name.strip():
        return [Problem("name", "Type your name as it should stand on a credential.", name)]
    if len(name) > NAME_MOST or not name.isprintable():
        return [Problem("name", f"Type a name on one line, of at most {NAME_MOST} characters.", name)]
    return []


def email_problems(email: str) -> list[Problem]:
    """An address has one @ and a domain with a dot; whether it exists only a letter can tell."""
    if not email:
        return [Problem("email", "Type your e-mail address.", email)]
    if len(email) > EMAIL_MOST or not email.isprintable() or not _EMAIL.fullmatch(email):
        return [
            Problem("email", f"“{email}” is not an e-mail address. It looks like name@example.org.", email)
        ]
    return []


def password_problems(password: str, email: str, field: str = "password") -> list[Problem]:
    """A password has 10 to 200 characters, not nearly all the same, and is not the address."""
    if len(password) < PASSWORD_LEAST:
        return [
            Problem(
                field,
                f"Choose a password of at least {PASSWORD_LEAST} characters; this one has {len(password)}.",
            )
        ]
    if len(password) > PASSWORD_MOST:
        return [
            Problem(
                field,
                f"Choose a password of at most {PASSWORD_MOST} characters; this one has {len(password)}.",
            )
        ]
    if len(set(password)) < _DISTINCT_LEAST or password.lower() in {email, email.partition("@")[0]}:
        return [
            Problem(
                field, "This password is easy to guess. Choose several words that do not belong together."
            )
        ]
    return []


def zone_problems(zone: str) -> list[Problem]:
    """A zone is a name of the IANA time zone database."""
    if zone not in available_timezones():
        return [
            Problem(
                "zone", f"“{zone}” is not a time zone. Choose one from the list, such as Europe/Lisbon.", zone
            )
        ]
    return []
