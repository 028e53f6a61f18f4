"""Attacks by files: what they are, what they are called, where and when they are written, who opens them."""

import re
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlmodel import col, select

from reviewhub.models import Artifact, CleanCopy
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.open_file import open_file
from tests.hostile import evidence
from tests.learner.browsing import EvidenceForm, file, token_of
from tests.learner.story import Story, pdf, work_off_checks

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PAGE = b"<!doctype html><script>alert(document.domain)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def story(cast):
    return cast.begin()


@pytest.fixture
def bare(cast, kit):
    """Begun, with nothing in it."""
    return Story.begin(kit, cast.actor(cast.learner), cast.micro)


@pytest.fixture
def browser(crawler, cast):
    """The learner's browser."""
    return crawler(cast.learner)


def rows(kit, table):
    with kit.read() as session:
        return session.exec(select(table).order_by(col(table.id))).all()


def allow(browser, story, **fields):
    form = token_of(browser.client.get("/account"))
    data = {"requirement": "shots", "name": "x.png", "size": "10", "csrf_token": form, **fields}
    return browser.client.post(f"/work/{story.id}/uploads", data=data)


def free(story, requirement):
    """Take away what is there, so that there is room again."""
    for row in story.artifacts:
        if row.requirement_id == requirement:
            remove_artifact(story.kit, story.actor, story.id, row.public_id)


def stored(kit):
    """What is kept of all evidence, by key."""
    found = {}
    for key in [row.key for table in (Artifact, CleanCopy) for row in rows(kit, table) if row.key]:
        with kit.storage.open(key) as stream:
            found[key] = stream.read()
    return found


def put(browser, answer, data, path=None, **headers):
    parts = urlsplit(answer.json["url"])
    return browser.files.put(
        f"{path or parts.path}?{parts.query}", data=data, headers={**answer.json["headers"], **headers}
    )


# ---------------------------------------------------------------- when


def test_an_address_from_before_sending_changes_nothing_after_it(kit, cast, story, browser):
    """A known fault elsewhere: the same key is signed again after submission, and evidence is replaced."""
    free(story, "shots")
    picture = evidence.capture()
    early = allow(browser, story, size=str(len(picture)))
    assert put(browser, early, picture).status_code == 201
    EvidenceForm(browser.client, story.id).post(do=f"confirm:{early.json['artifact']}")
    work_off_checks(kit)
    late = allow(browser, story, requirement="notes", name="n.txt")
    assert late.status_code == 422, "there is no room, so no second address"
    cast.send()
    assert story.attempt.state == "submitted"
    before = [(r.public_id, r.key, r.sha256, r.size, r.state) for r in rows(kit, Artifact)]
    bytes_before = stored(kit)

    put(browser, early, b"\x00" * len(picture))
    again = allow(browser, story)
    form = {"csrf_token": token_of(browser.client.get("/account")), "do": f"confirm:{early.json['artifact']}"}
    browser.client.post(f"/work/{story.id}/evidence", data=form)
    browser.client.post(f"/work/{story.id}/evidence", data={**form, "do": f"remove:{early.json['artifact']}"})
    cast.run()

    assert again.status_code == 409
    assert before == [(r.public_id, r.key, r.sha256, r.size, r.state) for r in rows(kit, Artifact)]
    assert stored(kit) == bytes_before


# ---------------------------------------------------------------- where


def test_an_upload_address_writes_one_object_once_as_announced(kit, story, browser):
    free(story, "shots")
    answer = allow(browser, story)
    path = urlsplit(answer.json["url"]).path
    finals = [r.key for r in rows(kit, Artifact) if r.key]
    assert put(browser, answer, b"x" * 11).status_code in {400, 413}
    assert put(browser, answer, b"x" * 9).status_code in {400, 413}
    assert put(browser, answer, b"x" * 10, **{"Content-Type": "text/html"}).status_code == 415
    for key in (
        *finals,
        "staging/other",
        "staging/../final/x",
        "clean/x",
        "..%2f..%2fsecret",
        "%2e%2e/secret",
    ):
        assert put(browser, answer, b"x" * 10, path=f"/o/{key}").status_code in {403, 404}
    assert browser.files.get(answer.json["url"].partition(str(8001))[2]).status_code == 403
    assert put(browser, answer, b"x" * 10).status_code == 201
    assert put(browser, answer, b"y" * 10).status_code == 409
    assert re.fullmatch(r"/o/staging/[a-z2-7]{26}", path), "128 random bits, nothing to guess from"


