"""What may be handed in and what is still missing, in sentences for the learner.

Pure: the facts about a file (its size, its media type by content) are found by the converter and the
storage; here they are held against the requirement of the rubric.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from reviewhub.domain import media
from reviewhub.domain.rubric import Requirement

MAX_BYTES = 50 * 1024 * 1024
"""The largest file that is taken, in bytes (50 MB)."""

_REFUSALS = {
    "program": "“{name}” is a program. Programs are not taken as evidence: send what it shows, "
    "for example a screenshot or a PDF.",
    "script": "“{name}” contains program code that could run on somebody's machine. "
    "Send the code as a .txt or PDF file instead.",
    "page": "“{name}” is a web page or drawing that can carry hidden code. "
    "Save it as a PDF or take a screenshot, and send that.",
    "archive": "“{name}” is an archive. Unpack it and send the files one by one.",
}

_WORD_CHARACTERS = re.compile(r"\w[\w'’\-]*")
_MAX_LINK = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about evidence: a stable code, a sentence, and whether it stops the evidence."""

    code: str
    message: str
    severity: Literal["refuse", "warn"] = "refuse"


NOT_CHECKED = Finding(
    "not_checked", "The issuer's own check of this evidence could not be made. It does not stop you.", "warn"
)
"""Said where the issuer's code failed or does not run."""


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One piece of evidence without names: what the rules and an issuer's check may look at.

    `size` in bytes and `sha256` in hex are those of a file; `text` is a text answer; `url` a link's address.
    """

    requirement_id: str
    kind: Literal["file", "link", "text"]
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    text: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a requirement still wants before the attempt can be submitted."""

    requirement_id: str
    code: str
    message: str


def word_count(text: str) -> int:
    """Words as a person counts them: "don't" and "follow-up" are one each, dashes and dots none."""
    return len(_WORD_CHARACTERS.findall(text))


def examine(
    requirement: Requirement,
    name: str,
    size: int,
    sniffed: str,
    *,
    already: int = 0,
    limit: int = MAX_BYTES,
) -> tuple[Finding, ...]:
    """What is wrong with one file. No finding of severity "refuse" means that it may stay.

    `size` in bytes; `sniffed` is the media type by content; `already` counts the requirement's other files;
    `limit` is the largest size in bytes. One refusal is enough: the first that a person can act on is given.
    """
    refusal = (
        _wrong_size(name, size, limit)
        or _refused_whatever(name, sniffed)
        or _not_what_it_says(name, sniffed)
        or _not_wanted(requirement, name, sniffed)
        or _too_many(requirement, name, already)
    )
    return (refusal,) if refusal else ()


def check_link(url: str) -> tuple[Finding, ...]:
    """What is wrong with an address; it is looked at, never fetched, here."""
    address = url.strip()
    if not address:
        return (Finding("no_link", "The address is empty. Paste the full address of the page."),)
    if len(address) > _MAX_LINK:
        return (
            Finding("long_link", f"The address has more than {_MAX_LINK:,} characters. Use a shorter one."),
        )
    if any(c.isspace() or not c.isprintable() for c in address):
        return (Finding("bad_link", "The address contains a space or a line break. Paste it again."),)
    problem = _not_a_public_address(address)
    return (Finding(*problem),) if problem else ()


