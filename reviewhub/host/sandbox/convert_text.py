"""Text in whatever encoding, as UTF-8 with plain line ends and without control characters."""

import codecs
import re
from pathlib import Path

from reviewhub.host.sandbox.rendition import CannotConvert, Page, Rendition

MOST_CHARACTERS = 400_000
_MOST_BYTES = 8 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters, and those that turn the direction of the text around so that it reads other than it is.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def plain_text(path: Path, folder: Path) -> Rendition:
    """One UTF-8 text; 400,000 characters at most."""
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    cut = len(data) > _MOST_BYTES
    text, guessed = _decode(data[:_MOST_BYTES], cut=cut)
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise CannotConvert("The file has no readable text.")
    notes = [f"Read as {guessed}; single characters may be wrong."] if guessed else []
    if cut or len(text) > MOST_CHARACTERS:
        notes.append(f"Only the first {min(len(text), MOST_CHARACTERS):,} characters are shown.")
    (folder / "text.txt").write_bytes(text[:MOST_CHARACTERS].encode())
    return Rendition((Page("text.txt", "text/plain", "text"),), " ".join(notes))


def _decode(data: bytes, *, cut: bool) -> tuple[str, str]:
    """The characters, and the encoding's name for people where it had to be guessed."""
    marked = [name for mark, name in _MARKS if data.startswith(mark)]
    zeros = data.count(0)
    for name in marked[:1] or [*_unmarked_utf16(data), *(["utf-8"] if not zeros else [])]:
        try:
            # not final where the end was cut off: it may lie within a character
            return codecs.getincrementaldecoder(name)().decode(data, not cut), ""
        except UnicodeDecodeError:
            continue
    if zeros:
        raise CannotConvert("The file is not text: its encoding cannot be told.")
    return data.decode("cp1252", "replace"), "Western European text (Windows-1252)"


def _unmarked_utf16(data: bytes) -> list[str]:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    sample = data[:4000]
    half = len(sample) // 2
    if half and sample[1::2].count(0) > half * 0.4:
        return ["utf-16-le"]
    return ["utf-16-be"] if half and sample[0::2].count(0) > half * 0.4 else []
