"""The frame of every page: headers, errors, fragments, expired forms, navigation, health, the log."""

import io
import json
import logging
import re
from dataclasses import replace

import pytest
from flask import flash
from redis.exceptions import ConnectionError as RedisDown
from sqlalchemy.exc import OperationalError

from reviewhub.domain.errors import Invalid, NotFound, PluginFault, Problem, Refused, Stale
from reviewhub.services.ports import StorageDown
from reviewhub.web import log as access_log
from reviewhub.web.nav import home, links
from reviewhub.web.render import respond
from tests.web.pages import PASSWORD, become, letters, submit

HTMX = {"HX-Request": "true"}


@pytest.fixture
def raising(app):
    """A view that raises what the test gives it; added before the first request."""

    def add(error):
        def view():
            raise error

        app.add_url_rule("/raise", "raise", view)
        return app.test_client()

    return add


def test_every_answer_carries_the_policy(client):
    for path in ("/sign-in", "/nothing/here", "/static/css/tokens.css", "/healthz"):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "img-src 'self' http://localhost:8001;" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers


def test_signed_in_pages_are_stored_nowhere(client, kit, world):
    become(client, kit, world.person("Ana", password=PASSWORD))
    assert client.get("/account").headers["Cache-Control"] == "no-store"
    assert client.get("/nothing/here").headers["Cache-Control"] == "no-store"


def test_static_files_named_by_content_stay_and_others_do_not(client):
    named = re.search(r'href="(/static/css/base\.css\?v=\w+)"', client.get("/sign-in").text).group(1)
    with client.get(named) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    with client.get("/static/css/base.css") as answer:
        assert "immutable" not in answer.headers["Cache-Control"]
    assert client.get("/static/css/none.css?v=1").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (NotFound(), 404, "not yours to see"),
        (Refused("“submit” is not possible now: this is released.", "state"), 409, "this is released"),
        (Refused("You may not do this here.", "role"), 403, "You may not do this here."),
        (Stale(), 409, "Nothing was overwritten"),
        (Invalid(Problem("goal", "Say by which date.")), 422, "Say by which date."),
        (PluginFault("harbor", "decide", "Traceback: NaN in /srv/plugins"), 409, "It is held"),
        (StorageDown("http://s3.internal"), 503, "Nothing that was saved is lost"),
        (RedisDown("redis://:secret@host"), 503, "Nothing that was saved is lost"),
        (
            OperationalError("SELECT secret", {}, Exception("database is locked")),
            503,
            "Nothing that was saved",
        ),
        (RuntimeError("a secret detail"), 500, "went wrong on our side"),
    ],
)
def test_what_goes_wrong_is_said_in_plain_words(raising, caplog, error, status, says):
    answer = raising(error).get("/raise")
    assert answer.status_code == status
    assert says in answer.text.replace("&#34;", '"')
    for private in ("Traceback", "secret", "s3.internal", "/srv"):
        assert private not in answer.text
    reference = re.search(r'class="mono">(\w{8})<', answer.text).group(1)
    if status >= 500:
        assert reference in [getattr(record, "reference", "") for record in caplog.records]


def test_an_error_for_htmx_goes_above_the_page(raising):
    answer = raising(Stale()).get("/raise", headers=HTMX)
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "<html" not in answer.text
    assert "Nothing was overwritten" in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_a_wrong_method_names_the_right_one(client):
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "Start again" in answer.text


def test_a_huge_form_is_refused_with_the_limit(app, client):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/sign-in", data={"email": (io.BytesIO(b"x" * 5000), "x.bin")})
    assert answer.status_code == 413
    assert "50 MB" in answer.text


def test_an_expired_form_gives_back_what_was_typed_but_no_password(client):
    answer = client.post("/sign-in", data={"email": "ana@people.example", "password": "my secret"})
    assert answer.status_code == 400
    assert "This page had expired" in answer.text
    assert "ana@people.example" in answer.text
    assert "my secret" not in answer.text


def test_a_form_outlives_the_closing_of_the_browser(client):
    assert "Expires=" in client.get("/sign-in").headers["Set-Cookie"]


def test_what_another_site_posts_is_not_shown(client):
    answer = client.post("/sign-in", data={"email": "call 555"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "call 555" not in answer.text


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/register", "/account", "/account/sessions/end-others"]
)
def test_no_post_is_taken_without_its_token(client, kit, world, path):
    become(client, kit, world.person("Ana", password=PASSWORD))
    assert client.post(path, data={"csrf_token": "forged"}).status_code == 400
    assert client.get("/account").status_code == 200


def test_a_token_from_before_signing_in_is_good_no_more(client, world):
    ana = world.person("Ana", password=PASSWORD)
    before = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text).group(1)
    submit(client, "/sign-in", "/sign-in", email=ana.email, password=PASSWORD)
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400


