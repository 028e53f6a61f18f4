"""Kinds of file: what a name promises, what content is refused whatever the rubric says, words for people."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_OLE = "application/x-ole-storage"
_PLAIN = ("text/plain", "text/csv", "text/markdown")

EXTENSIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "jpg": ("image/jpeg",),
        "jpeg": ("image/jpeg",),
        "jpe": ("image/jpeg",),
        "png": ("image/png",),
        "gif": ("image/gif",),
        "webp": ("image/webp",),
        "bmp": ("image/bmp",),
        "tif": ("image/tiff",),
        "tiff": ("image/tiff",),
        "heic": ("image/heic", "image/heif"),
        "heif": ("image/heic", "image/heif"),
        "avif": ("image/avif",),
        "pdf": ("application/pdf",),
        "docx": (_WORD,),
        "xlsx": (_SHEET,),
        "pptx": (_SLIDES,),
        "doc": (_OLE, "application/msword"),
        "xls": (_OLE, "application/vnd.ms-excel"),
        "ppt": (_OLE, "application/vnd.ms-powerpoint"),
        "odt": ("application/vnd.oasis.opendocument.text",),
        "ods": ("application/vnd.oasis.opendocument.spreadsheet",),
        "odp": ("application/vnd.oasis.opendocument.presentation",),
        "rtf": ("application/rtf",),
        "txt": _PLAIN,
        "text": _PLAIN,
        "csv": _PLAIN,
        "tsv": _PLAIN,
        "md": _PLAIN,
        "markdown": _PLAIN,
        "mp4": ("video/mp4", "video/quicktime"),
        "m4v": ("video/mp4", "video/quicktime"),
        "mov": ("video/quicktime", "video/mp4"),
        "webm": ("video/webm", "audio/webm"),
        "mkv": ("video/x-matroska", "video/webm"),
        "avi": ("video/x-msvideo",),
        "mp3": ("audio/mpeg",),
        "m4a": ("audio/mp4", "video/mp4"),
        "wav": ("audio/wav",),
        "ogg": ("audio/ogg", "video/ogg"),
    }
)
"""Extension (lower case, no dot) to the media types that its content may have."""

_WORDS = {
    "image/jpeg": "a JPEG picture",
    "image/png": "a PNG picture",
    "image/gif": "a GIF picture",
    "image/webp": "a WebP picture",
    "image/heic": "a HEIC picture",
    "image/heif": "a HEIC picture",
    "application/pdf": "a PDF",
    _WORD: "a Word document",
    _SHEET: "an Excel sheet",
    _SLIDES: "a PowerPoint presentation",
    _OLE: "an older Office document",
    "text/plain": "plain text",
    "text/csv": "a table in text form (CSV)",
    "text/markdown": "plain text (Markdown)",
    "text/html": "a web page (HTML)",
    "image/svg+xml": "an SVG drawing",
    "application/zip": "a ZIP archive",
    "application/x-executable": "a program",
    "text/x-script": "a script",
    "application/octet-stream": "a kind of file we do not know",
    "application/x-empty": "an empty file",
    "image/*": "a picture",
    "video/*": "a video",
    "audio/*": "a sound recording",
    "text/*": "text",
    "application/*": "a document",
}

# Refused whatever a rubric accepts: each can run something on the machine of whoever opens it, or
# carries files that nobody looked at. The evidence issue will unpack archives; until then they stop here.
_PROGRAMS = frozenset(
    {
        "application/x-executable",
        "application/x-msdownload",
        "application/vnd.microsoft.portable-executable",
        "application/x-elf",
        "application/x-mach-binary",
        "application/java-vm",
        "application/java-archive",
        "application/wasm",
        "application/x-msi",
    }
)
_SCRIPTS = frozenset(
    {
        "text/x-script",
        "text/javascript",
        "application/javascript",
        "text/x-python",
        "text/x-shellscript",
        "text/x-php",
    }
)
_PAGES = frozenset(
    {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "message/rfc822"}
)
_ARCHIVES = frozenset(
    {
        "application/zip",
        "application/gzip",
        "application/x-7z-compressed",
        "application/x-rar",
        "application/x-tar",
        "application/x-bzip2",
        "application/x-xz",
        "application/zstd",
        "application/x-iso9660-image",
    }
)

_NAMES = {
    "program": """exe dll msi com scr pif cpl sys app deb rpm apk jar class so dylib bin dmg pkg lnk""",
    "script": """bat cmd ps1 sh bash vbs vbe js jse mjs wsf hta py pyw pl rb php jsp asp aspx reg""",
    "page": """html htm xhtml shtml mht mhtml svg svgz xml xsl swf eml""",
    "archive": """zip rar 7z tar gz tgz bz2 xz zst iso cab arj""",
}
_REFUSED_NAMES: Mapping[str, str] = MappingProxyType(
    {ending: why for why, endings in _NAMES.items() for ending in endings.split()}
)


def extension(name: str) -> str:
    """The last extension of a file name, lower case, without its dot; "" where there is none.

    Trailing dots and spaces do not count: some systems drop them when the file is opened.
    """
    _stem, dot, ending = name.rstrip(". ").rpartition(".")
    return ending.strip().lower() if dot and "/" not in ending else ""


def base_type(media_type: str) -> str:
    """`Text/HTML; charset=x` as `text/html`."""
    return media_type.split(";", 1)[0].strip().lower()


def refused_kind(name: str, media_type: str) -> str | None:
    """Why no rubric may accept this: "program", "script", "page", "archive", by content, then by name.

    None where a rubric may accept it.
    """
    kind = base_type(media_type)
    refused = {"program": _PROGRAMS, "script": _SCRIPTS, "page": _PAGES, "archive": _ARCHIVES}
    by_content = next((why for why, types in refused.items() if kind in types), None)
    return by_content or _REFUSED_NAMES.get(extension(name))


def matches(media_type: str, accepted: str) -> bool:
    """Whether a media type falls under `type/subtype`, `type/*` or `*/*`; CSV and Markdown are plain text."""
    kind, wanted = base_type(media_type), base_type(accepted)
    if wanted == "text/plain":
        return kind in _PLAIN
    return wanted in {"*/*", kind} or (wanted.endswith("/*") and kind.startswith(wanted[:-1]))


def in_words(media_type: str) -> str:
    """A media type as a person calls it, with its article: "a JPEG picture"."""
    kind = base_type(media_type)
    family = kind.split("/", 1)[0] + "/*"
    return _WORDS.get(kind) or _WORDS.get(family) or kind


def list_in_words(media_types: Sequence[str]) -> str:
    """Media types as a choice for people: "a picture, a PDF or plain text"."""
    words = list(dict.fromkeys(in_words(kind) for kind in media_types))
    if len(words) < 2:  # noqa: PLR2004 - two make a list
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"
