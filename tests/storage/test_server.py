"""The files' origin: what a browser may see and send there, beyond what every storage promises."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from reviewhub.adapters.clock import SystemClock
from reviewhub.adapters.storage.headers import origin
from reviewhub.adapters.storage.local import LocalStorage
from reviewhub.adapters.storage.signing import BadAddress, Signer, Ticket
from tests.storage.asking import fetch

APP = "http://127.0.0.1:5000"
TEN_MINUTES = timedelta(minutes=10)
BYTES = b"0123456789" * 100


def shown(served, key="clean/one", media_type="image/png", filename=None):
    if served.storage.head(key) is None:
        served.storage.put(key, BYTES, media_type=media_type)
    return served.storage.presign_get(key, media_type=media_type, filename=filename, expires=TEN_MINUTES)


def upload(served, key="staging/one", size=1000, media_type="image/png"):
    return served.storage.presign_put(key, size=size, media_type=media_type, expires=TEN_MINUTES)


def test_nothing_that_is_shown_can_run_or_remember(served):
    signed = upload(served)
    answers = [
        fetch("GET", shown(served)),
        fetch("GET", served.url + "/o/clean/two?sig=1"),
        fetch("GET", served.url + "/"),
        fetch("PUT", signed.url, signed.headers, BYTES),
        fetch("DELETE", shown(served)),
    ]
    assert [answer.status for answer in answers] == [200, 403, 404, 201, 405]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'")
        assert "allow-" not in policy
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Set-Cookie"] is None
        assert answer.headers["Server"] is None


def test_a_browser_keeps_a_file_five_minutes_and_shares_it_with_nobody(served):
    assert fetch("GET", shown(served)).headers["Cache-Control"] == "private, max-age=300"
    assert fetch("GET", served.url + "/o/x?e=1").headers["Cache-Control"] == "no-store"


def test_head_says_what_get_would_send(served):
    answer = fetch("HEAD", shown(served))
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", str(len(BYTES)))
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_part_is_only_sent_of_the_same_file(served):
    address = shown(served)
    etag = fetch("GET", address).headers["ETag"]
    assert fetch("GET", address, {"Range": "bytes=0-9", "If-Range": etag}).status == 206
    assert fetch("GET", address, {"Range": "bytes=0-9", "If-Range": '"another"'}).body == BYTES
    refusal = fetch("GET", address, {"Range": "bytes=5000-"})
    assert (refusal.status, refusal.headers["Content-Range"]) == (416, f"bytes */{len(BYTES)}")


@pytest.mark.parametrize(
    ("media_type", "sent", "how"),
    [
        ("image/png", "image/png", "inline"),
        ("video/mp4", "video/mp4", "inline"),
        ("text/plain", "text/plain; charset=utf-8", "inline"),
        ("text/csv", "text/csv; charset=utf-8", "attachment"),
        ("application/pdf", "application/pdf", "attachment"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
        ("text/javascript", "application/octet-stream", "attachment"),
        ("application/xhtml+xml", "application/octet-stream", "attachment"),
        ("nonsense\r\nSet-Cookie: a=b", "application/octet-stream", "attachment"),
    ],
)
def test_what_is_opened_in_place_and_what_is_saved(served, media_type, sent, how):
    answer = fetch("GET", shown(served, media_type=media_type))
    assert answer.headers["Content-Type"] == sent
    assert answer.headers["Content-Disposition"] == how
    assert answer.headers["Set-Cookie"] is None


@pytest.mark.parametrize(
    ("filename", "plain", "full"),
    [
        ("plan.pdf", "plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("C:\\Users\\me\\plan.pdf", "plan.pdf", "plan.pdf"),
        ('a"; x="b.pdf', "a__ x=_b.pdf", "a%22%3B%20x%3D%22b.pdf"),
        ("line\r\nbreak\u202efdp.exe", "linebreakfdp.exe", "linebreakfdp.exe"),
        ("Übersicht.pdf", "Ubersicht.pdf", "%C3%9Cbersicht.pdf"),
        ("学习", "file", "%E5%AD%A6%E4%B9%A0"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_downloads_name_is_only_a_name(served, filename, plain, full):
    answer = fetch("GET", shown(served, media_type="application/pdf", filename=filename))
    assert (
        answer.headers["Content-Disposition"] == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
    )


def test_every_field_of_an_address_is_signed(served):
    address = urlsplit(shown(served, filename="a.png"))
    fields = dict(parse_qsl(address.query))
    later = {**fields, "e": str(int(fields["e"]) + 1)}
    for changed in (
        {**fields, "t": "text/html"},
        {**fields, "n": "b.png"},
        {**fields, "s": "5"},
        later,
        {**fields, "sig": ""},
        {name: value for name, value in fields.items() if name != "e"},
        {**fields, "e": "soon"},
        {**fields, "sig": "ä"},
    ):
        answer = fetch("GET", f"{served.url}{address.path}?{urlencode(changed)}")
        assert answer.status == 403
        assert "Go back to ReviewHub" in answer.text


def test_an_address_ends_at_its_second():
    class Stopped(SystemClock):
        at = SystemClock().now()

        def now(self):
            return self.at

    clock = Stopped()
    signer = Signer("secret", clock)
    query = dict(parse_qsl(signer.query(Ticket("GET", "clean/x", signer.expiry(TEN_MINUTES), "image/png"))))
    clock.at += timedelta(minutes=9, seconds=59)
    assert signer.check("GET", "clean/x", query).media_type == "image/png"
    clock.at += timedelta(seconds=1)
    with pytest.raises(BadAddress, match="expired"):
        signer.check("GET", "clean/x", query)
    with pytest.raises(BadAddress, match="changed"):
        Signer("another secret", clock).check("GET", "clean/x", query)


@pytest.mark.parametrize(
    "path", ["/o/../../etc/passwd", "/o/%2e%2e/x", "/o/clean//x", "/o//etc/passwd", "/o/"]
)
def test_no_path_leads_out(served, path):
    assert fetch("GET", f"{served.url}{path}?e=99999999999&sig=x").status in {403, 404}


@pytest.mark.parametrize(
    ("body", "headers", "status", "says"),
    [
        (BYTES + b"x", {}, 413, "larger than announced"),
        (BYTES[:-1], {}, 400, "smaller than announced"),
        (BYTES, {"Content-Type": "text/html"}, 415, "another type"),
    ],
)
def test_only_the_announced_file_is_taken(served, body, headers, status, says):
    signed = upload(served)
    answer = fetch("PUT", signed.url, {**signed.headers, **headers}, body)
    assert (answer.status, says in answer.text) == (status, True)
    assert served.storage.head("staging/one") is None
    assert fetch("PUT", signed.url, signed.headers, BYTES).status == 201
    again = fetch("PUT", signed.url, signed.headers, BYTES)
    assert (again.status, "arrived already" in again.text) == (409, True)


def test_of_two_uploads_at_once_one_wins(served):
    signed = upload(served)
    statuses = []
    both = [
        threading.Thread(
            target=lambda: statuses.append(fetch("PUT", signed.url, signed.headers, BYTES).status)
        )
        for _ in range(6)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_an_upload_that_breaks_off_leaves_nothing(served):
    signed = upload(served)
    address = urlsplit(signed.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        request = (
            f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
            f"Content-Length: {len(BYTES)}\r\n\r\n"
        )
        connection.sendall(request.encode() + BYTES[:100])
    assert fetch("GET", served.url + "/healthz").status == 200
    assert served.storage.head("staging/one") is None
    assert not list((served.folder.root).glob("incoming/*"))


def test_only_reviewhubs_pages_may_send_files_from_a_browser(served):
    signed = upload(served)
    asks = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,if-none-match",
    }
    ours = fetch("OPTIONS", signed.url, {"Origin": APP, **asks})
    assert ours.status == 204
    assert ours.headers["Access-Control-Allow-Origin"] == APP
    assert ours.headers["Access-Control-Allow-Methods"] == "PUT"
    assert ours.headers["Access-Control-Allow-Credentials"] is None
    for other in ("https://elsewhere.example", "null", "http://127.0.0.1:5001", APP + ".example"):
        answer = fetch("OPTIONS", signed.url, {"Origin": other, **asks})
        assert answer.headers["Access-Control-Allow-Origin"] is None
        assert answer.headers["Vary"] == "Origin"
    # a page can read why its upload was refused
    refused = fetch("PUT", signed.url, {"Origin": APP, **signed.headers}, b"short")
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (400, APP)


def test_health(served):
    assert fetch("GET", served.url + "/healthz").text == "ok\n"
    served.folder.root.rename(served.folder.root.with_name("gone"))
    down = fetch("GET", served.url + "/healthz")
    assert (down.status, "nothing is lost" in down.text, "Traceback" in down.text) == (503, True, False)
    signed = upload(served)
    assert fetch("PUT", signed.url, signed.headers, BYTES).status == 503


def test_origin_of_an_address():
    assert origin("https://example.org:8443/reviewhub/") == "https://example.org:8443"


SERVE = """
import resource, sys
from pathlib import Path
from reviewhub.adapters.storage.server import serve
from reviewhub.settings import Settings

resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
port = int(sys.argv[2])
url = f"http://localhost:{port}"
serve(Settings(data=Path(sys.argv[1]), files_port=port, files_url=url, secret="s", upload_megabytes=1))
"""


@pytest.fixture
def process(tmp_path):
    """The server as it is really started, on a disk where files of more than 200 kB find no room."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    env = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    child = subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path), str(port)], env=env)
    deadline = time.monotonic() + 20
    while True:
        try:
            assert fetch("GET", url + "/healthz").status == 200
            break
        except ConnectionRefusedError:
            assert child.poll() is None
            assert time.monotonic() < deadline
            threading.Event().wait(0.05)
    yield LocalStorage(tmp_path / "files", url, "s")
    child.send_signal(signal.SIGTERM)
    child.wait(10)


def test_a_full_disk_is_said_plainly_and_the_next_small_file_is_taken(process, tmp_path):
    big, small = bytes(300_000), bytes(1000)
    signed = process.presign_put("staging/big", size=len(big), media_type="image/png", expires=TEN_MINUTES)
    answer = fetch("PUT", signed.url, signed.headers, big)
    assert (answer.status, "storage is full" in answer.text) == (507, True)
    assert process.head("staging/big") is None
    assert not list((tmp_path / "files" / "incoming").iterdir())
    signed = process.presign_put(
        "staging/small", size=len(small), media_type="image/png", expires=TEN_MINUTES
    )
    assert fetch("PUT", signed.url, signed.headers, small).status == 201


def test_a_body_without_end_is_not_read(process):
    signed = process.presign_put("staging/x", size=10, media_type="image/png", expires=TEN_MINUTES)
    address = urlsplit(signed.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        request = (
            f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n"
        )
        connection.sendall(request.encode())
        assert b" 413 " in connection.recv(4096)