def test_the_database_away_is_said_on_a_page(settings, make_app):
    app = make_app(replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none"))
    client = app.test_client()
    client.set_cookie("rh_session", "anything", domain="localhost")
    answer = client.get("/sign-in")
    assert answer.status_code == 503
    assert "Nothing that was saved is lost" in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert "127.0.0.1" not in answer.text
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json["database"] == "OperationalError"


def test_with_valkey_away_people_sign_in_and_letters_wait_in_the_outbox(settings, make_app, kit, world):
    away = replace(settings, redis_url="redis://127.0.0.1:1/0", rate_limits=True)
    client = make_app(away).test_client()
    ana = world.person("Ana", password=PASSWORD)
    submit(client, "/register", "/register", name="Noor", email="noor@people.example")
    assert len(letters(kit, "noor@people.example")) == 1
    assert submit(client, "/sign-in", "/sign-in", email=ana.email, password=PASSWORD).status_code == 303
    assert client.get("/readyz").json["redis"] != "ready"


def test_an_error_leads_back_to_the_page_of_the_form(client):
    def step(referrer):
        answer = client.post("/sign-in", headers={"Referer": referrer})
        return re.search(r'class="btn main" href="([^"]*)"', answer.text).group(1)

    assert step("https://localhost/sign-in?next=/account") == "/sign-in?next=/account"
    assert step("https://evil.example/sign-in") == "/"
    assert step("https://localhost//evil.example") == "/"


def test_htmx_gets_the_part_it_asks_for_with_messages_beside_it(app):
    def ask(**headers):
        with app.test_request_context("/", headers=headers):
            app.preprocess_request()
            flash("Saved.", "met")
            return respond("errors/page.html", "words", title="Hello", text="there", back="/")

    part = ask(**HTMX)
    assert part.get_data(as_text=True).startswith('<div class="notice stop">')
    assert 'hx-swap-oob="true"' in part.get_data(as_text=True)
    assert "Saved." in part.get_data(as_text=True)
    for whole in (
        ask(),
        ask(**HTMX, **{"HX-Boosted": "true"}),
        ask(**HTMX, **{"HX-History-Restore-Request": "true"}),
    ):
        assert whole.get_data(as_text=True).startswith("<!doctype html>")
        assert "HX-Request" in whole.headers["Vary"]


def test_a_message_follows_the_redirect(client, kit, world):
    become(client, kit, world.person("Ana", password=PASSWORD))
    submit(client, "/account", "/account", name="Ana", zone="UTC")
    assert '<div class="notice met">Saved.</div>' in client.get("/account").text


def test_the_bar_follows_the_roles(app, client, kit, world):
    person = world.person("Ana", "assessor", password=PASSWORD)
    become(client, kit, person)
    with client:
        client.get("/letter-sent")
        labels = [link.label for link in links()]
        assert "My work" not in labels
        assert home().startswith("/")
    text = client.get("/letter-sent").text
    assert "Sign out" in text
    assert person.email in text
    assert "Sign out" not in app.test_client().get("/letter-sent").text


def test_the_page_names_language_and_has_a_way_past_the_bar(client):
    text = client.get("/sign-in").text
    assert '<html lang="en" dir="ltr">' in text
    assert text.index('href="#main"') < text.index('class="bar"')
    assert '<main id="main"' in text


def test_ready_names_each_part(client):
    answer = client.get("/readyz")
    assert set(answer.json) == {"database", "redis", "storage"}
    assert answer.json["database"] == "ready"
    assert answer.status_code == (200 if set(answer.json.values()) == {"ready"} else 503)


def test_the_log_knows_the_rule_and_neither_words_nor_people(client, kit, world, caplog):
    caplog.set_level(logging.INFO, "reviewhub.access")
    ana = world.person("Ana", password=PASSWORD)
    submit(client, "/sign-in", "/sign-in", email=ana.email, password=PASSWORD)
    client.get("/choose-password/a-secret-link?x=private")
    lines = [
        json.loads(access_log.JsonLines().format(r)) for r in caplog.records if r.name == "reviewhub.access"
    ]
    assert lines[-1]["rule"] == "/choose-password/<secret>"
    assert lines[-1]["status"] == 404
    everything = json.dumps(lines)
    for private in (ana.email, PASSWORD, "a-secret-link", "private", "127.0.0.1"):
        assert private not in everything
