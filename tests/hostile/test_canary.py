"""One attempt whose learner is marked in every hidden place, crawled by everybody in every state.

What each may see is domain/blinding.py; here only what they must not is written down, as marks in bytes.
"""

import io
import json
import re

import pytest
from PIL import Image
from sqlmodel import col, select

from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    CleanCopy,
    Correction,
    Event,
    Feedback,
    Hold,
    LetterRow,
    Outbox,
    Person,
    Review,
    Round,
    Submission,
)
from tests.hostile import evidence
from tests.hostile.cast import DIFFERENT, MENDED, STILL, WEAK
from tests.hostile.crawl import STARTS

FIRST, SECOND = ("wren-ana-one", "wren-ben-one"), ("wren-ana-two", "wren-ben-two")
BLIND, FINAL = ("heron-blind-one", "heron-blind-two"), ("heron-final-one", "heron-final-two")
HARMLESS = {"jfif", "jfif_version", "jfif_density", "jfif_unit", "progressive", "progression",
            "loop", "background"}  # fmt: skip
ATTEMPT = re.compile(rb"attempts?(?:\s|&nbsp;)*(?:no\.?|number)?\s*[12]\b", re.IGNORECASE)


class House:
    """What is stored, and so what could be found."""

    def __init__(self, cast):
        self.cast, self.kit = cast, cast.kit

    def rows(self, table):
        with self.kit.read() as session:
            return session.exec(select(table).order_by(col(table.id))).all()

    def identity(self):
        """Marks of the learner that nobody who scores may ever meet."""
        learner = self.cast.learner
        marks = [*learner.name.split(), learner.email, learner.public_id, "quokkachange"]
        marks += [*evidence.HIDDEN, "03:17", self.cast.story.id]
        marks += [row.public_id for row in self.rows(Attempt)]
        for row in self.rows(Artifact):
            marks += [row.public_id, row.key, row.staging_key, row.sha256, row.url]
        return [mark for mark in marks if mark]

    def staff(self, *but):
        """Names, addresses and ids of everybody who works here, save these."""
        people = (self.cast.ana, self.cast.ben, self.cast.idle, self.cast.lead, self.cast.cora)
        return [m for p in people if p not in but for m in (p.name, p.email, p.public_id)]

    def names_given_to_others(self, viewer):
        """Aliases and case references that other viewers know the submission by."""
        return [m for a in self.rows(Alias) if a.viewer_id != viewer.id for m in (a.name, a.case_ref)]

    def reviews_of_others(self, viewer):
        return [row.public_id for row in self.rows(Review) if row.assessor_id != viewer.id]

    def everything(self):
        """All that belongs to the submission, for those to whom it does not exist."""
        marks = self.identity() + [m for a in self.rows(Alias) for m in (a.name, a.case_ref)]
        for table in (Review, Round, CleanCopy, Feedback, Hold):
            marks += [row.public_id for row in self.rows(table)]
        marks += [row.key for row in self.rows(CleanCopy)]
        return [*marks, "quokkasaying", *FIRST, *SECOND, *BLIND, *FINAL]

    def guesses(self):
        """Every address that somebody could type who knew every id."""
        found = []
        for table, paths in {
            Submission: ("/work/{}", "/work/{}/evidence", "/work/{}/feedback/1", "/work/{}/feedback/2",
                         "/coordinate/submissions/{}", "/coordinate/submissions/{}/conflict",
                         "/coordinate/submissions/{}/hold"),
            Review: ("/reviews/{}", f"/coordinate/submissions/{self.cast.story.id}/seats/{{}}"),
            Feedback: ("/feedback/{}",),
            Artifact: ("/files/{}",),
            CleanCopy: ("/files/{}",),
            Attempt: ("/files/{}", "/work/{}", "/reviews/{}"),
            Round: ("/reviews/{}", f"/coordinate/submissions/{self.cast.story.id}/rescores/{{}}"),
            Correction: ("/feedback/corrections/{}", "/feedback/{}"),
            Person: ("/coordinate/people/{}",),
            Hold: ("/coordinate/holds/{}",),
        }.items():  # fmt: skip
            found += [path.format(row.public_id) for row in self.rows(table) for path in paths]
        found += [f"/coordinate/submissions?case={row.case_ref}" for row in self.rows(Alias)]
        return found


@pytest.fixture
def house(cast):
    cast.begin()
    return House(cast)


def _told(answer, marks):
    """Whoever typed an id into the address learns nothing from it, as long as there is no answer."""
    return [m for m in marks if m.lower() not in answer.url.lower()] if answer.status != 200 else marks


