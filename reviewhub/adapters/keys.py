"""The key that signs the record's checkpoints, and the public keys to check them with."""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from reviewhub.settings import Settings, kept_audit_key

_KEY_BYTES = 32


class Ed25519Signer:
    """Ed25519 with the key of these settings, which is made when it is first needed.

    `data/audit-keys` lists each public key that signed here, so that what an older key signed can be checked
    after it was replaced.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._list: Path = settings.data / "audit-keys"

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept_audit_key(self._settings)))

    def public(self) -> str:
        """The public half of the key that signs now, in hex."""
        return self._key.public_key().public_bytes_raw().hex()

    def key_id(self) -> str:
        """Names the key that signs now."""
        return self.id_of(self.public())

    def id_of(self, public: str) -> str:
        """The first 16 hex digits of the SHA-256 of a public key. ValueError when it is none."""
        raw = bytes.fromhex(public)
        if len(raw) != _KEY_BYTES:
            raise ValueError
        return hashlib.sha256(raw).hexdigest()[:16]

    def sign(self, data: bytes) -> str:
        """A signature in hex; the key is on the list from then on."""
        if self.key_id() not in self._listed():
            self._list.parent.mkdir(parents=True, exist_ok=True)
            with self._list.open("a") as out:
                out.write(f"{self.public()}\n")
        return self._key.sign(data).hex()

    def known(self) -> Mapping[str, str]:
        """Public keys by id: those listed, and the present one where there is one yet."""
        known = self._listed()
        if self._settings.audit_key or (self._settings.data / "audit-key").exists():
            known[self.key_id()] = self.public()
        return known

    def _listed(self) -> dict[str, str]:
        lines = self._list.read_text().split() if self._list.exists() else []
        return {self.id_of(line): line for line in lines}

    def verifies(self, public: str, data: bytes, signature: str) -> bool:
        """False for a wrong signature, and for what is no signature or no key."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
        except (InvalidSignature, ValueError):
            return False
        return True
