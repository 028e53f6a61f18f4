"""Crawls as everybody, and collects what leaked."""

import io
import json
import re

from PIL import Image

from reviewhub.models import Alias, Event, LetterRow, Outbox
from tests.hostile import evidence
from tests.hostile.crawl import STARTS
from tests.hostile.house import BLIND, FINAL, FIRST, SECOND

HARMLESS = {"jfif", "jfif_version", "jfif_density", "jfif_unit", "progressive", "progression",
            "loop", "background"}  # fmt: skip
ATTEMPT = re.compile(rb"attempts?(?:\s|&nbsp;)*(?:no\.?|number)?\s*[12]\b", re.IGNORECASE)


def told(answer, marks):
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
            for mark in marks if answer.url in linked else told(answer, marks):
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
        for who in (*self.cast.strangers, self.cast.classmate, None, "idle"):
            self.look(state, who, self.house.hidden_from(who), guess=True)
        self.look(state, "max", self.house.hidden_from("max"))

    def seat(self, state, viewer, *comments, guess=False, final=False):
        """An assessor: nothing of the learner, of colleagues, of what others gave.

        The attempt's number and what the learner says changed: only when their own sheet is `final`.
        """
        marks = self.house.hidden_from(viewer)
        if final:
            marks.remove("quokkachange")
        return self.look(state, viewer, [*marks, *comments], numbers=not final, guess=guess)

    def lead(self, state, *comments, numbers=False, guess=False):
        """The lead: no names at all; comments and change note only from the decision on."""
        marks = self.house.hidden_from("lead")
        if not numbers:
            marks.remove("quokkachange")
        return self.look(state, "lead", [*marks, *comments], numbers=numbers, guess=guess)

    def coordinator(self, state, *comments):
        """Names, but no content: no answers, no clean copies, no comments, no alias."""
        self.look(state, "cora", [*self.house.hidden_from("cora"), *comments], guess=True)

    def learner(self, state, *comments):
        """Own things only: nobody who scores, no alias, no comment before the release."""
        self.look(state, "learner", [*self.house.hidden_from("learner"), *comments], guess=True)

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
