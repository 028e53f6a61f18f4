"""A draft becomes a folder, the folder is taken in, and nothing else changes it behind the manager's back."""

import threading
from dataclasses import replace

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.domain.next_version import next_version
from reviewhub.domain.rubric_json import from_json, to_json
from reviewhub.models import (
    Event,
    Issuer,
    MicroCredential,
    Person,
    Plugin,
    RubricDraft,
    RubricVersion,
    Submission,
)
from reviewhub.services.ids import public_id
from reviewhub.services.offer import offer
from reviewhub.services.quarantine import quarantine
from reviewhub.services.setup import first_manager
from reviewhub.services.ship import ship
from reviewhub.services.start import start
from reviewhub.services.sync import sync
from tests.cases import sign_in
from tests.coordinator.browsing import send, text
from tests.marks import BOTH
from tests.plugins.conftest import PluginFolder
from tests.rubrics import small_rubric

SAID = {"version": "1.0", "contact_name": "Ida Berg", "contact_email": "ida@night.example"}


class School:
    """An issuer without a plugin, and its manager."""

    def __init__(self, kit, world):
        self.kit, self.world = kit, world
        first_manager(kit, "night", "Night School", "ida@night.example", "Ida Berg")
        with kit.read() as session:
            self.issuer = session.exec(select(Issuer).where(Issuer.slug == "night")).one()
            self.person = session.exec(select(Person).where(Person.email == "ida@night.example")).one()
        self.ida = world.actor(self.person)

    def draft(self, rubric):
        now, who = self.kit.clock.now(), self.ida.person_id
        return self.world.add(
            RubricDraft(
                public_id=public_id(), issuer_id=self.issuer.id, slug=rubric.slug, body=to_json(rubric),
                created_at=now, created_by=who, updated_at=now, updated_by=who,
            )
        )  # fmt: skip

    def edit(self, draft, rubric):
        with self.kit.write() as tx:
            tx.lock(RubricDraft, draft.id).body = to_json(rubric)

    def ship(self, draft, version="1.0", actor=None, **said):
        with self.kit.read() as session:
            seen = session.get_one(RubricDraft, draft.id).version
        return ship(
            self.kit, actor or self.ida, "night", draft.public_id, seen, {**SAID, "version": version, **said}
        )

    def rows(self, table):
        with self.kit.read() as session:
            return session.exec(select(table).order_by(col(table.id))).all()

    @property
    def states(self):
        return {row.slug: row.state for row in self.rows(MicroCredential)}


@pytest.fixture
def school(kit, world):
    return School(kit, world)


def reworded(rubric, description="Said more clearly."):
    return replace(rubric, about=replace(rubric.about, summary=description))


def stricter(rubric):
    first, *rest = rubric.parts[0].criteria
    other = replace(first, met_from=first.levels[-1].id if first.met_from != first.levels[-1].id
                    else first.levels[1].id)  # fmt: skip
    return replace(rubric, parts=(replace(rubric.parts[0], criteria=(other, *rest)), *rubric.parts[1:]))


@BOTH
def test_a_shipped_draft_is_taken_in_and_begins_as_a_pilot(kit, school):
    school.ship(school.draft(small_rubric()))
    assert school.states == {"small": "pilot"}
    (plugin,) = school.rows(Plugin)
    assert (plugin.name, plugin.state) == ("authored-night", "live")
    (version,) = school.rows(RubricVersion)
    assert from_json(version.body) == small_rubric()
    assert "plugin_synced" in {row.action for row in school.rows(Event)}
    lee = school.world.actor(school.world.person("Lee"))
    with pytest.raises(NotFound):
        start(kit, lee, "night", "small")


def test_a_later_sync_of_the_operator_neither_retires_nor_opens_it(kit, school, tmp_path):
    school.ship(school.draft(small_rubric()))
    folder = PluginFolder(tmp_path / "issuers")
    folder.write("harbor")
    assert sync(kit, [folder.path]).added == ["harbor/small 1.0"]
    assert sync(kit, [folder.path]).unchanged == ["night/small 1.0", "harbor/small 1.0"]
    assert [row.state for row in school.rows(MicroCredential)] == ["pilot", "live"]


def test_what_was_shipped_before_stays_beside_a_second_draft(kit, school):
    school.ship(school.draft(small_rubric()))
    offer(kit, school.ida, "night", "small", "live", "Ready.")
    school.ship(school.draft(replace(small_rubric(), slug="other")))
    assert school.states == {"small": "live", "other": "pilot"}


