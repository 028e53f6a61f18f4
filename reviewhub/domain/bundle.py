"""A decision as one file that proves itself: parts, a manifest with the hash of each, one signature over all.

The file is canonical JSON and a line's end, so there is exactly one way to write it: a changed byte either no
longer reads, is not how it would have been written, or changes what was hashed or signed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewhub.domain.audit import canonical

FORMAT = "reviewhub decision 1"
PARTS = ("about", "rubric", "code", "evidence", "sheets", "locks", "result", "chain", "seal")
_KEYS = {"format", "parts", "manifest", "digest", "key", "signature"}

Parts = Mapping[str, Any]


class Unsound(Exception):
    """The file is not what was written; the message says what does not fit."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A file that was read. Its hashes fit; whether the signature does, whoever has keys has to say."""

    parts: Parts
    digest: str
    key: str
    """The public key inside, in hex."""
    signature: str


def manifest_of(parts: Parts) -> dict[str, str]:
    """SHA-256 (hex) of every part in canonical JSON, by the part's name."""
    return {name: hashlib.sha256(canonical(part)).hexdigest() for name, part in parts.items()}


def digest_of(manifest: Mapping[str, str]) -> str:
    """SHA-256 (hex) of the manifest in canonical JSON: names the whole."""
    return hashlib.sha256(canonical(manifest)).hexdigest()


def to_sign(digest: str, key: str) -> bytes:
    """What the signature is of; it says what it is, so that no other signature can be passed off as it."""
    return canonical({"type": FORMAT, "digest": digest, "key": key})


def write(parts: Parts, key: str, signature: str) -> bytes:
    """The file's bytes."""
    manifest = manifest_of(parts)
    whole = {
        "format": FORMAT,
        "parts": parts,
        "manifest": manifest,
        "digest": digest_of(manifest),
        "key": key,
        "signature": signature,
    }
    return canonical(whole) + b"\n"


def read(data: bytes) -> Bundle:
    """What the bytes say. Unsound when they were not written like this, or a hash does not fit."""
    whole = _parsed(data)
    if set(whole) != _KEYS or whole["format"] != FORMAT:
        raise Unsound("This is no decision bundle of a kind that is known here.")
    parts, manifest = whole["parts"], whole["manifest"]
    if not isinstance(parts, dict) or not isinstance(manifest, dict) or set(parts) != set(PARTS):
        raise Unsound("The parts are not those of a decision bundle.")
    if set(manifest) != set(PARTS):
        raise Unsound("The manifest does not name each part.")
    for name, found in manifest_of(parts).items():
        if manifest[name] != found:
            raise Unsound(f"The part “{name}” is not what was written.")
    if whole["digest"] != digest_of(manifest):
        raise Unsound("The manifest is not what was written.")
    for name in ("key", "signature"):
        if not _is_hex(whole[name]):
            raise Unsound(f"The {name} is not what was written.")
    return Bundle(parts, whole["digest"], whole["key"], whole["signature"])


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        whole = json.loads(data)
        written = canonical(whole) + b"\n"
    except (ValueError, RecursionError):
        raise Unsound("The file cannot be read.") from None
    if not isinstance(whole, dict) or written != data:
        raise Unsound("The file is not as it was written.")
    return whole


def _is_hex(value: object) -> bool:
    """Hex has two ways to write a letter; only the small one is ours."""
    try:
        return isinstance(value, str) and bytes.fromhex(value).hex() == value
    except ValueError:
        return False


def chain_head(chain: Sequence[Mapping[str, Any]], first: str) -> str:
    """The hash of the last of these events, {"event", "hash"}, which follow from each other from `first` on.

    Unsound names the first that does not.
    """
    previous, expected = first, 1
    for line in chain:
        body = line["event"]
        follows = body["seq"] == expected and body["previous"] == previous
        if not follows or hashlib.sha256(canonical(body)).hexdigest() != line["hash"]:
            raise Unsound(f"event {expected} does not follow from the one before, or was changed")
        previous, expected = str(line["hash"]), expected + 1
    return previous
