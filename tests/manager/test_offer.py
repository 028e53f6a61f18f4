"""Pilot, live, retired: a manager's choice, what it means for learners, and who cannot get around it."""

import threading

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Event, EventText, Issuer, LetIn, LetterRow, MicroCredential, Submission
from reviewhub.services.erase_person import erase_person
from reviewhub.services.let_in import let_in, open_link, shut_out, take_part
from reviewhub.services.offer import offer
from reviewhub.services.start import start
from reviewhub.services.sync import sync
from tests.cases import sign_in
from tests.coordinator.browsing import send, text
from tests.marks import BOTH
from tests.plugins.conftest import PluginFolder
from tests.web.pages import submit

HERE = "/manage/harbor/offers/small"
PAGE = "/explore/harbor/small"


@pytest.fixture
def pilot(house):
    house.cases.change(house.micro, state="pilot", chosen="pilot")
    return house


def one(kit, table):
    with kit.read() as session:
        return session.exec(select(table)).one()


def all_of(kit, table):
    with kit.read() as session:
        return session.exec(select(table)).all()


# ---------------------------------------------------------------- who can start a pilot


def test_a_learner_who_was_not_let_in_neither_finds_nor_starts_a_pilot(client, kit, pilot):
    sign_in(client, kit, pilot.learner)
    assert client.get(PAGE).status_code == 404
    assert pilot.micro.name not in text(client, "/explore")
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert client.post(f"{PAGE}/start").status_code == 404
    assert all_of(kit, Submission) == []
    anonymous = client.application.test_client()
    assert anonymous.get(PAGE).status_code == 404
    assert pilot.micro.name not in text(anonymous, "/explore")


def test_who_was_let_in_gets_a_letter_finds_it_and_starts(max_, browse, kit, pilot):
    answer = submit(max_, HERE, "/let-in", emails=f"{pilot.learner.email.upper()}\nnew@people.example,")
    assert answer.status_code == 303
    assert {row.to for row in all_of(kit, LetterRow)} == {pilot.learner.email, "new@people.example"}
    assert all("/explore/harbor/small" in row.body for row in all_of(kit, LetterRow))
    learner = browse(pilot.learner)
    assert "Pilot" in text(learner, "/explore")
    assert "before it is open to all" in text(learner, PAGE)
    assert submit(learner, PAGE, "/start").status_code == 303
    assert one(kit, Submission).learner_id == pilot.learner.id
    assert "has started" in text(max_, HERE)


def test_taken_off_the_list_what_was_begun_goes_on_and_nothing_new_begins(kit, pilot):
    lee = pilot.world.actor(pilot.learner)
    let_in(kit, pilot.max, "harbor", "small", f"{lee.email} olga@people.example")
    begun = start(kit, lee, "harbor", "small")
    for email in (lee.email, "olga@people.example"):
        shut_out(kit, pilot.max, "harbor", "small", email)
    assert start(kit, lee, "harbor", "small") == begun
    with pytest.raises(NotFound):
        start(kit, pilot.world.actor(pilot.world.person("Olga")), "harbor", "small")


def test_the_link_lets_in_who_opens_it_until_it_ends(max_, browse, kit, pilot):
    submit(max_, HERE, "/link")
    secret = one(kit, MicroCredential).pilot_link
    assert f"/pilot/{secret}" in text(max_, HERE)
    learner, late = browse(pilot.learner), browse(pilot.world.person("Olga Late"))
    answer = submit(learner, f"/pilot/{secret}", f"/pilot/{secret}")
    assert answer.location == PAGE
    assert submit(learner, PAGE, "/start").status_code == 303
    anonymous = browse(pilot.learner).application.test_client()
    assert "Sign in to take part" in text(anonymous, f"/pilot/{secret}")
    submit(max_, HERE, "/link", do="end")
    assert late.get(f"/pilot/{secret}").status_code == 404
    assert late.get("/pilot/").status_code == 404
    assert [row.email for row in all_of(kit, LetIn)] == [pilot.learner.email]


def test_a_link_ends_with_the_pilot(kit, pilot):
    open_link(kit, pilot.max, "harbor", "small")
    secret = one(kit, MicroCredential).pilot_link
    offer(kit, pilot.max, "harbor", "small", "retired", "Not good yet.")
    with pytest.raises(NotFound):
        take_part(kit, pilot.world.actor(pilot.learner), secret)


def test_addresses_that_are_none_let_nobody_in(max_, kit, pilot):
    answer = submit(max_, HERE, "/let-in", emails="good@people.example nonsense")
    assert answer.status_code == 422
    assert "good@people.example" in answer.text
    assert all_of(kit, LetIn) == []


@BOTH
def test_two_clicks_on_the_link_let_in_once(kit, pilot):
    open_link(kit, pilot.max, "harbor", "small")
    secret, lee = one(kit, MicroCredential).pilot_link, pilot.world.actor(pilot.learner)
    gate, found = threading.Barrier(2), []

    def click():
        gate.wait()
        found.append(take_part(kit, lee, secret))

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert found == [("harbor", "small")] * 2
    assert len(all_of(kit, LetIn)) == 1


