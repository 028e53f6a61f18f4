"""Passwords as argon2id hashes, about 0.2 s each: never inside a transaction."""

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher


class ArgonHasher:
    """argon2id with the library's current defaults."""

    def __init__(self) -> None:
        self._hash = PasswordHash((Argon2Hasher(),))

    def hash(self, password: str) -> str:
        """An encoded hash with its own salt."""
        return self._hash.hash(password)

    def verify(self, password: str, hashed: str) -> bool:
        """Whether the password made this hash; a hash of another kind never matches."""
        try:
            return self._hash.verify(password, hashed)
        except UnknownHashError:
            return False
