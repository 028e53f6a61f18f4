"""Requests that no page of ours makes: without form tokens, under a foreign name, full of nonsense."""

import logging
import re

import pytest
from flask import Flask
from sqlmodel import col, select

from reviewhub.models import LetterRow
from reviewhub.web.log import JsonLines
from tests.cases import sign_in
from tests.hostile.routes import ALL, ROUTES
from tests.hostile.scene import dump
from tests.learner.browsing import token_of
from tests.marks import BOTH

SUM = str(31337 * 91193)  # what a template would make of it; too long to stand in a token by chance
NONSENSE = (
    "'", '"', "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%3Cscript%3Ealert(1)%3C/script%3E",
    "{{31337*91193}}",
    "%F0%9F%92%A3", "a" * 3_000, "-1", "0", "99999999999999999999999", "٣", "%0d%0aX-Evil:%201", "null",
)  # fmt: skip
LISTS = ("/work", "/queue", "/reviews", "/feedback", "/coordinate", "/explore")
ASKED = ("after", "case", "show", "topic", "issuer")
FIELDS = (
    "name", "email", "reason", "assessor", "role", "issuer", "standard", "until", "micro_credential", "do",
    "version", "draft_version", "overwrite", "summary", "level-goal", "comment-goal", "saw-goal", "do-goal",
    "text.why.0", "was.text.why.0", "url.why.0", "Note", "requirement", "size", "position", "zone",
    "password", "old", "new", "next",
)  # fmt: skip


def posts():
    return [(path, may) for (method, _), (paths, may) in ROUTES.items() if method == "POST" for path in paths]


def test_no_form_is_taken_without_its_token_or_with_another_browsers(app, doors, kit, scene):
    app.config["WTF_CSRF_ENABLED"] = True
    strange = app.test_client()
    stolen = token_of(strange.get("/sign-in"))
    before, wrong = dump(kit), []
    for path, may in posts():
        for who in sorted(may)[:2]:
            for data in ({"reason": "x"}, {"reason": "x", "csrf_token": stolen}):
                answer = doors(who, "POST", path, **data)
                if answer[0] != 400:
                    wrong.append(f"{who}: {path} -> {answer}")
    assert not wrong, "\n".join(wrong)
    assert [name for name, rows in dump(kit).items() if rows != before[name]] == []


LOOKING = {"file_grant", "alias", "feedback_reading", "correction", "event", "submission"}
"""Who was let to which file, names for it, and that a lead has read a result or a request."""


def test_looking_changes_nothing_but_the_record_of_looking(doors, kit, scene):
    before = dump(kit)
    for (method, _), (paths, may) in ROUTES.items():
        for path in paths if method == "GET" else ():
            for who in sorted(may):
                doors(who, "GET", path)
                doors(who, "HEAD", path)
    changed = {name for name, rows in dump(kit).items() if rows != before[name]}
    assert changed <= LOOKING, changed


def test_a_foreign_host_name_gets_into_no_page_header_or_letter(app, kit, world, scene):
    evil, person = "evil.example", scene.people["coordinator"]
    client = app.test_client()
    token = token_of(client.get("/forgotten-password", headers={"Host": evil}))
    client.post(
        "/forgotten-password", data={"email": person.email, "csrf_token": token}, headers={"Host": evil}
    )
    client.post("/register", data={"email": "x@people.example", "name": "X", "csrf_token": token})
    sign_in(client, kit, person)
    headers = {
        "Host": evil,
        "X-Forwarded-Host": evil,
        "Forwarded": f"host={evil}",
        "X-Original-URL": f"//{evil}/",
    }
    for path in ("/", "//work", "/work/", "//evil.example/..", "/coordinate", "/sign-in", "/./work",
                 "/explore//harbor", f"/\\{evil}", "/static", "/static//css/base.css"):  # fmt: skip
        answer = client.get("/", headers=headers, environ_overrides={"PATH_INFO": path})
        where = answer.headers.get("Location", "")
        # A path may repeat what was typed; a host must not.
        assert not re.match(rf"(?:https?:)?[/\\]{{2}}{evil}", where), (path, where)
        assert not re.search(rf"""(?:href|src|action)=["'](?:https?:)?//{evil}""", answer.text), path
    with kit.read() as session:
        for letter in session.exec(select(LetterRow).order_by(col(LetterRow.id))):
            assert evil not in f"{letter.body}{letter.subject}{letter.message_id}"