def _not_a_public_address(address: str) -> tuple[str, str] | None:
    """Code and message, or None. Where a host name leads is checked when the page is fetched, not here."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "bad_link", f"“{address}” is not an address that a browser can open. Paste it again."
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return "bad_link", f"“{address}” is not a web address. It must begin with https:// or http://."
    if parts.username is not None or parts.password is not None:
        return "link_with_login", "The address contains a user name or password. Remove it."
    if "." not in host.strip(".") and ":" not in host:
        return "bad_link", f"“{host}” is not a public web site. Check the address."
    return None


def missing(requirements: Iterable[Requirement], present: Sequence[EvidenceFacts]) -> tuple[Missing, ...]:
    """Everything that still stands between an attempt and its submission, in the rubric's order.

    `present` are the pieces that were not refused. An empty result means that the evidence is complete.
    """
    found: list[Missing] = []
    for requirement in requirements:
        pieces = [piece for piece in present if piece.requirement_id == requirement.id]
        match requirement.kind:
            case "file":
                found.extend(_missing_files(requirement, len(pieces)))
            case "link":
                found.extend(_missing_links(requirement, pieces))
            case "text":
                found.extend(_missing_text(requirement, pieces))
    return tuple(found)


def _wrong_size(name: str, size: int, limit: int) -> Finding | None:
    if size <= 0:
        return Finding("empty", f"“{name}” is empty. Check the file on your device and send it again.")
    if size > limit:
        return Finding(
            "too_large",
            f"“{name}” is {megabytes(size)}; the limit is {megabytes(limit)}. "
            "Make it smaller or split it into several files.",
        )
    return None


def _refused_whatever(name: str, sniffed: str) -> Finding | None:
    kind = media.refused_kind(name, sniffed)
    return Finding(f"refused_{kind}", _REFUSALS[kind].format(name=name)) if kind else None


def _not_what_it_says(name: str, sniffed: str) -> Finding | None:
    said = media.EXTENSIONS.get(media.extension(name))
    if said is None or any(media.matches(sniffed, kind) for kind in said):
        return None
    return Finding(
        "not_what_it_says",
        f"“{name}” is named like {media.in_words(said[0])}, but inside it is {media.in_words(sniffed)}. "
        "Open it in its program, save it again in the right format, and send that.",
    )


def _not_wanted(requirement: Requirement, name: str, sniffed: str) -> Finding | None:
    if not requirement.accept or any(media.matches(sniffed, kind) for kind in requirement.accept):
        return None
    return Finding(
        "not_accepted",
        f"“{name}” is {media.in_words(sniffed)}. For “{requirement.name}” please send "
        f"{media.list_in_words(requirement.accept)}.",
    )


def _too_many(requirement: Requirement, name: str, already: int) -> Finding | None:
    if already < requirement.maximum:
        return None
    return Finding(
        "too_many",
        f"“{requirement.name}” takes {_files(requirement.maximum)}, and that many are here. "
        f"Remove one before adding “{name}”.",
    )


def _missing_files(requirement: Requirement, count: int) -> Iterable[Missing]:
    if count < requirement.minimum:
        wanted = _files(requirement.minimum)
        so_far = f"{count} of {wanted} so far" if count else f"{wanted} wanted, none yet"
        yield Missing(requirement.id, "files", f"{requirement.name}: {so_far}.")
    elif count > requirement.maximum:
        yield Missing(
            requirement.id,
            "too_many",
            f"{requirement.name}: {count} files are here, {requirement.maximum} at most. "
            f"Remove {_files(count - requirement.maximum)}.",
        )


def _missing_links(requirement: Requirement, pieces: Sequence[EvidenceFacts]) -> Iterable[Missing]:
    given = [piece.url for piece in pieces if piece.url.strip()]
    for url in given:
        for finding in check_link(url):
            yield Missing(requirement.id, finding.code, f"{requirement.name}: {finding.message}")
    if len(given) < requirement.minimum:
        wanted = "a link" if requirement.minimum == 1 else f"{requirement.minimum} links, {len(given)} so far"
        yield Missing(requirement.id, "links", f"{requirement.name}: {wanted} wanted.")
    elif len(given) > requirement.maximum:
        yield Missing(
            requirement.id, "too_many", f"{requirement.name}: {requirement.maximum} at most. Remove some."
        )


def _missing_text(requirement: Requirement, pieces: Sequence[EvidenceFacts]) -> Iterable[Missing]:
    words = sum(word_count(piece.text) for piece in pieces)
    if words == 0:
        if requirement.minimum > 0:
            yield Missing(requirement.id, "no_text", f"{requirement.name}: not written yet.")
    elif words < requirement.min_words:
        yield Missing(
            requirement.id,
            "too_short",
            f"{requirement.name}: {words:,} words, at least {requirement.min_words:,} wanted. "
            f"Write {requirement.min_words - words:,} more.",
        )
    elif 0 < requirement.max_words < words:
        yield Missing(
            requirement.id,
            "too_long",
            f"{requirement.name}: {words:,} words, at most {requirement.max_words:,} wanted. "
            f"Cut {words - requirement.max_words:,}.",
        )


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


def megabytes(size: int) -> str:
    """A size in bytes for people: "3.2 MB", "50 MB", "12 KB"."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / (1024 * 1024):.1f}".removesuffix(".0") + " MB"