def test_the_keys_of_two_uploads_have_nothing_in_common(bare, browser):
    free(bare, "shots")
    first = urlsplit(allow(browser, bare).json["url"]).path
    free(bare, "shots")
    second = urlsplit(allow(browser, bare).json["url"]).path
    shared = sum(a == b for a, b in zip(first[-26:], second[-26:], strict=True))
    assert shared < 10


def test_a_reading_address_opens_that_object_as_that_type_for_five_minutes(cast, story, crawler, kit):
    cast.send()
    copy = next(c for c in rows(kit, CleanCopy) if c.kind == "image")
    target = urlsplit(open_file(kit, cast.actor(cast.ana), copy.public_id))
    query = {name: values[0] for name, values in parse_qs(target.query).items()}
    files = crawler(cast.ana).files
    with files.get(f"{target.path}?{target.query}") as answer:
        assert answer.status_code == 200
    final = next(r.key for r in rows(kit, Artifact) if r.key)
    later = str(int(query["e"]) + 600)
    for change in ({"t": "text/html"}, {"t": "image/svg+xml"}, {"n": "x.html"}, {"s": "5"}, {"e": later},
                   {"e": ""}, {"e": "9" * 40}, {"sig": ""}, {"sig": query["sig"].upper()}):  # fmt: skip
        assert files.get(f"{target.path}?{urlencode({**query, **change})}").status_code == 403, change
    assert files.get(f"/o/{final}?{target.query}").status_code == 403
    assert files.put(f"{target.path}?{target.query}", data=b"x").status_code == 403
    assert files.delete(f"{target.path}?{target.query}").status_code == 405
    assert int(query["e"]) - time.time() <= 301


# ---------------------------------------------------------------- whose


def test_somebody_elses_artifact_is_nothing_in_my_form(kit, cast, story, crawler):
    mine = Story.begin(kit, cast.actor(cast.classmate), cast.micro)
    thief = crawler(cast.classmate)
    before = [r.model_dump() for r in rows(kit, Artifact)]
    for theirs in story.artifacts:
        for verb in ("remove", "confirm"):
            answer = EvidenceForm(thief.client, mine.id).post(do=f"{verb}:{theirs.public_id}")
            assert answer.status_code == 404, verb
        assert thief.get(f"/files/{theirs.public_id}").status == 404
    assert before == [r.model_dump() for r in rows(kit, Artifact)]


# ---------------------------------------------------------------- what


@pytest.mark.parametrize(
    ("requirement", "name", "data"),
    [
        ("shots", "photo.jpg", PAGE),
        ("shots", "photo.png", DRAWING),
        ("shots", "photo.svg", DRAWING),
        ("shots", "photo.png", b"<?php system($_GET[0]); ?>"),
        ("shots", "photo.php", evidence.capture()),
        ("shots", "photo.php.png", b"<?php ?>"),
        ("shots", "PHOTO.EXE", evidence.capture()),
        ("shots", "photo.Html", evidence.capture()),
        ("shots", "photo.png", b"MZ\x90\x00" + b"\x00" * 80),
        ("shots", "photo.png", b"PK\x03\x04" + b"\x00" * 80),
        ("notes", "notes.txt", PAGE),
        ("notes", "notes.txt", b"\xef\xbb\xbf  <!-- x --> " + PAGE),
        ("notes", "notes.txt", PAGE.decode().encode("utf-16")),
        ("notes", "notes.md", DRAWING),
        ("notes", "notes.js", b"alert(1)"),
        ("notes", "notes.hta", b"hello"),
        ("notes", "notes.txt.exe. ", b"hello"),
        ("notes", "notes.txt", b"\x7fELF" + b"\x00" * 80),
        ("plan", "plan.pdf", PAGE + b"%PDF-1.7"),
        ("plan", "plan.pdf", EICAR),
    ],
)
def test_what_it_is_decides_and_not_what_it_is_called(kit, bare, browser, requirement, name, data):
    kept = {r.public_id for r in bare.artifacts}
    EvidenceForm(browser.client, bare.id).post(**{f"file__{requirement}": file(data, name)})
    work_off_checks(kit)
    new = [r for r in bare.artifacts if r.public_id not in kept]
    assert all(r.state == "refused" and r.key is None for r in new)
    assert not [c for c in rows(kit, CleanCopy) if c.artifact_id in {r.id for r in new}]
    page = browser.get(f"/work/{bare.id}/evidence")
    assert b"<script>alert(document" not in page.body


