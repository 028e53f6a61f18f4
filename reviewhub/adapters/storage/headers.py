"""How stored bytes are named to a browser, so that what a learner sent can never act as a page."""

import re
import unicodedata
from urllib.parse import quote, urlsplit

# A browser only draws or plays these. Everything else is saved, under a type that is not interpreted.
_SHOWN = re.compile(r"image/(?:png|jpeg|gif|webp|avif|bmp)|(?:video|audio)/[\w.+-]+|text/plain")
_SAVED_AS_IS = re.compile(
    r"image/(?:tiff|heic|heif)|text/(?:csv|markdown)|application/(?:pdf|rtf|msword|vnd\.[\w.+-]+)"
)
_MAX_NAME = 120


def content_type(media_type: str) -> str:
    """The Content-Type to send: the media type where it is harmless, else `application/octet-stream`."""
    kind = media_type.split(";", 1)[0].strip().lower()
    if kind.startswith("text/") and (_SHOWN.fullmatch(kind) or _SAVED_AS_IS.fullmatch(kind)):
        return f"{kind}; charset=utf-8"
    return kind if _SHOWN.fullmatch(kind) or _SAVED_AS_IS.fullmatch(kind) else "application/octet-stream"


def disposition(media_type: str, filename: str | None) -> str:
    """The Content-Disposition: shown in place if it is only drawn or played, else saved as `filename`.

    The name loses paths, control and direction characters; it is given in ASCII and in UTF-8 (RFC 6266).
    """
    kind = media_type.split(";", 1)[0].strip().lower()
    how = "inline" if _SHOWN.fullmatch(kind) else "attachment"
    if not filename:
        return how
    name = safe_name(filename)
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%;]', "_", plain).strip() or "file"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_name(filename: str) -> str:
    """Only a name: no folder, no control or direction characters, 120 characters at most."""
    base = re.split(r"[/\\]", filename)[-1]
    kept = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(kept) > _MAX_NAME:
        kept = f"{stem[: _MAX_NAME - len(ending) - 1]}.{ending}"
    return kept[:_MAX_NAME] or "file"


def origin(url: str) -> str:
    """The origin of an address: `https://example.org:8443/x` gives `https://example.org:8443`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
