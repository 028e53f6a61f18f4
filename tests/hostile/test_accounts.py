"""Attacks on accounts: laid and stolen sessions, links used twice, guessing, mail bombs, invitations."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from reviewhub.domain.access import STAFF
from reviewhub.domain.errors import Invalid, Refused
from reviewhub.models import Membership, Person, Session
from reviewhub.services.accept_invitation import accept_invitation, accept_with_new_account
from reviewhub.services.ask_for_link import ask_for_link
from reviewhub.services.change_account import change_password
from reviewhub.services.choose_password import choose_password
from reviewhub.services.ids import fingerprint, token
from reviewhub.services.invite import invite
from reviewhub.services.register import register
from reviewhub.services.sign_in import sign_in
from reviewhub.web.limits import limiter
from tests.web.pages import PASSWORD, become, letters, link_in, submit

NEW = "nine amber kites"


def secret_of(kit, email):
    return link_in(letters(kit, email)[-1]).rpartition("/")[2]


@pytest.fixture
def ana(world):
    return world.person("Ana Lopes", password=PASSWORD)


# ---------------------------------------------------------------- sessions


def test_a_session_that_was_laid_out_before_is_not_taken_up(app, client, kit, ana):
    laid = token()
    client.set_cookie("rh_session", laid, domain="localhost")
    submit(client, "/sign-in", "/sign-in", email=ana.email, password=PASSWORD)
    assert client.get_cookie("rh_session").value != laid
    thief = app.test_client()
    thief.set_cookie("rh_session", laid, domain="localhost")
    assert thief.get("/account").status_code == 303


def test_each_sign_in_has_a_secret_of_its_own_and_the_form_cookie_signs_nobody_in(app, client, kit, ana):
    secrets = {sign_in(kit, ana.email, PASSWORD, "") for _ in range(3)}
    assert len(secrets) == 3
    submit(client, "/sign-in", "/sign-in", email=ana.email, password=PASSWORD)
    client.get("/account")
    other = app.test_client()
    other.set_cookie("rh_form", client.get_cookie("rh_form").value, domain="localhost")
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize("forged", ["", "0", "1", "' OR 1=1 --", "null", "é", "x" * 3_000])
def test_a_forged_session_is_nobody(client, ana, forged):
    client.set_cookie("rh_session", forged, domain="localhost")
    assert client.get("/account").status_code == 303


def test_the_stored_hash_is_no_cookie(client, kit, ana):
    become(client, kit, ana)
    with kit.read() as session:
        row = session.exec(select(Session)).one()
    for stored in (row.token_hash, row.public_id, str(row.id)):
        client.set_cookie("rh_session", stored, domain="localhost")
        assert client.get("/account").status_code == 303


def test_a_session_ends_everywhere_at_once(app, client, kit, ana, clock):
    secret = become(client, kit, ana)
    other = app.test_client()
    become(other, kit, ana)
    submit(other, "/account", "/sessions/end-others")
    assert client.get("/account").status_code == 303
    assert other.get("/account").status_code == 200
    clock.move(days=kit.settings.session_days, minutes=1)
    assert other.get("/account").status_code == 303
    with kit.read() as session:
        row = session.exec(select(Session).where(Session.token_hash == fingerprint(secret))).one()
    assert row.revoked_at is not None


def test_cookies_are_for_requests_of_our_pages_alone(settings, make_app, world, ana):
    for url in ("http://127.0.0.1:8000", "https://hub.example"):
        client = make_app(replace(settings, public_url=url)).test_client()
        page = client.get("/sign-in", base_url=url)
        form = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = client.post(
            "/sign-in",
            data={"email": ana.email, "password": PASSWORD, "csrf_token": form},
            base_url=url,
            headers={"Referer": f"{url}/sign-in"},
        )
        assert answer.status_code == 303
        for cookie in [*page.headers.getlist("Set-Cookie"), *answer.headers.getlist("Set-Cookie")]:
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert "Domain=" not in cookie
            assert ("Secure" in cookie) == url.startswith("https")


# ---------------------------------------------------------------- links


def test_one_new_password_ends_every_other_link(kit, ana):
    """Whoever read an older letter must not be able to set the password once more."""
    ask_for_link(kit, ana.email)
    older = secret_of(kit, ana.email)
    ask_for_link(kit, ana.email)
    choose_password(kit, secret_of(kit, ana.email), NEW, "")
    with pytest.raises(Refused) as refused:
        choose_password(kit, older, "the thief's own words", "")
    assert refused.value.code == "link_used"
    assert sign_in(kit, ana.email, NEW, "")


def test_a_changed_password_ends_the_links_that_are_under_way(kit, world, ana):
    ask_for_link(kit, ana.email)
    link = secret_of(kit, ana.email)
    change_password(kit, world.actor(ana), PASSWORD, NEW, 0)
    with pytest.raises(Refused):
        choose_password(kit, link, "the thief's own words", "")
    assert sign_in(kit, ana.email, NEW, "")


def test_an_accepted_invitation_ends_the_links_from_before_it(kit, world):
    """An address that never was confirmed: the account begins with the invitation, and with it alone."""
    register(kit, "Whoever", "bo@people.example")
    early = secret_of(kit, "bo@people.example")
    coordinator = world.actor(world.person("Cora", "coordinator"))
    invite(kit, coordinator, world.main_issuer.id, "bo@people.example", "assessor")
    accept_with_new_account(kit, secret_of(kit, "bo@people.example"), "Bo", NEW, "")
    with pytest.raises(Refused):
        choose_password(kit, early, "the thief's own words", "")


def test_links_of_one_kind_open_no_other(client, kit, world, ana):
    ask_for_link(kit, ana.email)
    reset = secret_of(kit, ana.email)
    invite(
        kit, world.actor(world.person("Cora", "coordinator")), world.main_issuer.id, "bo@x.example", "lead"
    )
    offer = secret_of(kit, "bo@x.example")
    assert client.get(f"/invitation/{reset}").status_code == 404
    assert client.get(f"/choose-password/{offer}").status_code == 404


def test_pages_behind_a_link_stay_in_no_cache_and_tell_no_other_site(client, kit, ana):
    ask_for_link(kit, ana.email)
    answer = client.get(link_in(letters(kit)[-1]))
    assert "public" not in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}


# ---------------------------------------------------------------- invitations


def test_an_invitation_is_for_its_address_whatever_the_letters_look_like(kit, world, ana):
    coordinator = world.actor(world.person("Cora", "coordinator"))
    for address in ("an\u0430.lopes@people.example", "ana.lopes@people.example.evil.example"):
        invite(kit, coordinator, world.main_issuer.id, address, "lead")
        with pytest.raises(Refused):
            accept_invitation(kit, world.actor(ana), secret_of(kit, address))
    with kit.read() as session:
        rows = session.exec(select(Membership).where(Membership.person_id == ana.id)).all()
    assert rows == []


def test_a_coordinator_offers_no_role_that_the_form_does_not_list(kit, world):
    """A manager sees every name and invites coordinators: nobody makes themselves one by a changed field."""
    coordinator = world.actor(world.person("Cora", "coordinator"))
    for role in (*sorted(STAFF - {"assessor", "lead", "coordinator"}), "learner", "system", ""):
        with pytest.raises(Invalid):
            invite(kit, coordinator, world.main_issuer.id, "cora@people.example", role)


# ---------------------------------------------------------------- guessing and flooding


@pytest.fixture
def limited(settings, make_app):
    app = make_app(replace(settings, rate_limits=True, redis_url=""))
    limiter.reset()
    yield app
    limiter.reset()


def _tries(app, address, email, count, **more):
    statuses = []
    client = app.test_client()
    form = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    for n in range(count):
        data = {"email": email(n), "password": "guess", "csrf_token": form, "name": "X"}
        answer = client.post(address, data=data, environ_overrides={"REMOTE_ADDR": f"10.0.{n}.7"}, **more)
        statuses.append(answer.status_code)
    return statuses


@pytest.mark.parametrize(
    "spelling",
    [
        lambda n, email: email,
        lambda n, email: email.upper() if n % 2 else email,
        lambda n, email: " " * n + email,
        lambda n, email: email + "\u200b" * n,
        lambda n, email: "\x01" * n + email,
        lambda n, email: email[:3] + "\u00ad" * n + email[3:],
    ],
)
def test_many_machines_together_cannot_try_one_account(limited, ana, spelling):
    statuses = _tries(limited, "/sign-in", lambda n: spelling(n, ana.email), 14)
    assert statuses[-1] == 429, statuses


@pytest.mark.parametrize("address", ["/forgotten-password", "/register"])
def test_nobodys_mailbox_is_flooded(limited, kit, ana, address):
    _tries(limited, address, lambda n: ana.email + "\u200b" * n, 9)
    assert len(letters(kit, ana.email)) <= 4


def test_a_made_up_sender_address_opens_no_new_count(limited, ana):
    client = limited.test_client()
    form = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    statuses = [
        client.post(
            "/sign-in",
            data={"email": f"guess{n}@x.example", "password": "guess", "csrf_token": form},
            headers={
                "X-Forwarded-For": f"10.1.{n}.9",
                "X-Real-IP": f"10.1.{n}.9",
                "Forwarded": f"for=10.1.{n}.9",
            },
        ).status_code
        for n in range(33)
    ]
    assert statuses[-1] == 429


def test_guessing_links_is_limited(limited):
    client = limited.test_client()
    for path in ("/choose-password/", "/invitation/"):
        statuses = [client.get(f"{path}{n}").status_code for n in range(33)]
        assert statuses[-1] == 429


def test_what_differs_between_known_and_unknown_addresses(client, kit, ana):
    """Status, place and words are the same for somebody with an account, without, and unconfirmed."""
    register(kit, "Un Confirmed", "un@people.example")
    for page in ("/sign-in", "/register", "/forgotten-password"):
        answers = set()
        for email in (ana.email, "nobody@people.example", "un@people.example"):
            answer = submit(client, page, page, email=email, password="wrong words", name="X")
            text = answer.text.replace(email, "…")
            form = text.partition('name="csrf_token" value="')[2].partition('"')[0]
            answers.add((answer.status_code, answer.headers.get("Location"), text.replace(form or "§", "")))
        assert len(answers) == 1, page


def test_a_foreign_name_does_not_stay_on_the_account_it_was_typed_for(kit):
    """Somebody registers a stranger's address: the letter must not carry their words."""
    register(kit, "Win 1000 EUR at http://evil.example/now", "victim@people.example")
    assert "evil.example" not in letters(kit, "victim@people.example")[-1].body
    with kit.read() as session:
        person = session.exec(select(Person).order_by(col(Person.id).desc())).first()
    assert person is None or person.verified_at is None