@pytest.mark.slow
@BOTH
def test_nonsense_in_an_address_is_never_our_fault(app, kit, scene, caplog):
    """No 500, no trace, nothing of it unescaped: neither in paths nor behind the question mark."""
    caplog.set_level(logging.ERROR)
    client = app.test_client()
    wrong = []
    for who in ("learner", "assessor", "lead", "coordinator"):
        sign_in(client, kit, scene.people[who])
        for (method, rule), (_, may) in ROUTES.items():
            if method != "GET" or who not in may:
                continue
            paths = {re.sub(r"<[^>]+>", word, rule) for word in NONSENSE} if "<" in rule else set()
            if "<" not in rule and rule.startswith(LISTS):
                paths = {f"{rule}?{key}={word}" for word in NONSENSE for key in ASKED}
            for path in paths:
                with client.get(path) as answer:
                    text = answer.get_data(as_text=True)
                    if answer.status_code >= 500 or "<script>alert" in text or SUM in text:
                        wrong.append(f"{who}: {path[:80]} -> {answer.status_code}")
                    if "X-Evil" in answer.headers:
                        wrong.append(f"{who}: {path[:80]} writes a header")
    assert not wrong, "\n".join(sorted(set(wrong)))


@BOTH
def test_nonsense_in_a_form_is_never_our_fault(doors, kit, scene):
    """Each form's own fields with bytes that databases refuse, numbers without end, and nothing at all."""
    wrong = []
    for word in (
        "\x00",
        "\ud800".encode("utf-8", "replace").decode(),
        "9" * 40,
        "²",
        "\u202e" * 3,
        "a" * 30_000,
    ):
        for path, may in posts():
            if "/sign-out" in path or "/end" in path:
                continue
            for who in sorted(may)[:1]:
                answer = doors(who, "POST", path, **dict.fromkeys(FIELDS, word))
                if answer[0] >= 500:
                    wrong.append(f"{who}: {path} {word[:5]!r} -> {answer}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("status", [400, 404, 405, 413, 500])
def test_error_pages_say_nothing_of_the_inside(app: Flask, client, status):
    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail():
        secret_of_the_inside = "hunter2"  # noqa: F841 - a debugger's page would show it
        raise RuntimeError("postgresql://user:hunter2@db/reviewhub")

    app.view_functions["public.explore"] = fail
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    ask = {
        400: lambda: client.post("/sign-out"),
        404: lambda: client.get("/nothing"),
        405: lambda: client.delete("/work"),
        413: lambda: client.post("/sign-in", data={"email": "x" * 200_000}),
        500: lambda: client.get("/explore"),
    }
    answer = ask[status]()
    assert answer.status_code == status
    for inside in (
        "Traceback",
        "hunter2",
        "RuntimeError",
        "werkzeug",
        "/reviewhub/",
        "File &#34;",
        "postgresql",
    ):
        assert inside not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_answer_carries_its_guards(app, doors, kit, scene):
    client = app.test_client()
    sign_in(client, kit, scene.people["learner"])
    for (method, _), (paths, may) in ROUTES.items():
        if method != "GET" or "learner" not in may:
            continue
        with client.get(paths[0].format(**scene.ids)) as answer:
            headers = answer.headers
            assert "'unsafe" not in headers["Content-Security-Policy"], paths
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert "Server" not in headers
            if paths[0] not in {"/healthz", "/readyz"} and "/static/" not in paths[0]:
                assert headers["Cache-Control"] == "no-store", paths
            assert "Access-Control-Allow-Origin" not in headers


def test_the_log_knows_no_secret_and_no_person(app, kit, scene, caplog):
    """Whole lines as they are written: links from letters stand there by their rule alone."""
    caplog.set_level(logging.INFO)
    client, person = app.test_client(), scene.people["coordinator"]
    secret = "s3cretlink" * 4
    for path in (f"/choose-password/{secret}", f"/invitation/{secret}", f"/choose-password/{secret}/again",
                 f"/nothing/{secret}", f"/sign-in?next=/choose-password/{secret}"):  # fmt: skip
        client.get(path, headers={"Referer": f"http://localhost/choose-password/{secret}"})
        client.post(path, data={"email": person.email, "password": secret})
    sign_in(client, kit, person)
    cookie = client.get_cookie("rh_session").value
    client.get(f"/coordinate/submissions/{scene.ids['scoring']}")
    client.get("/coordinate/submissions", query_string={"case": "K7-204X"})
    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert lines.count('"log": "reviewhub.access"') > 10
    for mark in (secret, cookie, person.email, person.name, "Lee Learner", scene.ids["scoring"], "K7-204X"):
        assert mark not in lines


def test_nobody_unlisted():
    assert {who for _, may in ROUTES.values() for who in may} <= ALL
