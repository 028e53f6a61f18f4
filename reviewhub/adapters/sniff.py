"""What a file is by its first bytes. The name only decides between kinds that share their beginning."""

import re
from collections.abc import Callable

import puremagic

from reviewhub.domain import media

HEAD_BYTES = 8192
"""How many of the first bytes are wanted; fewer are taken too."""

_UNKNOWN = "application/octet-stream"
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xca\xfe\xba\xbe", "application/x-executable"),
    (b"\xfe\xed\xfa\xce", "application/x-executable"),
    (b"\xfe\xed\xfa\xcf", "application/x-executable"),
    (b"\xce\xfa\xed\xfe", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (b"\x00asm", "application/wasm"),
    (b"Rar!\x1a\x07", "application/x-rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"OggS", "audio/ogg"),
)
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_BRANDS = (
    (b"qt", "video/quicktime"),
    (b"heic", "image/heic"),
    (b"heix", "image/heic"),
    (b"hevc", "image/heic"),
    (b"mif1", "image/heif"),
    (b"msf1", "image/heif"),
    (b"avi", "image/avif"),
    (b"M4A", "audio/mp4"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_PARTS = (
    (b"word/", "docx", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/", "xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/", "pptx", f"{_OFFICE}presentationml.presentation"),
)
# What a browser would take for a page when nobody tells it otherwise: a tag, after blanks and comments at
# most. A text that speaks of tags further down is a text.
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype|html|head|body|script|iframe|object|embed|svg|\?xml|\?php|meta|base|link|style|title)\b",
    re.IGNORECASE | re.DOTALL,
)
# Beginnings that a text could have too ("BMW …"), with what must follow.
_PATTERNS = (
    (re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00", re.DOTALL), "image/bmp"),
    (re.compile(rb"MZ[^\x00]{0,62}\x00", re.DOTALL), "application/x-executable"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "application/x-bzip2"),
    (re.compile(rb"ID3[\x00-\x09]"), "audio/mpeg"),
    (re.compile(rb"\xff[\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
    (re.compile(rb".{257}ustar", re.DOTALL), "application/x-tar"),
)
_DECLARED = re.compile(
    rb"PK\x03\x04.{22}\x08\x00..mimetype(application/vnd\.oasis\.opendocument\.[a-z]+)", re.DOTALL
)
_TEXT_BY_NAME = {"csv": "text/csv", "tsv": "text/csv", "md": "text/markdown", "markdown": "text/markdown"}


def sniff(head: bytes, name: str) -> str:
    """The media type by the first bytes (8 KB) and the name; `application/octet-stream` where unknown."""
    head = head[:HEAD_BYTES]
    if not head:
        return "application/x-empty"
    checks: tuple[Callable[[bytes, str], str], ...] = (_container, _by_start, _text, _second_opinion)
    return next((found for check in checks if (found := check(head, name))), _UNKNOWN)


def _by_start(head: bytes, _name: str) -> str:
    # Readers take a PDF that begins later, so a page with a PDF behind it must not pass for one.
    if b"%PDF-" in head[:1024] and not _PAGE.match(head):
        return "application/pdf"
    by_bytes = next((kind for start, kind in _STARTS if head.startswith(start)), "")
    return by_bytes or next((kind for pattern, kind in _PATTERNS if pattern.match(head)), "")


def _container(head: bytes, name: str) -> str:
    """Kinds that say inside what they are."""
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return next((kind for brand, kind in _BRANDS if head[8:12].startswith(brand)), "video/mp4")
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(head, name)
    return ""


def _zipped(head: bytes, name: str) -> str:
    """Office and OpenDocument files are archives that name their kind in the first members."""
    declared = _DECLARED.match(head)
    if declared:
        return declared[1].decode()
    for part, _, kind in _OFFICE_PARTS:
        if part in head:
            return kind
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        return next(
            (kind for _, ending, kind in _OFFICE_PARTS if media.extension(name) == ending), "application/zip"
        )
    return "application/zip"


def _text(head: bytes, name: str) -> str:
    """Text, unless it is a page or a script; "" for what is not text at all."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        plain = head.decode("utf-16", "ignore").encode()
    elif _is_wide(head):
        plain = head.replace(b"\x00", b"")
    else:
        plain = head
    if _PAGE.match(plain):
        return "image/svg+xml" if re.search(rb"<svg\b", plain, re.IGNORECASE) else "text/html"
    controls = sum(plain.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32)))
    if controls > len(plain) // 500:
        return ""
    ending = media.extension(name)
    if plain.startswith(b"#!") and media.EXTENSIONS.get(ending) != media.EXTENSIONS["txt"]:
        return "text/x-script"
    return _TEXT_BY_NAME.get(ending, "text/plain")


def _is_wide(head: bytes) -> bool:
    """UTF-16 without a mark: nearly every other byte of Latin text is zero."""
    half = len(head) // 2
    odd, even = head[1::2].count(0), head[0::2].count(0)
    return bool(half) and max(odd, even) > half * 0.4 and min(odd, even) < half * 0.05


def _second_opinion(head: bytes, _name: str) -> str:
    """From puremagic, which knows hundreds of rarer kinds."""
    try:
        return str(max(puremagic.magic_string(head), key=lambda match: match.confidence).mime_type)
    except (puremagic.PureError, ValueError):
        return ""