@pytest.mark.parametrize(
    ("size", "status"),
    [
        ("0", 422),
        ("-1", 422),
        ("", 422),
        ("9" * 15, 413),
        ("9" * 60, 422),
        ("1e9", 422),
        ("0x10", 422),
    ],
)
def test_sizes_are_numbers_within_the_limit(bare, browser, size, status):
    assert allow(browser, bare, size=size).status_code == status


def test_places_are_few(bare, browser):
    """Announcing without end neither fills tables nor gives addresses without end."""
    statuses = [allow(browser, bare).status_code for _ in range(20)]
    assert statuses.count(200) <= 11
    assert statuses[-1] == 422
    assert len(bare.artifacts) <= 16


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.pdf",
        "..\\..\\windows\\system32\\x.pdf",
        "C:\\temp\\x.pdf",
        "/etc/cron.d/x.pdf",
        "a\r\nSet-Cookie: rh_session=x\r\n.pdf",
        "a\x00.pdf",
        'a";filename="evil.html";x=".pdf',
        "a%0d%0aX-Evil: 1.pdf",
        "\u202egpj.exe.pdf",
        "<script>alert(1)</script>.pdf",
        "{{7*7}}.pdf",
        "-rf.pdf",
        "CON.pdf",
        "a" * 5_000 + ".pdf",
        "é" * 300 + ".pdf",
        ".pdf",
    ],
)
def test_a_name_is_only_a_name(kit, bare, browser, name):
    form = token_of(browser.client.get("/account"))
    data = pdf(1)
    answer = browser.client.post(
        f"/work/{bare.id}/uploads",
        data={"requirement": "plan", "name": name, "size": str(len(data)), "csrf_token": form},
    )
    if answer.status_code == 422:
        return
    assert answer.status_code == 200
    assert put(browser, answer, data).status_code == 201
    EvidenceForm(browser.client, bare.id).post(do=f"confirm:{answer.json['artifact']}")
    work_off_checks(kit)
    row = next(r for r in bare.artifacts if r.public_id == answer.json["artifact"])
    assert row.state == "checked"
    assert len(row.title) <= 200
    assert not set(row.title) & {"/", "\\", "\r", "\n", "\x00"}
    first, opened = browser.open(f"/files/{row.public_id}")
    assert first.status == 302
    assert opened.status == 200
    assert not re.search(r"^(?:Set-Cookie|X-Evil)", opened.headers, re.MULTILINE)
    line = re.search(r"^Content-Disposition: (.*)$", opened.headers, re.MULTILINE).group(1)
    assert line.startswith("attachment; filename=")
    assert line.count('"') == 2
    assert "\u202e" not in line
    page = browser.get(f"/work/{bare.id}/evidence")
    assert b"<script>alert(1)" not in page.body


def test_files_are_shown_where_nothing_can_run(cast, story, crawler):
    cast.send()
    shown = [a for a in crawler(cast.ana).crawl("/queue") if a.url.startswith("http")]
    shown += [a for a in crawler(cast.learner).crawl("/work") if a.url.startswith("http")]
    assert len(shown) > 5
    for answer in shown:
        policy = re.search(r"^Content-Security-Policy: (.*)$", answer.headers, re.MULTILINE).group(1)
        assert policy.startswith("sandbox;")
        assert "allow-scripts" not in policy
        assert "X-Content-Type-Options: nosniff" in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert "text/html" not in answer.headers
