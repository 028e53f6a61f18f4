"""A person's browser, as far as forms go: one cookie, one token, no patience with a server that is down."""

import http.client
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

SECONDS = 15.0
_INPUT = re.compile(r"<(?:input|button|textarea)\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
Files = Mapping[str, tuple[str, bytes]]


class Down(Exception):
    """No answer, or one that says to try again."""


class Fault(Exception):
    """The server answered that something is wrong with itself: a page with status 500."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, where it leads, and the page."""

    status: int
    location: str
    text: str

    def value(self, name: str) -> str:
        """The value of the page's field with this name; empty where there is none."""
        for tag in _INPUT.findall(self.text):
            found = dict(_ATTRIBUTE.findall(tag))
            if found.get("name") == name:
                return found.get("value", "")
        return ""

    def names(self, start: str) -> list[str]:
        """What follows `start` in the names of the page's fields, each once."""
        return list(dict.fromkeys(re.findall(rf'name="{start}([\w-]+)"', self.text)))


class Browser:
    """Requests of one signed-in person."""

    def __init__(self, url: str, secret: str) -> None:
        self._host = urlsplit(url).netloc
        self._cookies = {"rh_session": secret}
        self._token = ""

    def get(self, path: str) -> Answer:
        """A page, of which the token is remembered. Down, Fault."""
        answer = _judged(self.raw("GET", path), path)
        self._token = answer.value("csrf_token") or self._token
        return answer

    def post(self, path: str, fields: Mapping[str, str], files: Files | None = None) -> Answer:
        """Send a form with the token of the last page. Down, Fault."""
        given = {"csrf_token": self._token, **fields}
        if files is None:
            sent = urlencode(given).encode()
            return _judged(self.raw("POST", path, sent, "application/x-www-form-urlencoded"), path)
        return _judged(self.upload(path, fields, files), path)

    def upload(self, path: str, fields: Mapping[str, str], files: Files) -> Answer:
        """Send a form with files; whatever the answer is. Down: there was none."""
        body, kind = multipart({"csrf_token": self._token, **fields}, files)
        return self.raw("POST", path, body, kind)

    def put(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """What a script does with a file: straight to the storage. The status; Down."""
        parts = urlsplit(url)
        answer = self._send("PUT", parts.netloc, f"{parts.path}?{parts.query}", body, headers)
        return answer[0]

    def raw(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        """One request, whatever the answer is. Down: there was none."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        status, found, text = self._send(method, self._host, path, body, headers)
        for cookie in found.get_all("Set-Cookie") or ():
            name, _, rest = cookie.partition("=")
            self._cookies[name] = rest.partition(";")[0]
        return Answer(status, found.get("Location", ""), text)

    @staticmethod
    def _send(
        method: str, host: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, http.client.HTTPMessage, str]:
        connection = http.client.HTTPConnection(host, timeout=SECONDS)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as gone:
            raise Down(path) from gone
        finally:
            connection.close()


def _judged(answer: Answer, path: str) -> Answer:
    if answer.status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Fault(path)
    if answer.status > http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Down(path)
    return answer


def multipart(fields: Mapping[str, str], files: Files) -> tuple[bytes, str]:
    """A form with files as browsers send it: the body and its content type."""
    mark = secrets.token_hex(16)
    parts = []
    for name, value in fields.items():
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (title, data) in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{title}"\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
