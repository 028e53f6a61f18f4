"""The event of sending pins the words as sent, and gives nothing away without its salt."""

import hashlib

import pytest
from sqlmodel import select

from reviewhub.domain.audit import pin
from reviewhub.models import Attempt, Event
from reviewhub.services.own_work import artifacts_of
from reviewhub.services.submit import words_of
from tests.learner.story import Story
from tests.rubrics import small_rubric


@pytest.fixture
def sent(kit, world):
    micro = world.micro_credential(small_rubric())
    story = Story.begin(kit, world.actor(world.person("Lee Learner")), micro)
    story.fill()
    story.submit()
    with kit.write() as tx:
        attempt = tx.session.exec(select(Attempt)).one()
        words = words_of(artifacts_of(tx, attempt))
        pinned = tx.session.exec(select(Event.facts).where(Event.action == "attempt.submit")).one()["texts"]
    return attempt, words, pinned


def test_words_and_salt_give_the_pin_and_other_words_do_not(sent):
    attempt, words, pinned = sent
    assert words
    assert pin(words, attempt.words_salt) == pinned
    words[0][2] += "."
    assert pin(words, attempt.words_salt) != pinned


def test_who_guesses_the_words_cannot_confirm_it_without_the_salt(sent):
    attempt, words, pinned = sent
    assert len(attempt.words_salt) == 32
    assert pinned not in {pin(words, ""), hashlib.sha256(repr(words).encode()).hexdigest()}