def test_an_erased_person_stands_on_no_list(kit, pilot):
    let_in(kit, pilot.max, "harbor", "small", f"{pilot.learner.email} other@people.example")
    erase_person(kit, pilot.learner.email, "They asked.")
    assert [row.email for row in all_of(kit, LetIn)] == ["other@people.example"]
    said = " ".join(row.text for row in all_of(kit, EventText))
    assert pilot.learner.email not in said


# ---------------------------------------------------------------- what a manager chooses


def test_a_manager_goes_live_and_retires_each_with_a_reason_that_is_kept(max_, browse, kit, pilot):
    assert "Choose" not in text(max_, f"{HERE}/live")
    assert send(max_, f"{HERE}/live", reason="").status_code == 422
    assert one(kit, MicroCredential).state == "pilot"
    assert send(max_, f"{HERE}/live", reason="Three tried it.").status_code == 303
    learner = browse(pilot.learner)
    assert submit(learner, PAGE, "/start").status_code == 303
    assert "1 learner is at work on it now" in text(max_, f"{HERE}/retired")
    assert send(max_, f"{HERE}/retired", reason="A new one comes.").status_code == 303
    assert pilot.micro.name not in text(learner, "/explore")
    assert "takes no new learners" in text(browse(pilot.world.person("Olga")), PAGE)
    assert "Go on with it" in text(learner, PAGE)
    page = text(max_, HERE)
    assert page.index("A new one comes.") < page.index("Three tried it.")
    steps = [(row.from_state, row.to_state) for row in all_of(kit, Event)
             if row.action == "micro_credential.offered"]  # fmt: skip
    assert steps == [("pilot", "live"), ("live", "retired")]


def test_what_was_retired_takes_nobody_new_and_can_be_offered_again(kit, house):
    lee, olga = house.world.actor(house.learner), house.world.actor(house.world.person("Olga"))
    begun = start(kit, lee, "harbor", "small")
    offer(kit, house.max, "harbor", "small", "retired", "Enough.")
    assert start(kit, lee, "harbor", "small") == begun
    with pytest.raises(Refused, match="no new learners"):
        start(kit, olga, "harbor", "small")
    offer(kit, house.max, "harbor", "small", "live", "Asked for.")
    assert start(kit, olga, "harbor", "small")


def test_what_cannot_follow_is_refused(max_, kit, house):
    with pytest.raises(Refused):
        offer(kit, house.max, "harbor", "small", "pilot", "Back.")
    with pytest.raises(Invalid):
        offer(kit, house.max, "harbor", "small", "gone", "Back.")
    with pytest.raises(Refused):
        let_in(kit, house.max, "harbor", "small", "a@people.example")
    assert max_.get(f"{HERE}/pilot").status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "lead", "assessor"])
def test_only_a_manager_chooses(kit, house, role):
    somebody = house.world.actor(house.world.person("Some Body", role))
    for act in (
        lambda: offer(kit, somebody, "harbor", "small", "retired", "Because."),
        lambda: let_in(kit, somebody, "harbor", "small", "a@people.example"),
        lambda: open_link(kit, somebody, "harbor", "small"),
        lambda: shut_out(kit, somebody, "harbor", "small", "a@people.example"),
    ):
        with pytest.raises(NotFound):
            act()


# ---------------------------------------------------------------- and what a sync does to it


@BOTH
def test_a_sync_never_overwrites_what_the_manager_chose(kit, world, tmp_path):
    folder = PluginFolder(tmp_path / "issuers")
    folder.write("authored-harbor", slug="harbor", rubrics=("small", "other"))
    sync(kit, [folder.path])
    max_ = world.actor(world.person("Max", "manager", issuer=one(kit, Issuer)))

    def states():
        return {row.slug: row.state for row in all_of(kit, MicroCredential)}

    assert states() == {"small": "pilot", "other": "pilot"}
    offer(kit, max_, "harbor", "small", "retired", "Enough.")
    offer(kit, max_, "harbor", "other", "live", "Ready.")
    folder.write(
        "authored-harbor",
        slug="harbor",
        rubrics=("small", "other"),
        version="1.1",
        description="Better words.",
    )
    sync(kit, [folder.path])
    assert states() == {"small": "retired", "other": "live"}
    folder.write(
        "authored-harbor", slug="harbor", rubrics=("other",), version="1.1", description="Better words."
    )
    sync(kit, [folder.path])
    with pytest.raises(Refused, match="Ship it again"):
        offer(kit, max_, "harbor", "small", "live", "Again.")
    folder.write(
        "authored-harbor", slug="harbor", rubrics=("small",), version="1.1", description="Better words."
    )
    sync(kit, [folder.path])
    assert states() == {"small": "retired", "other": "retired"}
    folder.write(
        "authored-harbor",
        slug="harbor",
        rubrics=("small", "other"),
        version="1.1",
        description="Better words.",
    )
    assert sync(kit, [folder.path]).added == ["harbor/other 1.1"]
    assert states() == {"small": "retired", "other": "live"}
    assert sync(kit, [folder.path]).added == []