def test_a_reworded_rubric_needs_a_version_of_its_own_and_who_runs_keeps_theirs(kit, school):
    draft = school.draft(small_rubric())
    school.ship(draft)
    offer(kit, school.ida, "night", "small", "live", "Ready.")
    begun = start(kit, school.world.actor(school.world.person("Lee")), "night", "small")
    school.edit(draft, reworded(small_rubric()))
    with pytest.raises(Invalid) as wrong:
        school.ship(draft, "1.0")
    assert [one.field for one in wrong.value.problems] == ["version"]
    assert "1.0.1" in wrong.value.problems[0].message
    assert len(school.rows(RubricVersion)) == 1
    school.ship(draft, "1.0.1")
    old, new = school.rows(RubricVersion)
    (submission,) = school.rows(Submission)
    assert (submission.public_id, submission.rubric_version_id) == (begun, old.id)
    assert school.rows(MicroCredential)[0].rubric_version_id == new.id
    assert school.states == {"small": "live"}
    with pytest.raises(Refused, match="nothing differs"):
        school.ship(draft, "1.0.2")


def test_the_next_version_follows_from_what_changed():
    before = replace(small_rubric(), version="2.3.1")
    assert next_version(before, reworded(before)) == "2.3.2"
    assert next_version(before, stricter(before)) == "2.4"
    assert next_version(replace(before, version="2"), reworded(before)) == "2.0.1"


def test_whose_plugin_comes_from_elsewhere_is_refused_with_the_way_out(kit, school, tmp_path):
    folder = PluginFolder(tmp_path / "issuers")
    folder.write("night", slug="night")
    sync(kit, [folder.path])
    with pytest.raises(Refused, match="Download the folder"):
        school.ship(school.draft(small_rubric()), "2.0")
    assert [row.name for row in school.rows(Plugin)] == ["night"]
    assert not (kit.settings.data / "authored" / "night" / "1").exists()


def test_what_cannot_be_shipped(kit, school):
    draft = school.draft(small_rubric())
    with pytest.raises(Invalid):
        school.ship(draft, contact_name="")
    with pytest.raises(Stale):
        ship(kit, school.ida, "night", draft.public_id, 99, SAID)
    quarantine(kit, "night", "A fire.")
    with pytest.raises(Refused, match="A fire"):
        school.ship(draft)
    assert school.rows(MicroCredential) == []
    assert kit.authored.places() == ()


@pytest.mark.parametrize("role", ["coordinator", "lead", "assessor", "manager"])
def test_nobody_ships_for_an_issuer_that_they_do_not_manage(school, role):
    far = school.world.issuer("far", "Far")
    issuer = far if role == "manager" else school.issuer
    somebody = school.world.actor(school.world.person("Some Body", role, issuer=issuer))
    with pytest.raises(NotFound):
        school.ship(school.draft(small_rubric()), actor=somebody)


@BOTH
def test_of_two_who_ship_at_once_each_is_in_or_told(kit, school):
    drafts = [school.draft(replace(small_rubric(), slug=slug)) for slug in ("one", "two")]
    gate, told = threading.Barrier(2), []

    def go(draft):
        gate.wait()
        try:
            school.ship(draft)
        except Stale:
            told.append(draft.slug)

    both = [threading.Thread(target=go, args=(draft,)) for draft in drafts]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert set(school.states) | set(told) == {"one", "two"}
    for draft in drafts:
        if draft.slug in told:
            school.ship(draft)
    assert school.states == {"one": "pilot", "two": "pilot"}


def test_a_folder_that_was_half_written_is_never_met(kit, school):
    school.ship(school.draft(small_rubric()))
    home = kit.settings.data / "authored" / "night"
    (home / ".half").mkdir()
    (home / ".half" / "plugin.toml").write_text("nonsense")
    assert sync(kit, []).unchanged == ["night/small 1.0"]


# ---------------------------------------------------------------- on the page


def test_the_page_says_wording_only_and_whom_it_touches(client, kit, school):
    draft = school.draft(small_rubric())
    here = f"/manage/night/drafts/{draft.public_id}/ship"
    sign_in(client, kit, school.person)
    assert "A new micro-credential" in text(client, here)
    assert send(client, here, contact_email="nonsense").status_code == 422
    assert send(client, here).location == "/manage/night/offers/small"
    offer(kit, school.ida, "night", "small", "live", "Ready.")
    start(kit, school.world.actor(school.world.person("Lee")), "night", "small")
    assert "nothing to ship" in text(client, here)
    school.edit(draft, reworded(small_rubric()))
    page = text(client, here)
    assert "Wording only" in page
    assert "In the catalogue" in page
    assert "Summary" in page
    assert "1 learner is at work on version 1.0" in page
    assert 'value="1.0.1"' in page
    assert send(client, here, version="1.0").status_code == 422
    assert send(client, here).status_code == 303
    school.edit(draft, stricter(reworded(small_rubric())))
    assert "It is judged otherwise" in text(client, here)
    assert client.get("/manage/night/drafts/none/ship").status_code == 404
