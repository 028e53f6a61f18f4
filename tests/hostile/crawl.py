"""Every byte that somebody can reach: pages, fragments, files behind their redirect, letters."""

import re
from collections import deque
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from werkzeug.test import Client

from reviewhub.adapters.clock import SystemClock
from reviewhub.adapters.storage import headers
from reviewhub.adapters.storage.local import Folder
from reviewhub.adapters.storage.server import FileServer
from reviewhub.adapters.storage.signing import Signer
from reviewhub.settings import kept_secret

STARTS = ("/", "/home", "/explore", "/work", "/queue", "/reviews", "/feedback", "/feedback?show=released",
          "/coordinate", "/coordinate/submissions", "/coordinate/people", "/manage", "/plugins",
          "/account")  # fmt: skip
"""Where people begin, whoever they are."""
HTMX = {"HX-Request": "true"}
_TOKEN = re.compile(rb'name="csrf_token" value="[^"]*"')


@dataclass(frozen=True)
class Seen:
    """One answer."""

    url: str
    status: int
    headers: str
    body: bytes

    def holds(self, mark):
        """Where the mark stands, ignoring case: "address", "headers", "body", or ""."""
        mark = mark.lower()
        if mark in self.url.lower():
            return "address"
        if mark in self.headers.lower():
            return "headers"
        return "body" if mark.encode() in self.body.lower() else ""


class _Addresses(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        posts = tag == "form" and given.get("method", "get").lower() == "post"
        for name, value in attrs:
            if name == "hx-post" or (posts and name == "action") or not value:
                continue
            if value.startswith(("/", "?", "http://", "https://")):
                self.found.append(value)


class Crawler:
    """Follows everything that one browser can follow, with the files' origin behind it."""

    def __init__(self, client, settings):
        self.client, self.settings = client, settings
        folder, signer = Folder(settings.data / "files"), Signer(kept_secret(settings), SystemClock())
        self.files = Client(FileServer(folder, signer, headers.origin(settings.public_url)))

    def crawl(self, *starts, most=400):
        """Breadth first from these addresses; each page also as htmx asks for it. No static files."""
        seen, known, queue = [], set(starts), deque(starts)
        while queue:
            url = queue.popleft()
            assert len(known) < most, "the crawl does not end"
            for answer in self.open(url):
                seen.append(answer)
                for link in self._links(answer):
                    if link not in known:
                        known.add(link)
                        queue.append(link)
        return seen

    def open(self, url):
        """The answer, the answer to htmx, and what a redirect to the files' origin brings."""
        first = self.get(url)
        yield first
        if first.status == 302 and first.headers:
            yield from self._file(first)
        elif first.status == 200:
            yield self.get(url, HTMX)

    def get(self, url, extra=None):
        return self.note(url, self.client.get(url, headers=extra))

    @staticmethod
    def note(url, response):
        """What is kept of a response. Form tokens are random and would match anything sooner or later."""
        with response:
            body = _TOKEN.sub(b"", response.get_data())
            return Seen(url, response.status_code, str(response.headers), body)

    def _file(self, redirect):
        target = re.search(r"^Location: (\S+)", redirect.headers, re.MULTILINE).group(1)
        if not target.startswith(self.settings.files_url):
            return
        parts = urlsplit(target)
        with self.files.get(f"{parts.path}?{parts.query}") as response:
            yield Seen(target, response.status_code, str(response.headers), response.get_data())

    def _links(self, answer):
        found = re.findall(r"^Location: (\S+)", answer.headers, re.MULTILINE)
        if "text/html" in answer.headers:
            parser = _Addresses()
            parser.feed(answer.body.decode())
            found += parser.found
        for link in found:
            whole = urljoin(f"http://localhost{urlsplit(answer.url).path}", link)
            parts = urlsplit(whole)
            if parts.netloc == "localhost" and not parts.path.startswith("/static/"):
                yield parts.path + (f"?{parts.query}" if parts.query else "")
