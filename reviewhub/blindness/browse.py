"""Pages as somebody gets them, made in this process: no server, no sign-in, nothing sent or stored."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask, g, request
from flask.testing import FlaskClient

from reviewhub.blindness.look_only import look_only
from reviewhub.blindness.marks import words_of
from reviewhub.domain.access import Actor
from reviewhub.services.kit import Kit
from reviewhub.web import ANONYMOUS

_LOOKS = "reviewhub.looks"
_HTMX = {"HX-Request": "true"}
OK = 200
_MOST = 200
"""Addresses below one page; a list that goes on for ever must not hold up everything."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer: where it was, and its parts by name ("body", "headers")."""

    at: str
    status: int
    parts: tuple[tuple[str, str], ...]


class Browser:
    """Opens pages as anybody, with an application of its own that cannot write."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._app.extensions["reviewhub"] = look_only(app.extensions["reviewhub"])
        # After the application's own look at the cookie; only this process can set what it reads.
        app.before_request(_become)
        self.words = _template_words(app)

    @property
    def kit(self) -> Kit:
        """The application's tools, which only look."""
        kit: Kit = self._app.extensions["reviewhub"]
        return kit

    def look(self, actor: Actor, page: str, *, below: bool = False) -> Iterator[Seen]:
        """The page, and what htmx gets there; with `below` also what it links to under its own address."""
        known, queue = {page}, deque([page])
        with self._app.test_client(use_cookies=False) as client:
            while queue and len(known) < _MOST:
                at = queue.popleft()
                whole = self._open(client, actor, at, {})
                yield whole
                if whole.status != OK:
                    continue
                yield self._open(client, actor, at, _HTMX)
                links = [link for link in _links(at, whole.parts[0][1]) if below and _follow(link, page)]
                queue += [link for link in dict.fromkeys(links) if link not in known]
                known |= set(links)

    @staticmethod
    def _open(client: FlaskClient, actor: Actor, at: str, headers: dict[str, str]) -> Seen:
        with client.get(at, headers=headers, environ_overrides={_LOOKS: actor}) as answer:
            if answer.headers.get("Location", "").startswith("/sign-in"):
                raise RuntimeError("nobody is signed in: this would look at nothing")
            told = "\n".join(f"{name}: {value}" for name, value in answer.headers)
            return Seen(at, answer.status_code, (("body", answer.get_data(as_text=True)), ("headers", told)))


def _follow(link: str, page: str) -> bool:
    """Below the page, or a file. Not a granted name: to open that is an act of its own."""
    return link.startswith((page, "/files/")) and not link.endswith("/identity")


def _become() -> None:
    g.actor = request.environ.get(_LOOKS, ANONYMOUS)


def _template_words(app: Flask) -> frozenset[str]:
    """The words of our own pages: a part of a name that is one of them is in every page."""
    loader = app.jinja_env.loader
    assert loader is not None
    sources = (loader.get_source(app.jinja_env, name)[0] for name in app.jinja_env.list_templates())
    return frozenset().union(*(words_of(source) for source in sources))


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Every attribute that is an address, save where a form posts to."""
        posts = tag == "form" and (dict(attrs).get("method") or "get").lower() == "post"
        for name, value in attrs:
            if name == "hx-post" or (posts and name == "action") or not value:
                continue
            if re.match(r"[/?]", value):
                self.found.append(value)


def _links(at: str, body: str) -> Iterator[str]:
    parser = _Addresses()
    parser.feed(body)
    for link in parser.found:
        parts = urlsplit(urljoin(at, link))
        if not parts.netloc:
            yield parts.path + (f"?{parts.query}" if parts.query else "")