class Watch:
    """Crawls as everybody and collects what leaked."""

    def __init__(self, house, crawler):
        self.house, self.cast, self.crawler = house, house.cast, crawler
        self.leaks, self.opened = [], 0

    def look(self, state, viewer, marks, *, numbers=False, guess=False):
        person = getattr(self.cast, viewer) if isinstance(viewer, str) else viewer
        name = person.name if person else "anonymous"
        crawl = self.crawler(person)
        seen = crawl.crawl(*STARTS)
        linked = {answer.url for answer in seen}
        guesses = self.house.guesses() if guess else ()
        typed = [a for guess in guesses if guess not in linked for a in crawl.open(guess)]
        self.opened += len(seen) + len(typed)
        for answer in (*seen, *typed):
            for mark in marks if answer.url in linked else _told(answer, marks):
                if where := answer.holds(mark):
                    self.leaks.append(f"{state}: {name} meets {mark!r} in the {where} of {answer.url}")
            if numbers and (found := ATTEMPT.search(answer.body)):
                self.leaks.append(f"{state}: {name} reads {found[0].decode()!r} on {answer.url}")
        if person is not self.cast.learner:
            self._pictures([*seen, *typed])
        return seen

    def _pictures(self, seen):
        """Metadata may be packed, so that its marks are in no byte: there must be none."""
        for answer in seen:
            if "Content-Type: image/" in answer.headers and answer.url.startswith("http"):
                with Image.open(io.BytesIO(answer.body)) as image:
                    assert not image.getexif(), answer.url
                    assert set(image.info) <= HARMLESS, (answer.url, image.info)

    def outsiders(self, state):
        marks = self.house.everything()
        for person in (*self.cast.strangers, self.cast.classmate, None):
            self.look(state, person, [*marks, *self.house.staff()], guess=True)
        self.look(state, "idle", [*marks, *self.house.staff(self.cast.idle)], guess=True)

    def seat(self, state, viewer, *comments, guess=False, final=False):
        """An assessor: nothing of the learner, of colleagues, of what others gave.

        The attempt's number and what the learner says changed: only when their own sheet is `final`.
        """
        house, person = self.house, getattr(self.cast, viewer)
        marks = house.identity() + house.staff(person) + house.names_given_to_others(person)
        marks += house.reviews_of_others(person)
        if final:
            marks.remove("quokkachange")
        return self.look(state, viewer, [*marks, *comments], numbers=not final, guess=guess)

    def lead(self, state, *comments, numbers=False, guess=False):
        """The lead: no names at all; comments and change note only from the decision on."""
        house = self.house
        marks = house.identity() + house.staff(self.cast.lead) + house.names_given_to_others(self.cast.lead)
        if not numbers:
            marks.remove("quokkachange")
        return self.look(state, "lead", [*marks, *comments], numbers=numbers, guess=guess)

    def coordinator(self, state, *comments):
        """Names, but no content: no answers, no clean copies, no comments, no alias."""
        marks = [row.name for row in self.house.rows(Alias)] + [row.key for row in self.house.rows(CleanCopy)]
        marks += [row.key for row in self.house.rows(Artifact) if row.key]
        self.look(state, "cora", ["quokkasaying", *marks, *comments], guess=True)

    def learner(self, state, *comments):
        """Own things only: nobody who scores, no alias, no comment before the release."""
        marks = self.house.staff() + [m for a in self.house.rows(Alias) for m in (a.name, a.case_ref)]
        marks += [row.public_id for table in (Review, Round) for row in self.house.rows(table)]
        self.look(state, "learner", [*marks, *comments], guess=True)

    def letters(self):
        """Each letter as its reader gets it."""
        cast, house = self.cast, self.house
        scorers = {cast.ana.email: cast.ana, cast.ben.email: cast.ben, cast.lead.email: cast.lead}
        for row in house.rows(LetterRow):
            if row.to in scorers:
                person = scorers[row.to]
                marks = house.identity() + house.staff(person) + house.names_given_to_others(person)
                marks += [*FIRST, *SECOND, *BLIND, *FINAL]
            elif row.to == cast.learner.email:
                marks = house.staff() + [m for a in house.rows(Alias) for m in (a.name, a.case_ref)]
            else:
                marks = house.everything()
            text = f"{row.message_id} {row.subject} {row.body}".lower()
            self.leaks += [f"a letter to {row.to} has {mark!r}" for mark in marks if mark.lower() in text]
            if row.to in scorers and ATTEMPT.search(text.encode()):
                self.leaks.append(f"a letter to {row.to} tells the attempt's number")

    def kept(self):
        """The chain of events and the jobs hold ids and codes, so that erasing a person leaves them whole."""
        marks = [evidence.NAME, *evidence.NAME.split(), self.cast.learner.email, *evidence.HIDDEN, "quokka"]
        for row in (*self.house.rows(Event), *self.house.rows(Outbox)):
            text = json.dumps(row.model_dump(mode="json")).lower()
            self.leaks += [f"{type(row).__name__} holds {m!r}" for m in marks if m.lower() in text]


