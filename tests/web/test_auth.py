"""Registering, signing in and out, the forgotten password."""

from dataclasses import replace

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Refused
from reviewhub.models import Person, Session, Token
from reviewhub.services.register import register
from reviewhub.services.sign_in import sign_in
from tests.marks import BOTH
from tests.web.pages import PASSWORD, become, letters, link_in, submit


def registered(client, kit, email="noor@people.example"):
    submit(client, "/register", "/register", name="Noor Haddad", email=email)
    return link_in(letters(kit, email)[-1])


@BOTH
def test_an_account_is_made_through_the_letter(client, kit):
    answer = submit(client, "/register", "/register", name=" Noor Haddad ", email=" Noor@People.Example ")
    assert (answer.status_code, answer.location) == (303, "/letter-sent")
    link = link_in(letters(kit, "noor@people.example")[0])
    assert client.get("/account").location.startswith("/sign-in")

    page = client.get(link)
    assert b"noor@people.example" in page.data
    answer = submit(client, link, link, password="four quiet lamps")

    assert answer.status_code == 303
    assert b"Noor Haddad" in client.get("/account").data


def test_looking_at_the_link_uses_nothing_up(client, kit):
    link = registered(client, kit)
    for _ in range(3):
        assert client.get(link).status_code == 200


def test_until_the_letter_is_answered_there_is_nothing_to_sign_in_to(client, kit):
    registered(client, kit)
    assert submit(client, "/sign-in", "/sign-in", email="noor@people.example", password="").status_code == 422


@pytest.mark.parametrize(
    "email", ["noor", "noor@", "a b@c.org", "noor@host", "x" * 260 + "@a.org", "a@b.org\x00"]
)
def test_an_impossible_address_is_named_and_kept(client, kit, email):
    answer = submit(client, "/register", "/register", name="Noor", email=email)
    if email.startswith("a@b"):
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    assert "is not an e-mail address" in answer.text
    assert 'value="Noor"' in answer.text
    assert letters(kit) == []


def test_problems_are_tied_to_their_fields(client):
    page = submit(client, "/register", "/register", name="", email="").text
    assert 'href="#f-name"' in page
    assert 'aria-describedby="f-name-hint f-name-wrong"' in page
    assert 'id="f-name-wrong"' in page


def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(client, kit, world):
    ana = world.person("Ana Lopes", password=PASSWORD)
    known = submit(client, "/register", "/register", name="Somebody", email=ana.email)
    new = submit(client, "/register", "/register", name="Somebody", email="new@people.example")
    assert (known.status_code, known.location, known.data) == (new.status_code, new.location, new.data)
    assert letters(kit, ana.email)[0].kind == "registered"
    with kit.read() as session:
        assert session.get(Person, ana.id).name == "Ana Lopes"


def test_registering_twice_sends_a_fresh_letter_to_one_person(client, kit):
    first, second = registered(client, kit), registered(client, kit)
    assert first != second
    with kit.read() as session:
        assert len(session.exec(select(Person)).all()) == 1


