"""Invitations, one's own account and sessions, limits on trying."""

from dataclasses import replace

import pytest
from flask import g
from sqlalchemy import event
from sqlmodel import select

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Membership, Person
from reviewhub.services.accept_invitation import accept_with_new_account
from reviewhub.services.invite import invite
from reviewhub.services.register import register
from reviewhub.services.sign_in import sign_in
from tests.marks import BOTH
from tests.web.pages import PASSWORD, become, letters, link_in, submit


@pytest.fixture
def coordinator(world):
    return world.person("Cora", "coordinator", password=PASSWORD)


def invited(kit, world, coordinator, email, role="assessor"):
    invite(kit, world.actor(coordinator), world.main_issuer.id, email, role)
    return link_in(letters(kit, email.lower())[-1])


def roles(kit, email):
    with kit.read() as session:
        rows = session.exec(
            select(Membership.role)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.email == email)
        ).all()
    return list(rows)


@BOTH
def test_an_invitation_makes_account_and_role_in_one_step(client, kit, world, coordinator):
    link = invited(kit, world, coordinator, "Bo@people.example")
    assert "Harbor Skills invites you" in client.get(link).text
    answer = submit(client, link, link, name="Bo Lind", password=PASSWORD)
    assert answer.status_code == 303
    assert roles(kit, "bo@people.example") == ["assessor"]
    assert "Harbor Skills" in client.get("/account").text


def test_an_invitation_adds_the_role_to_an_account(client, kit, world, coordinator):
    lea = world.person("Lea", password=PASSWORD)
    link = invited(kit, world, coordinator, lea.email, "lead")
    page = client.get(link).text
    assert "has an account" in page
    assert 'name="password"' not in page
    become(client, kit, lea)
    assert submit(client, link, link).status_code == 303
    assert roles(kit, lea.email) == ["lead"]


def test_an_account_cannot_be_taken_over_by_an_invitation(kit, world, coordinator):
    lea = world.person("Lea", password=PASSWORD)
    secret = invited(kit, world, coordinator, lea.email).rpartition("/")[2]
    with pytest.raises(Refused) as refused:
        accept_with_new_account(kit, secret, "Mallory", "nine amber kites", "")
    assert refused.value.code == "has_account"
    assert sign_in(kit, lea.email, PASSWORD, "")


def test_an_invitation_for_somebody_else_says_whose_it_is(client, kit, world, coordinator):
    lea = world.person("Lea", password=PASSWORD)
    link = invited(kit, world, coordinator, "bo@people.example")
    become(client, kit, lea)
    page = client.get(link)
    assert "This invitation is for bo@people.example" in page.text
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert client.post(link, data={"csrf_token": token}).status_code == 409
    assert roles(kit, lea.email) == []


def test_an_unconfirmed_account_is_finished_by_the_invitation(client, kit, world, coordinator):
    register(kit, "Wrong Name", "bo@people.example")
    link = invited(kit, world, coordinator, "bo@people.example")
    submit(client, link, link, name="Bo Lind", password=PASSWORD)
    assert roles(kit, "bo@people.example") == ["assessor"]
    assert "Bo Lind" in client.get("/account").text


def test_an_invitation_works_once_and_for_two_weeks(app, client, kit, world, coordinator, clock):
    link = invited(kit, world, coordinator, "bo@people.example")
    submit(client, link, link, name="Bo", password=PASSWORD)
    assert "already accepted" in app.test_client().get(link).text
    other = invited(kit, world, coordinator, "di@people.example")
    clock.move(days=15)
    assert "expired" in app.test_client().get(other).text


def test_typed_values_are_kept_when_an_invitation_needs_mending(client, kit, world, coordinator):
    link = invited(kit, world, coordinator, "bo@people.example")
    answer = submit(client, link, link, name="Bo Lind", password="short")
    assert answer.status_code == 422
    assert 'value="Bo Lind"' in answer.text


def test_only_coordinators_and_managers_of_the_issuer_invite(kit, world, coordinator):
    other = world.issuer("elsewhere", "Elsewhere")
    lead = world.person("Lena", "lead")
    for person, issuer in ((lead, world.main_issuer), (coordinator, other)):
        with pytest.raises(NotFound):
            invite(kit, world.actor(person), issuer.id, "bo@people.example", "assessor")
    with pytest.raises(Invalid) as invalid:
        invite(kit, world.actor(coordinator), world.main_issuer.id, "bo", "king")
    assert [p.field for p in invalid.value.problems] == ["email", "role"]


def test_accepting_twice_gives_one_membership(client, kit, world, coordinator):
    lea = world.person("Lea", "assessor", password=PASSWORD)
    link = invited(kit, world, coordinator, lea.email)
    become(client, kit, lea)
    assert submit(client, link, link).status_code == 303
    assert roles(kit, lea.email) == ["assessor"]


