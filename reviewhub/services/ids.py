"""Random ids and secrets. Nothing a person sees is sequential."""

import base64
import hashlib
import secrets


def public_id() -> str:
    """128 random bits as 26 lower-case base32 characters."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def token() -> str:
    """256 random bits for a link or a cookie; only `fingerprint(token)` is stored."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """SHA-256 in hex of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
