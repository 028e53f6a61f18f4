"""The clean copies of a piece are made again: the old ones stand until the new ones are in their place."""

import pytest
from sqlmodel import select

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Artifact, CleanCopy, Concern, FileGrant, LetterRow
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.clean_again import ask_clean_again
from reviewhub.services.ids import public_id
from reviewhub.services.ports import MissingObject
from tests.exits.seats import concern, piece, two
from tests.together.stand_ins import Converter


@pytest.fixture
def converter(desk):
    """One that can be told that it is not able."""
    made = Converter(desk.kit.converter)
    object.__setattr__(desk.kit, "converter", made)
    return made


@pytest.fixture
def said(desk, converter):
    """Somebody could not open the only file, which has one clean copy."""
    round_id = desk.seated()
    key, clean = f"final/{public_id()}", f"clean/{public_id()}"
    desk.kit.storage.put(key, b"the plan", media_type="text/plain")
    desk.kit.storage.put(clean, b"broken", media_type="image/webp")
    plan = piece(desk, key=key, media_type="text/plain")
    desk.world.add(
        CleanCopy(
            public_id=public_id(),
            artifact_id=plan.id,
            position=0,
            kind="page",
            media_type="image/webp",
            key=clean,
            size=6,
        )
    )
    return concern(desk, two(desk, round_id)[0], round_id, "cannot_open", "A black page.", piece=1)


def there(desk, key):
    return desk.kit.storage.head(key) is not None


def test_new_copies_take_the_place_of_the_old_and_the_assessor_is_told(desk, cora, said):
    old = desk.one(CleanCopy)
    desk.world.add(
        FileGrant(
            person_id=desk.people.ana.id,
            artifact_id=old.artifact_id,
            clean_copy_id=old.id,
            granted_at=desk.kit.clock.now(),
        )
    )
    ask_clean_again(desk.kit, cora, said.public_id)
    assert desk.one(CleanCopy) == old, "nothing is gone before the new ones are there"
    desk.run()
    new = desk.one(CleanCopy)
    assert new.public_id != old.public_id
    assert there(desk, new.key)
    assert not there(desk, old.key)
    grant = desk.one(FileGrant)
    assert (grant.artifact_id, grant.clean_copy_id) == (old.artifact_id, None), (
        "who opened it stays on record"
    )
    assert desk.one(Concern).outcome == "carry_on"
    (letter,) = desk.all(LetterRow, LetterRow.kind == "concern_answered")
    assert "made anew" in letter.body


def test_where_none_can_be_made_the_old_ones_stay_and_the_coordinator_reads_why(desk, cora, said, converter):
    old, converter.able = desk.one(CleanCopy), False
    ask_clean_again(desk.kit, cora, said.public_id)
    desk.run()
    assert desk.one(CleanCopy) == old
    assert there(desk, old.key)
    row = desk.one(Concern)
    assert (row.answered_at, row.again_note) == (None, "It has a password.")
    converter.able = True
    ask_clean_again(desk.kit, cora, said.public_id)
    desk.run()
    assert desk.one(Concern).outcome == "carry_on"


def test_a_file_that_is_lost_is_said_to_be_lost(desk, cora, said):
    desk.kit.storage.delete(desk.one(Artifact).key)
    ask_clean_again(desk.kit, cora, said.public_id)
    desk.run()
    assert "missing" in desk.one(Concern).again_note
    with pytest.raises(MissingObject), desk.kit.storage.open(desk.one(Artifact).key):
        pass


def test_what_was_answered_meanwhile_is_left_alone(desk, cora, said):
    old = desk.one(CleanCopy)
    ask_clean_again(desk.kit, cora, said.public_id)
    answer_concern(desk.kit, cora, said.public_id, Answer("carry_on", "Score the rest."))
    desk.run()
    assert desk.one(CleanCopy) == old
    assert desk.one(Concern).reply == "Score the rest."


def test_objects_that_another_attempt_names_stay(desk, cora, said):
    old, plan = desk.one(CleanCopy), desk.one(Artifact)
    piece(desk, key=plan.key, copied_from_id=plan.id)
    ask_clean_again(desk.kit, cora, said.public_id)
    desk.run()
    assert there(desk, old.key)


def test_pressed_twice_it_runs_once_and_only_a_coordinator_asks(desk, cora, said):
    for person in (desk.people.ana, desk.people.lead, desk.learner):
        with pytest.raises(NotFound):
            ask_clean_again(desk.kit, desk.actor(person), said.public_id)
    ask_clean_again(desk.kit, cora, said.public_id)
    with pytest.raises(Refused) as no:
        ask_clean_again(desk.kit, cora, said.public_id)
    assert no.value.code == "already"


def test_without_a_file_there_is_nothing_to_make(desk, cora):
    round_id = desk.seated()
    said = concern(desk, two(desk, round_id)[0], round_id)
    with pytest.raises(Refused) as no:
        ask_clean_again(desk.kit, cora, said.public_id)
    assert no.value.code == "no_file"
    with desk.kit.read() as session:
        assert session.exec(select(CleanCopy)).all() == []