def test_who_is_there_costs_one_statement(client, kit, world):
    ana = world.person("Ana", "assessor", "lead", password=PASSWORD)
    become(client, kit, ana)
    seen = []
    engine = client.application.extensions["reviewhub"].db.engine
    event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    client.get("/letter-sent")
    assert len([s for s in seen if s.startswith("SELECT")]) == 1
    assert not [s for s in seen if s.startswith("UPDATE")]


def test_the_actor_has_the_open_memberships(client, kit, world):
    ana = world.person("Ana", "assessor", "lead", password=PASSWORD)
    become(client, kit, ana)
    with client:
        client.get("/letter-sent")
        assert {role for _, role in g.actor.memberships} == {Role.ASSESSOR, Role.LEAD}
        assert g.actor.email == ana.email


def test_name_and_zone_are_changed_and_times_follow(client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    become(client, kit, ana)
    assert "2 Nov, 09:00" in client.get("/account").text
    submit(client, "/account", "/account", name="Ana Maria", zone="Asia/Kathmandu")
    page = client.get("/account").text
    assert "Ana Maria" in page
    assert "2 Nov, 14:45" in page


def test_a_zone_that_is_none_is_refused_and_kept(client, kit, world):
    become(client, kit, world.person("Ana", password=PASSWORD))
    answer = submit(client, "/account", "/account", name="Ana", zone="Moon/Tycho")
    assert answer.status_code == 422
    assert "“Moon/Tycho” is not a time zone" in answer.text
    assert 'value="Moon/Tycho"' in answer.text


def test_a_changed_password_ends_other_devices_and_tells_the_owner(app, client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    become(client, kit, ana)
    elsewhere = app.test_client()
    become(elsewhere, kit, ana)
    wrong = submit(client, "/account", "/account/password", old="not it at all", new="short")
    assert wrong.status_code == 422
    assert wrong.text.count('class="wrong"') == 2
    submit(client, "/account", "/account/password", old=PASSWORD, new="nine amber kites")
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303
    assert letters(kit, ana.email)[-1].kind == "password_changed"


def test_own_sessions_are_listed_and_ended_one_by_one(app, client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    become(client, kit, ana)
    phone = app.test_client()
    agent = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/605.1"}
    submit(phone, "/sign-in", "/sign-in", headers=agent, email=ana.email, password=PASSWORD)
    page = client.get("/account").text
    assert "Safari on iPhone" in page
    action = page.partition("/account/sessions/")[2]
    assert action.startswith("end-others")
    one = [part.partition("/end")[0] for part in page.split('action="/account/sessions/')[1:]][-1]
    submit(client, "/account", f"/account/sessions/{one}/end")
    assert phone.get("/account").status_code == 303
    assert client.get("/account").status_code == 200


def test_all_other_sessions_end_at_once(app, client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    others = [app.test_client() for _ in range(2)]
    for one in (client, *others):
        become(one, kit, ana)
    submit(client, "/account", "/account/sessions/end-others")
    assert [one.get("/account").status_code for one in (client, *others)] == [200, 303, 303]


def test_somebody_elses_session_is_not_there(client, kit, world):
    ana, lea = world.person("Ana", password=PASSWORD), world.person("Lea", password=PASSWORD)
    become(client, kit, ana)
    become(client, kit, ana)
    theirs = client.application.test_client()
    become(theirs, kit, lea)
    become(theirs, kit, lea)
    foreign = [
        p.partition("/end")[0] for p in theirs.get("/account").text.split('action="/account/sessions/')[1:]
    ][-1]
    token = client.get("/account").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = client.post(f"/account/sessions/{foreign}/end", data={"csrf_token": token})
    assert answer.status_code == 404
    assert theirs.get("/account").status_code == 200


def test_a_session_ends_when_it_is_not_used(client, kit, world, clock):
    become(client, kit, world.person("Ana", password=PASSWORD))
    clock.move(days=13)
    assert client.get("/account").status_code == 200
    clock.move(days=13)
    assert client.get("/account").status_code == 200
    clock.move(days=15)
    assert client.get("/account").status_code == 303


def test_an_erased_person_is_nobody(client, kit, world):
    ana = world.person("Ana", password=PASSWORD)
    become(client, kit, ana)
    with kit.write() as tx:
        tx.session.get(Person, ana.id).erased_at = tx.now
    assert client.get("/account").status_code == 303


def test_trying_passwords_is_limited_per_address_and_says_when_to_try_again(settings, make_app, world):
    ana = world.person("Ana", password=PASSWORD)
    client = make_app(replace(settings, rate_limits=True)).test_client()
    answers = [
        submit(client, "/sign-in", "/sign-in", email=ana.email, password="wrong one here").status_code
        for _ in range(11)
    ]
    assert answers == [422] * 10 + [429]
    over = submit(client, "/sign-in", "/sign-in", email=ana.email.upper(), password=PASSWORD)
    assert over.status_code == 429
    assert int(over.headers["Retry-After"]) > 0
    assert "Too many tries" in over.text
    assert "minute" in over.text
    assert submit(client, "/sign-in", "/sign-in", email="lea@people.example", password="x").status_code == 422
