"""What is on its way while somebody is erased, and what comes after, is caught as well."""

import pytest

from reviewhub import jobs
from reviewhub.domain.access import SYSTEM
from reviewhub.domain.errors import NotFound
from reviewhub.models import Artifact, Invitation, Issuer, LetterRow, Outbox, Person
from reviewhub.services import erase_person as erase_person_module
from reviewhub.services.change_account import change_account
from reviewhub.services.erase_person import erase_person
from reviewhub.services.erase_person_files import erase_files
from reviewhub.services.invite import invite
from reviewhub.services.kit import Job
from reviewhub.services.ports import StorageDown
from reviewhub.services.upload import Announced, allow_upload
from reviewhub.services.withdraw import withdraw
from tests.audit.erasing import EMAIL, NAME, WHAT, erase, one, rows, whole
from tests.audit.planted import CANARY, found
from tests.learner.story import Story, pdf


def test_a_file_that_comes_in_after_the_erasure_is_deleted_too(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0])
    allowed = allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", 4))
    key = one(kit, Artifact, Artifact.public_id == allowed.artifact).staging_key
    withdraw(kit, story.actor, story.id, "")
    erase_person(kit, EMAIL, WHAT)
    jobs.run_due(kit)
    kit.storage.put(key, b"late", media_type="application/pdf")  # through the address that still works
    kit.clock.move(hours=2)
    jobs.run_due(kit)
    assert kit.storage.head(key) is None
    assert rows(kit, Artifact)[0].staging_key is None


def test_a_check_that_is_under_way_keeps_nothing(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0])
    story.upload("plan", "plan.pdf", pdf())
    withdraw(kit, story.actor, story.id, "")
    erase(kit)
    assert not [path for path in (kit.settings.data / "files").rglob("*") if path.is_file()]


def test_an_outage_of_storage_is_waited_for(kit, story, monkeypatch):
    erase_person(kit, EMAIL, WHAT)
    (job,) = [row for row in rows(kit, Outbox) if row.job == "erase_files"]
    monkeypatch.setattr(type(kit.storage), "delete", lambda *_: (_ for _ in ()).throw(StorageDown))
    with pytest.raises(StorageDown):
        erase_files(kit, Job(job.id), **job.args)
    monkeypatch.undo()
    erase_files(kit, Job(job.id), **job.args)
    assert not [path for path in (kit.settings.data / "files").rglob("*") if path.is_file()]


def test_words_written_between_the_look_and_the_erasure_go_too(kit, world, story, learner, monkeypatch):
    look = erase_person_module.look

    def and_then(*asked):
        found_before = look(*asked)
        with kit.write() as tx:
            root = tx.lock(Issuer, world.main_issuer.id)
            tx.event(root, "thing.done", SYSTEM, text=f"{NAME} called.")
            tx.event(root, "thing.done", world.actor(learner), text=CANARY)
        return found_before

    monkeypatch.setattr(erase_person_module, "look", and_then)
    erase(kit)
    assert found(kit, NAME, CANARY) == []
    whole(kit)


def test_letters_to_them_that_wait_are_not_sent(kit, world, story, learner):
    with kit.write() as tx:
        tx.letter(tx.session.get_one(Person, learner.id), "note", "To you", "Words for you")
    erase(kit)
    letters = rows(kit, LetterRow, LetterRow.person_id == learner.id)
    assert {(row.to, row.subject, row.body) for row in letters} == {("", "", "")}
    assert letters[-1].sent_at is None
    assert all(row.done_at for row in rows(kit, Outbox) if row.job == "send_letter")


def test_an_invitation_that_waits_cannot_be_taken_up(kit, world, story):
    cora = one(kit, Person, Person.name == "Cora Cord")
    invite(kit, world.actor(cora), world.main_issuer.id, EMAIL, "assessor")
    erase(kit)
    offer = one(kit, Invitation)
    assert offer.email == ""
    assert offer.expires_at <= kit.clock.now()
    assert found(kit, EMAIL) == []


def test_a_name_that_is_on_its_way_comes_too_late(kit, world, story, learner):
    actor = world.actor(learner)
    erase(kit)
    with pytest.raises(NotFound):
        change_account(kit, actor, NAME, "UTC")


def test_the_address_is_free_again_for_somebody_new(kit, world, story):
    erase(kit)
    assert world.person(NAME).email == EMAIL
