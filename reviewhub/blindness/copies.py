"""Clean copies, read from the storage: no metadata, and nothing of the learner in their bytes."""

import struct
from collections.abc import Iterable, Iterator

from reviewhub.blindness.marks import Mark, Text
from reviewhub.models import CleanCopy
from reviewhub.services.ports import MissingObject, Storage

_MOST = 8 * 1024 * 1024
_PNG_WORDS = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_WEBP_WORDS = {b"EXIF", b"XMP "}
_JPEG_PICTURE = b"\xff\xda"
_JPEG_WORDS = {b"\xff\xfe", *(bytes((0xFF, kind)) for kind in range(0xE1, 0xF0) if kind not in {0xE2, 0xEE})}
"""Comments, and whatever programs added; not JFIF's own, nor the two that describe colours."""


def leaks_in(storage: Storage, copy: CleanCopy, marks: Iterable[Mark]) -> frozenset[str]:
    """Fields that its bytes tell, and "metadata" where it carries any. Empty for an object that is gone."""
    try:
        with storage.open(copy.key) as file:
            data = file.read(_MOST)
    except MissingObject:
        return frozenset()
    certain = [mark for mark in marks if copy.kind == "text" or not mark.part]
    # One reading for each way in which programs write words into files.
    found: frozenset[str] = frozenset()
    for code in ("utf-8", "utf-16-le", "utf-16-be"):
        found |= Text(data.decode(code, "replace")).tells(certain)
    return found | (frozenset({"metadata"}) if any(_metadata(data)) else frozenset())


def _metadata(data: bytes) -> Iterator[bytes]:
    """Names of the blocks that carry words: of a PNG, a JPEG or a WebP."""
    if data.startswith(b"\x89PNG"):
        yield from (kind for kind in _png(data) if kind in _PNG_WORDS)
    elif data.startswith(b"\xff\xd8"):
        yield from (kind for kind in _jpeg(data) if kind in _JPEG_WORDS)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        yield from (kind for kind in _webp(data) if kind in _WEBP_WORDS)


def _png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 8 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8]
        at += 12 + size


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The markers of the segments before the picture itself."""
    at = 2
    while at + 4 <= len(data) and data[at : at + 2] != _JPEG_PICTURE and data[at] == _JPEG_PICTURE[0]:
        yield data[at : at + 2]
        (size,) = struct.unpack(">H", data[at + 2 : at + 4])
        at += 2 + size


def _webp(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        (size,) = struct.unpack("<I", data[at + 4 : at + 8])
        yield data[at : at + 4]
        at += 8 + size + size % 2