@pytest.fixture
def watch(house, crawler):
    return Watch(house, crawler)


def _round(watch, state, comments, blind, decided, earlier, sheets):
    """Both seats differ, the lead decides; everybody looks at each step. `earlier`: what was said before."""
    cast, (ana_said, ben_said) = watch.cast, comments
    for viewer in ("ana", "ben"):
        watch.seat(f"{state} scoring", viewer, *earlier, guess=viewer == "ana")
    watch.lead(f"{state} scoring", *comments, guess=True)

    cast.hand_in(cast.ana, sheets[0], ana_said)
    watch.seat(f"{state} submitted", "ana", *earlier, ben_said)
    watch.seat(f"{state} submitted", "ben", *earlier, ana_said)
    watch.lead(f"{state} submitted", *comments)

    cast.hand_in(cast.ben, sheets[1], ben_said)
    cast.pass_undo()
    assert cast.round_state() == "adjudicating"
    final = bool(earlier)
    watch.seat(f"{state} adjudicating", "ana", ben_said, final=final)
    watch.seat(f"{state} adjudicating", "ben", ana_said, final=final)
    watch.lead(f"{state} adjudicating", *comments, *earlier, numbers=True, guess=True)
    watch.learner(f"{state} adjudicating", *comments)

    cast.hand_in(cast.lead, sheets[1], blind)
    watch.lead(f"{state} deciding", *earlier, numbers=True)
    cast.hand_in(cast.lead, sheets[0], decided)
    watch.seat(f"{state} decided soon", "ana", ben_said, blind, decided, final=final)
    cast.pass_undo()
    assert cast.round_state() == "resolved"
    for viewer, other in (("ana", ben_said), ("ben", ana_said)):
        watch.seat(f"{state} decided", viewer, other, blind, decided, final=final)
    watch.lead(f"{state} decided")
    watch.coordinator(f"{state} decided", *comments, blind, decided)
    watch.learner(f"{state} decided", *comments, blind, decided)
    watch.outsiders(f"{state} decided")


@pytest.mark.timeout(600)
def test_nobody_meets_more_than_they_may(watch, caplog):
    caplog.set_level("INFO")
    cast = watch.cast
    watch.outsiders("draft")
    watch.lead("draft")
    cast.send()
    assert cast.round_state() == "scoring"
    _round(watch, "first", FIRST, BLIND[0], FINAL[0], (), (WEAK, DIFFERENT))
    cast.release()
    for viewer, other in (("ana", FIRST[1]), ("ben", FIRST[0])):
        watch.seat("released", viewer, other)
    watch.lead("released")
    watch.learner("released", BLIND[0])
    watch.coordinator("released", *FIRST, BLIND[0], FINAL[0])

    cast.again()
    watch.seat("second draft", "ana", FIRST[1])
    watch.lead("second draft")
    cast.send()
    _round(watch, "second", SECOND, BLIND[1], FINAL[1], (*FIRST, BLIND[0], FINAL[0]), (MENDED, STILL))
    cast.release()
    watch.learner("met", *BLIND)
    watch.outsiders("met")
    watch.letters()
    watch.kept()

    assert watch.opened > 1000
    assert not watch.leaks, "\n".join(sorted(set(watch.leaks)))
    for mark in (*evidence.NAME.split(), "silva", "okafor", "people.example", "quokka", *evidence.HIDDEN):
        assert mark.lower() not in caplog.text.lower(), f"{mark} is logged"


def test_the_watch_would_notice(watch, crawler):
    """Against a vacuous crawl: the learner's own pages and files hold the marks, and the crawl meets them."""
    seen = crawler(watch.cast.learner).crawl("/work")
    met = [
        mark for mark in (*evidence.HIDDEN, "zebrowitz", "quokkasaying") if any(a.holds(mark) for a in seen)
    ]
    assert set(met) >= {"canaryexif", "canaryxmp", "canarypng", "canarypdf", "canaryfile", "canaryweb"}
    watch.cast.send()
    seen = crawler(watch.cast.ana).crawl("/queue")
    kinds = {line for a in seen for line in re.findall(r"^Content-Type: (\S+?);?\s", a.headers, re.MULTILINE)}
    assert {"image/webp", "image/png", "image/jpeg"} <= kinds
    assert any(a.holds("planted in march") and a.holds("quokkasaying") for a in seen)
