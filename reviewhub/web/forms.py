"""What forms share: typed values read with care, and where to go next."""

from urllib.parse import urlsplit

from flask import request


def typed(name: str, most: int = 10_000) -> str:
    """A posted text without surrounding space and control characters, cut at `most` characters."""
    value = request.form.get(name, "")[:most].strip()
    return "".join(c for c in value if c.isprintable() or c in "\n\t").replace("\r\n", "\n")


def safe_next(target: str | None, otherwise: str) -> str:
    """`target` where it is a path of this site, else `otherwise`: a link must not lead elsewhere.

    Browsers read backslashes as slashes and drop control characters, so both are refused.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    if "\\" in target or not target.isprintable():
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target
