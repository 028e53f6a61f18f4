"""The counting of `make bench NAME=faults` sees what is lost, doubled or left: else its zeros say nothing."""

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlmodel import select

from bench.killing.count import count
from bench.killing.journal import Acknowledged, Journal, read
from reviewhub.jobs import run_due
from reviewhub.models import Artifact, Attempt, Event, Hold, LetterRow, Outbox, Rating, Scoresheet
from tests.learner.story import Story, release, score
from tests.together.stand_ins import Converter

GOOD = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}


@pytest.fixture
def kit(kit):
    """Clean copies at once: what is counted is not how they are made."""
    return replace(kit, converter=Converter(kit.converter))


@pytest.fixture
def story(kit, world):
    """One submission whose feedback was released."""
    micro = world.micro_credential()
    world.assessors(micro, "Ana Silva", "Ben Okafor")
    told = Story.begin(kit, world.actor(world.person("Lee Learner")), micro).arrive()
    score(kit, world, told, GOOD, GOOD)
    release(kit, world, told, world.person("Lena Lund", "lead"))
    kit.clock.move(minutes=1)
    run_due(kit)
    return told


def counted(kit, *lines):
    with kit.read() as session:
        came = Counter(session.exec(select(LetterRow.message_id)))
    return count(kit, Acknowledged(lines), came)


def change(kit, statement):
    with kit.write() as tx:
        tx.session.execute(statement)


def test_a_story_without_accidents_is_well(kit, story):
    artifact = next(row for row in story.artifacts if row.kind == "file")
    found = counted(
        kit,
        {"what": "started", "submission": story.id},
        {"what": "file", "submission": story.id, "number": 1, "sha256": artifact.sha256},
        {"what": "sent", "submission": story.id, "number": 1, "word": "garden"},
    )
    assert found.well, (found.lost, found.doubled, found.waiting)
    assert found.acknowledged["sent"] == 1


@pytest.mark.parametrize(
    "line",
    [
        {"what": "started", "submission": "nowhere"},
        {"what": "next", "submission": "here", "number": 2},
        {"what": "file", "submission": "here", "number": 1, "sha256": "0" * 64},
        {"what": "sent", "submission": "here", "number": 1, "word": "a word that is not there"},
        {"what": "sent", "submission": "here", "number": 2, "word": "garden"},
        {"what": "sheet", "review": "r", "word": "w"},
        {"what": "undone", "review": "r", "word": "w"},
        {"what": "released", "feedback": "f"},
        {"what": "appealed", "submission": "here", "number": 1},
    ],
    ids=lambda line: line["what"],
)
def test_what_is_not_there_is_lost(kit, story, line):
    if line.get("submission") == "here":
        line = {**line, "submission": story.id}
    assert len(counted(kit, line).lost) == 1


def test_bytes_that_are_gone_are_lost(kit, story):
    artifact = next(row for row in story.artifacts if row.kind == "file")
    kit.storage.delete(artifact.key)
    line = {"what": "file", "submission": story.id, "number": 1, "sha256": artifact.sha256}
    assert len(counted(kit, line).lost) == 1


def test_a_sheet_that_is_stored_twice_is_doubled(kit, story):
    with kit.write() as tx:
        rating = tx.session.exec(select(Rating)).first()
        sheet = tx.session.get_one(Scoresheet, rating.scoresheet_id)
        again = Scoresheet(**{**sheet.model_dump(), "id": None, "sequence": 9})
        tx.session.add(again)
        tx.session.flush()
        tx.session.add(Rating(**{**rating.model_dump(), "id": None, "scoresheet_id": again.id}))
    assert "stored 2 times" in counted(kit).doubled[0]


def test_a_letter_too_many_is_doubled(kit, story):
    with kit.write() as tx:
        letter = tx.session.exec(select(LetterRow).where(LetterRow.kind == "feedback_released")).one()
        tx.session.add(LetterRow(**{**letter.model_dump(), "id": None, "message_id": "<another>"}))
    assert "2 letters feedback_released" in counted(kit).doubled[0]


@pytest.mark.parametrize(
    "statement",
    [
        update(Outbox).where(Outbox.job == "resolve").values(done_at=None),
        update(Attempt).values(state="checking"),
        update(Event).values(to_state="elsewhere"),
        update(Artifact).values(state="checked"),
    ],
    ids=["a job that is due", "an attempt being checked", "a broken chain", "nothing"],
)
def test_what_should_have_gone_on_is_left(kit, story, statement, request):
    change(kit, statement)
    assert bool(counted(kit).waiting) == ("nothing" not in request.node.callspec.id)


def test_an_open_hold_is_left(kit, story):
    with kit.write() as tx:
        tx.session.add(
            Hold(public_id="h", subject="job", subject_id=1, code="job_failed", opened_at=kit.clock.now())
        )
    assert counted(kit).waiting


def test_a_journal_that_was_cut_off_gives_what_was_acknowledged(tmp_path):
    path = tmp_path / "one.journal"
    journal = Journal(path)
    journal.write("started", submission="s")
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"what": "sent", "subm')
    assert read([path]).lines == ({"what": "started", "submission": "s"},)
