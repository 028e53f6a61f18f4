"""What every storage promises. Requests are real HTTP requests to the addresses that were signed."""

import hashlib
import io
from datetime import timedelta

import pytest

from reviewhub.services.ports import AlreadyStored, MissingObject, StorageDown, Stored
from tests.storage.asking import fetch

TEN_MINUTES = timedelta(minutes=10)
BYTES = bytes(range(256)) * 40


def upload(kept, key, body=BYTES, *, size=None, media_type="image/png", expires=TEN_MINUTES, headers=None):
    size = len(body) if size is None else size
    signed = kept.storage.presign_put(key, size=size, media_type=media_type, expires=expires)
    return fetch(signed.method, signed.url, {**signed.headers, **(headers or {})}, body)


def read(kept, key):
    with kept.storage.open(key) as stream:
        return stream.read()


def address(kept, key, media_type="image/png", filename=None, expires=TEN_MINUTES):
    return kept.storage.presign_get(key, media_type=media_type, filename=filename, expires=expires)


def test_puts_and_reads_bytes_and_streams(kept, key):
    first, second = key("final"), key("final")
    stored = kept.storage.put(first, BYTES, media_type="image/png")
    assert stored == Stored(first, len(BYTES), hashlib.sha256(BYTES).hexdigest())
    assert kept.storage.put(second, io.BytesIO(BYTES), media_type="image/png").sha256 == stored.sha256
    assert read(kept, first) == read(kept, second) == BYTES
    head = kept.storage.head(first)
    assert head is not None
    assert (head.key, head.size) == (first, len(BYTES))


def test_an_empty_object_is_an_object(kept, key):
    name = key()
    assert kept.storage.put(name, b"", media_type="text/plain").size == 0
    assert read(kept, name) == b""
    assert fetch("GET", address(kept, name)).status == 200


def test_writes_once(kept, key):
    name = key("final")
    kept.storage.put(name, b"first", media_type="text/plain")
    with pytest.raises(AlreadyStored):
        kept.storage.put(name, b"second", media_type="text/plain")
    assert read(kept, name) == b"first"


def test_copies_once_and_the_copy_stands_alone(kept, key):
    staging, final = key("staging"), key("final")
    kept.storage.put(staging, BYTES, media_type="image/png")
    assert kept.storage.copy(staging, final).size == len(BYTES)
    with pytest.raises(AlreadyStored):
        kept.storage.copy(staging, final)
    kept.storage.delete(staging)
    assert read(kept, final) == BYTES
    assert kept.storage.head(staging) is None


def test_what_is_missing_is_said_to_be_missing(kept, key):
    name = key()
    assert kept.storage.head(name) is None
    with pytest.raises(MissingObject), kept.storage.open(name):
        pass
    with pytest.raises(MissingObject):
        kept.storage.copy(name, key("final"))
    kept.storage.delete(name)
    assert fetch("GET", address(kept, name)).status == 404


@pytest.mark.parametrize(
    "bad", ["../etc/passwd", "/etc/passwd", "final//x", "final/../x", "Final/X", "", "a" * 300]
)
def test_only_keys_are_keys(kept, bad):
    with pytest.raises(ValueError):
        kept.storage.head(bad)
    with pytest.raises(ValueError):
        kept.storage.put(bad, b"x", media_type="text/plain")
    with pytest.raises(ValueError):
        kept.storage.presign_put(bad, size=1, media_type="text/plain", expires=TEN_MINUTES)
    with pytest.raises(ValueError):
        kept.storage.presign_get(bad, media_type="text/plain", filename=None, expires=TEN_MINUTES)


def test_a_browser_uploads_once(kept, key):
    name = key()
    assert upload(kept, name).status in {200, 201}
    assert read(kept, name) == BYTES
    assert upload(kept, name, BYTES[::-1]).status in {409, 412}
    assert read(kept, name) == BYTES


def test_an_upload_of_another_size_is_refused(kept, key):
    longer, shorter = key(), key()
    assert upload(kept, longer, BYTES + b"x", size=len(BYTES)).status in {400, 403, 413}
    assert upload(kept, shorter, BYTES[:-1], size=len(BYTES)).status in {400, 403}
    assert kept.storage.head(longer) is None
    assert kept.storage.head(shorter) is None


def test_an_upload_of_another_type_is_refused(kept, key):
    name = key()
    assert upload(kept, name, headers={"Content-Type": "text/html"}).status in {403, 415}
    assert kept.storage.head(name) is None


