"""Letters of whole stories as a real mail server is handed them: envelope, every header, every byte."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr
from urllib.parse import urlsplit

import pytest

from reviewhub import jobs
from reviewhub.models import Alias, LetterRow, Person, Question, Review
from reviewhub.services.answer_question import answer_question
from reviewhub.services.appeal import appeal
from reviewhub.services.ask_question import ask_question
from reviewhub.services.extend import ask_extension, extend
from reviewhub.services.renewing import keep_going
from tests.hostile import evidence
from tests.hostile.cast import DIFFERENT, WEAK
from tests.hostile.house import BLIND, FINAL, FIRST
from tests.hostile.watch import ATTEMPT
from tests.smtp_server import smtp_server

HEADERS = {"From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
           "Content-Transfer-Encoding"}  # fmt: skip
"""And no other: no Date of ours, no thread, nothing about the program or the machine that made it."""
KINDS = {"review_offered", "adjudication_offered", "feedback_released", "question_answered",
         "review_due_soon", "review_late"}  # fmt: skip
_TIME = re.compile(r"\b\d{1,2}:\d{2}\b(?!\d)")


@pytest.fixture
def post():
    with smtp_server() as server:
        yield server


@pytest.fixture
def settings(settings, post):
    return replace(settings, smtp_url=post.url)


@pytest.fixture
def told(house, world):
    """A dispute, its result, a question, an appeal, more time; weeks in which reminders go out."""
    cast, kit = house.cast, house.kit
    cast.send()
    for name in ("Cleo Third", "Dev Fourth", "Eva Fifth"):
        world.qualify(world.person(name, "assessor"), cast.micro)
    cast.hand_in(cast.ana, WEAK, FIRST[0])
    cast.hand_in(cast.ben, DIFFERENT, FIRST[1])
    cast.pass_undo()
    cast.hand_in(cast.lead, WEAK, BLIND[0])
    cast.hand_in(cast.lead, WEAK, FINAL[0])
    cast.pass_undo()
    cast.release()
    ask_question(kit, cast.story.actor, cast.story.id, 1, "What is quokkaasked about?")
    answer_question(kit, cast.actor(cast.lead), house.rows(Question)[-1].public_id, "It is quokkaanswer.")
    appeal(kit, cast.story.actor, cast.story.id, "You did not read quokkagrounds, which I gave.")
    cast.run()
    keep_going(kit, jobs.ALWAYS)
    late = house.rows(Review)[-1]
    person = next(one for one in house.rows(Person) if one.id == late.assessor_id)
    day = late.due_on + timedelta(7)
    ask_extension(kit, cast.actor(person), late.public_id, day, "Because of quokkacold.")
    extend(kit, cast.actor(cast.cora), late.public_id, day, "Because of quokkagiven.")
    for _ in range(30):
        kit.clock.move(days=1)
        cast.run()
    return house


def _must_not(house, person):
    """Marks that must be in no letter of theirs, whatever has happened: letters are kept."""
    cast, people = house.cast, house.rows(Person)
    others = [m for p in people if p.id != person.id for m in (p.name, p.email, p.public_id)]
    aliases = [m for a in house.rows(Alias) for m in (a.name, a.case_ref)]
    words = ["quokka", *FIRST, *BLIND, *FINAL, *evidence.HIDDEN]
    if person.id == cast.learner.id:
        return [*others, *aliases, *words]
    if person.id == cast.cora.id:
        return [*others, *(a.name for a in house.rows(Alias)), *words]
    return [*others, *house.identity(), *house.names_given_to_others(person), *words]


def _addresses(text):
    """Each part of each link's path, and of what stands behind it."""
    return [part for url in re.findall(r"https?://[^/]+/(\S+)", text) for part in re.split(r"[/?#=]", url)]


def _leaks(house, letter, person, content):
    """What the letter tells its reader beside what they may know; a learner knows their days and numbers."""
    text = letter.get_content()
    everything = "\n".join([content.decode("latin-1"), *map(str, letter.values()), text]).lower()
    found = [mark for mark in _must_not(house, person) if mark.lower() in everything]
    digits = r"\d" if person.id == house.cast.learner.id else "(?!)"
    found += [
        p
        for p in _addresses(text.replace(".\n", "\n"))
        if not re.fullmatch(rf"[a-z2-7]{{26}}|[a-z-]+|{digits}", p)
    ]
    if person.id != house.cast.learner.id:
        found += [m[0] for m in (_TIME.search(text), ATTEMPT.search(text.encode())) if m]
    return [f"{letter['Subject']!r} to {person.name} tells {mark!r}" for mark in found]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("quiet_log")
def test_no_header_and_no_word_of_a_letter_tells_its_reader_more_than_they_may_know(told, post, settings):
    by_address = {person.email: person for person in told.rows(Person)}
    host = urlsplit(settings.public_url).hostname
    leaks, references = [], set()
    for given in post.given:
        letter = message_from_bytes(given.content, policy=default)
        assert (given.sender, given.receivers) == (parseaddr(settings.mail_from)[1], [letter["To"]])
        assert letter["From"] == settings.mail_from
        assert sorted(letter.keys()) == sorted(HEADERS)
        assert re.fullmatch(rf"<[a-z2-7]{{26}}@{host}>", letter["Message-ID"])
        references.add(letter["Message-ID"])
        leaks += _leaks(told, letter, by_address[letter["To"]], given.content)
    rows = told.rows(LetterRow)
    assert references == {row.message_id for row in rows}
    assert len(post.given) == len(rows) > 20
    assert {row.kind for row in rows} >= KINDS
    assert not leaks, "\n".join(sorted(set(leaks)))
