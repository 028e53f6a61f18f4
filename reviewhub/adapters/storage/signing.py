"""Keys, and the signed addresses that LocalStorage gives out and the storage server accepts."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from reviewhub.services.ports import Clock

_KEY = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*")
_MAX_KEY = 200
_MAX_QUERY_VALUE = 1000


class BadAddress(Exception):
    """A signed address that is not to be served; the message is for the person who opened it."""


def check_key(key: str) -> str:
    """The key itself, or ValueError: lower-case letters, digits, `_`, `-`, with single slashes between."""
    if len(key) > _MAX_KEY or not _KEY.fullmatch(key):
        raise ValueError(f"not a storage key: {key[:80]!r}")
    return key


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one signed address allows: one method on one key until `expires` (seconds since 1970, UTC).

    `size` in bytes binds an upload and is 0 for reading; `filename` is what a download is called.
    """

    method: str
    key: str
    expires: int
    media_type: str
    size: int = 0
    filename: str = ""


class Signer:
    """Signs tickets by HMAC-SHA256 and checks them. The clock must be real time, not a demo's."""

    def __init__(self, secret: str, clock: Clock) -> None:
        # A key of its own, so that a signature made for anything else with the same secret is no ticket.
        self._key = hmac.digest(secret.encode(), b"reviewhub storage address 1", "sha256")
        self._clock = clock

    def expiry(self, expires: timedelta) -> int:
        """Seconds since 1970 at which an address made now ends."""
        return int((self._clock.now() + expires).timestamp())

    def query(self, ticket: Ticket) -> str:
        """The query part of the signed address."""
        fields = {"e": ticket.expires, "t": ticket.media_type, "s": ticket.size, "n": ticket.filename}
        shown = {name: value for name, value in fields.items() if value}
        return urlencode({**shown, "sig": self._signature(ticket)})

    def check(self, method: str, key: str, query: Mapping[str, str]) -> Ticket:
        """The ticket that a request carries, or BadAddress. HEAD is allowed wherever GET is."""
        try:
            ticket = Ticket(
                method="GET" if method == "HEAD" else method,
                key=check_key(key),
                expires=int(query.get("e", "")),
                media_type=query.get("t", ""),
                size=int(query.get("s", "0")),
                filename=query.get("n", ""),
            )
        except ValueError:
            raise BadAddress(
                "This address is not complete. Go back to ReviewHub and open it again."
            ) from None
        if any(len(value) > _MAX_QUERY_VALUE for value in query.values()):
            raise BadAddress("This address is too long.")
        if not hmac.compare_digest(self._signature(ticket).encode(), query.get("sig", "").encode()):
            raise BadAddress("This address was changed. Go back to ReviewHub and open it again.")
        if self._clock.now().timestamp() >= ticket.expires:
            raise BadAddress("This address has expired. Go back to ReviewHub and open it again.")
        return ticket

    def _signature(self, ticket: Ticket) -> str:
        # JSON keeps the fields apart: no two tickets have the same text.
        text = json.dumps(
            [ticket.method, ticket.key, ticket.expires, ticket.media_type, ticket.size, ticket.filename]
        )
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