def test_an_address_is_for_one_key_one_method_and_cannot_be_changed(kept, key):
    name, other = key(), key()
    kept.storage.put(name, BYTES, media_type="image/png")
    kept.storage.put(other, BYTES, media_type="image/png")
    shown = address(kept, name)
    assert fetch("GET", shown).body == BYTES
    assert fetch("GET", shown.replace(name, other)).status == 403
    assert (
        fetch("GET", shown.split("?")[0] + "?" + shown.split("?")[1].replace("image", "text", 1)).status
        == 403
    )
    assert fetch("GET", shown[:-4] + ("beef" if not shown.endswith("beef") else "dead")).status == 403
    assert fetch("PUT", shown, {"Content-Type": "image/png"}, BYTES).status == 403
    signed = kept.storage.presign_put(key(), size=9, media_type="image/png", expires=TEN_MINUTES)
    assert fetch("GET", signed.url).status == 403


def test_an_address_ends(kept, key):
    name, late = key(), key()
    kept.storage.put(name, BYTES, media_type="image/png")
    assert fetch("GET", address(kept, name, expires=timedelta(seconds=-60))).status in {400, 403}
    assert upload(kept, late, expires=timedelta(seconds=-60)).status in {400, 403}
    assert kept.storage.head(late) is None


def test_shows_parts_for_players(kept, key):
    name = key("clean")
    kept.storage.put(name, BYTES, media_type="video/mp4")
    shown = address(kept, name, "video/mp4")
    whole = fetch("GET", shown)
    assert (whole.status, whole.body, whole.headers["Content-Type"]) == (200, BYTES, "video/mp4")
    part = fetch("GET", shown, {"Range": "bytes=100-199"})
    assert (part.status, part.body) == (206, BYTES[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(BYTES)}"
    assert fetch("GET", shown, {"Range": "bytes=-10"}).body == BYTES[-10:]
    assert fetch("GET", shown, {"Range": f"bytes={len(BYTES)}-"}).status == 416


def test_is_not_sent_twice_to_whoever_has_it(kept, key):
    name = key("clean")
    kept.storage.put(name, BYTES, media_type="image/png")
    shown = address(kept, name)
    etag = fetch("GET", shown).headers["ETag"]
    again = fetch("GET", shown, {"If-None-Match": etag})
    assert (again.status, again.body) == (304, b"")


def test_a_page_that_a_learner_sent_is_saved_not_opened(kept, key):
    name = key("final")
    kept.storage.put(name, b"<script>alert(1)</script>", media_type="text/html")
    answer = fetch("GET", address(kept, name, "text/html", "résumé/../“x”.html"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "résumé" not in answer.headers["Content-Disposition"]
    assert "x%E2%80%9D.html" in answer.headers["Content-Disposition"]


def test_down_is_said_to_be_down(kept, key):
    name = key()
    with pytest.raises(StorageDown):
        kept.down.ready()
    with pytest.raises(StorageDown):
        kept.down.put(name, b"x", media_type="text/plain")
    with pytest.raises(StorageDown):
        kept.down.head(name)
    with pytest.raises(StorageDown), kept.down.open(name):
        pass
    with pytest.raises(StorageDown):
        kept.down.copy(name, key("final"))


def test_ready(kept):
    kept.storage.ready()


def test_a_page_of_ours_may_send_files(kept, key):
    signed = kept.storage.presign_put(key(), size=len(BYTES), media_type="image/png", expires=TEN_MINUTES)
    asks = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type,if-none-match",
    }
    allowed = {"http://127.0.0.1:5000", "*"}  # MiniStack lets everybody; test_server.py has our own rule
    asked = fetch("OPTIONS", signed.url, {"Origin": "http://127.0.0.1:5000", **asks})
    assert asked.status in {200, 204}
    assert asked.headers["Access-Control-Allow-Origin"] in allowed
    assert "PUT" in asked.headers["Access-Control-Allow-Methods"]
    sent = fetch(signed.method, signed.url, {"Origin": "http://127.0.0.1:5000", **signed.headers}, BYTES)
    assert sent.headers["Access-Control-Allow-Origin"] in allowed


def test_lists_what_is_staged_and_nothing_else(kept, key):
    first, second = key("staging"), key("staging")
    for name in (first, second, key("final"), key("clean")):
        kept.storage.put(name, BYTES, media_type="image/png")
    kept.storage.delete(second)
    assert first in set(kept.storage.staged())
    assert {name.partition("/")[0] for name in kept.storage.staged()} == {"staging"}
    assert second not in set(kept.storage.staged())