@pytest.mark.parametrize(
    ("password", "says"),
    [("short", "at least 10"), ("x" * 201, "at most 200"), ("aaaaaaaaaaaa", "easy to guess")],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(client, kit, password, says):
    link = registered(client, kit)
    answer = submit(client, link, link, password=password)
    assert answer.status_code == 422
    assert says in answer.text
    assert password not in answer.text
    assert submit(client, link, link, password=PASSWORD).status_code == 303


def test_a_used_link_says_so_and_offers_a_new_one(client, kit):
    link = registered(client, kit)
    submit(client, link, link, password=PASSWORD)
    page = client.get(link)
    assert page.status_code == 409
    assert "already used" in page.text
    answer = submit(client, link, "/again")
    assert answer.location == "/letter-sent"
    assert letters(kit)[-1].kind == "reset"


def test_an_expired_link_says_so_and_offers_a_new_one(client, kit, clock):
    link = registered(client, kit)
    clock.move(days=4)
    page = client.get(link)
    assert page.status_code == 409
    assert "expired" in page.text
    submit(client, link, "/again")
    fresh = link_in(letters(kit)[-1])
    assert submit(client, fresh, fresh, password=PASSWORD).status_code == 303


def test_a_mangled_link_is_nothing(client):
    assert client.get("/choose-password/abc").status_code == 404


def test_secrets_are_stored_as_hashes_only(client, kit):
    link = registered(client, kit)
    with kit.read() as session:
        assert session.exec(select(Token)).one().token_hash not in link
    submit(client, link, link, password=PASSWORD)
    with kit.read() as session:
        cookie = client.get_cookie("rh_session").value
        assert session.exec(select(Session)).one().token_hash != cookie


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    answer = submit(client, "/sign-in", "/sign-in", email=ana.email.upper(), password=PASSWORD)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("rh_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_on_https_cookies_stay_there(settings, make_app):
    app = make_app(replace(settings, public_url="https://hub.example"))
    answer = app.test_client().get("/sign-in", base_url="https://hub.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("email", ["ana@people.example", "nobody@people.example", "", "%"])
def test_wrong_sign_ins_are_answered_alike(client, world, email):
    world.person("Ana", password=PASSWORD)
    answer = submit(client, "/sign-in", "/sign-in", email=email, password="not this one")
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert "not this one" not in answer.text


def test_an_unknown_address_costs_the_same_work(kit, world):
    class Counting:
        def __init__(self, real):
            self.real, self.checks = real, 0

        def hash(self, password):
            return self.real.hash(password)

        def verify(self, password, hashed):
            self.checks += 1
            return self.real.verify(password, hashed)

    world.person("Ana", password=PASSWORD)
    for email in ("ana@people.example", "nobody@people.example"):
        hasher = Counting(kit.hasher)
        with pytest.raises(Refused):
            sign_in(replace(kit, hasher=hasher), email, "wrong", "")
        assert hasher.checks == 1


def test_a_person_without_password_cannot_sign_in_with_an_empty_one(kit, world):
    ana = world.person("Ana")
    for password in ("", "the password of nobody"):
        with pytest.raises(Refused):
            sign_in(kit, ana.email, password, "")


def test_signing_in_leads_where_the_person_wanted_to_be(client, world):
    ana = world.person("Ana", password=PASSWORD)
    first = client.get("/account?x=1")
    assert first.location == "/sign-in?next=/account?x%3D1"
    answer = submit(client, first.location, "/sign-in", email=ana.email, password=PASSWORD)
    assert answer.location == "/account?x=1"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/\t/evil.example", "http:evil.example", " //evil.example", "/account\r\nX: y"],
)  # fmt: skip
def test_next_never_leads_elsewhere(client, world, kit, target):
    ana = world.person("Ana", password=PASSWORD)
    token = client.get("/sign-in")
    assert "evil.example" not in token.text
    answer = submit(client, "/sign-in", "/sign-in", email=ana.email, password=PASSWORD, next=target)
    assert answer.location == "/home"
    onward = client.get("/sign-in", query_string={"next": target}).location
    assert onward.startswith("/")
    assert "evil" not in onward


def test_htmx_is_sent_to_sign_in_as_a_whole_page(client):
    answer = client.get("/account", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/account"


def test_signing_out_ends_the_session_for_good(client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    secret = become(client, kit, ana)
    answer = submit(client, "/account", "/sign-out")
    assert answer.status_code == 303
    client.set_cookie("rh_session", secret, domain="localhost")
    assert client.get("/account").status_code == 303


def test_a_forgotten_password_is_replaced_and_all_devices_signed_out(app, client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    elsewhere = app.test_client()
    become(elsewhere, kit, ana)
    submit(client, "/forgotten-password", "/forgotten-password", email=ana.email)
    link = link_in(letters(kit, ana.email)[-1])

    submit(client, link, link, password="nine amber kites")

    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    with pytest.raises(Refused):
        sign_in(kit, ana.email, PASSWORD, "")
    assert sign_in(kit, ana.email, "nine amber kites", "")


def test_asking_for_an_unknown_address_tells_nothing(client, kit, world):
    ana = world.person("Ana")
    known = submit(client, "/forgotten-password", "/forgotten-password", email=ana.email)
    unknown = submit(client, "/forgotten-password", "/forgotten-password", email="nobody@people.example")
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )
    assert len(letters(kit)) == 1


def test_whoever_never_confirmed_gets_the_confirming_letter_again(client, kit):
    register(kit, "Noor", "noor@people.example")
    submit(client, "/forgotten-password", "/forgotten-password", email="noor@people.example")
    assert [letter.kind for letter in letters(kit)] == ["verify", "verify"]


def test_a_reset_link_ends_after_two_hours(client, kit, world, clock):
    ana = world.person("Ana")
    submit(client, "/forgotten-password", "/forgotten-password", email=ana.email)
    clock.move(hours=2, minutes=1)
    assert client.get(link_in(letters(kit)[0])).status_code == 409
