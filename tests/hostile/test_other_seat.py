"""Rule 9: two worlds, equal but for what the other seat did, are the same to the first one, byte by byte."""

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from reviewhub.app import create_app
from reviewhub.bootstrap import build
from reviewhub.models import Alias, LetterRow
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.exclude import declare_known
from reviewhub.services.extend import ask_extension
from reviewhub.services.hand_back import hand_back
from reviewhub.services.object_to_lock import object_to_lock
from reviewhub.services.raise_concern import Said, raise_concern
from reviewhub.services.score import save_draft, undo
from tests.assessor.desk import WEAK, entries
from tests.cases import sign_in
from tests.conftest import HandClock
from tests.hostile.crawl import Crawler
from tests.rounds.bench import Bench
from tests.world import World

FIRST = ("/home", "/queue", "/reviews", "/away", "/account", "/explore")
_TOKEN = re.compile(r'name="csrf.token" (?:value|content)="[^"]*"')
_COOKIE = re.compile(r"^Set-Cookie: (\w+)=[^;]*(?:; Expires=[^;]*)?", re.MULTILINE)
_REFERENCE = re.compile(r"\b[0-9a-f]{8}\b")
"""Of an error page: drawn for each answer."""
_ID = re.compile(r"\b[a-z2-7]{26}\b")


class Pair(Bench):
    """Two assessors have the seats, at an attempt on which locks rest; a third could take one."""

    def __init__(self, world):
        super().__init__(world)
        self.ana, self.ben = self.assessors[:2]

    def begin(self):
        for other in self.assessors[2:]:
            _away(self, other)
        self.released(WEAK)
        self.round_id = self.seated(number=2)
        assert {review.assessor_id for review in self.seats(self.round_id)} == {self.ana.id, self.ben.id}
        return self

    def of(self, person):
        return self.review(person, self.round_id)


def _away(bench, person):
    with bench.kit.write() as tx:
        stored = tx.session.get_one(type(person), person.id)
        stored.away_until = bench.kit.clock.now().date().replace(year=2030)


def nothing(_pair, _person):
    pass


def draft(pair, person):
    save_draft(pair.kit, pair.actor(person), pair.of(person).public_id, entries({"goal": "clear"}), 0)


def submit(levels):
    return lambda pair, person: pair.submit(person, levels, pair.round_id)


def taken_back(pair, person):
    submit({"goal": "clear"})(pair, person)
    undo(pair.kit, pair.actor(person), pair.of(person).public_id)


def concern(pair, person):
    raise_concern(
        pair.kit, pair.actor(person), pair.of(person).public_id, Said("other", "It smells of smoke.")
    )


def objection(pair, person):
    object_to_lock(
        pair.kit, pair.actor(person), pair.of(person).public_id, "audience", "Nobody was asked here."
    )


def correction(pair, person):
    ask_correction(
        pair.kit, pair.actor(person), pair.of(person).public_id, "I pressed the wrong level there."
    )


def more_time(pair, person):
    review = pair.of(person)
    day = review.due_on + timedelta(7)
    ask_extension(pair.kit, pair.actor(person), review.public_id, day, "I have a cold these days.")


def excluded(pair, person):
    declare_known(pair.kit, pair.actor(person), pair.of(person).public_id)
    pair.run()


def back(pair, person):
    hand_back(pair.kit, pair.actor(person), pair.of(person).public_id, "No time left.")
    pair.run()


AGREES, DIFFERS = {"goal": "clear"}, {"goal": "vague"}
OTHERS = {
    "draft": (draft, nothing),
    "handed in, the same": (submit(AGREES), nothing),
    "handed in, another": (submit(DIFFERS), nothing),
    "taken back": (taken_back, nothing),
    "concern": (concern, nothing),
    "objection": (objection, nothing),
    "objection, handed in": (lambda p, who: (objection(p, who), submit(AGREES)(p, who)), nothing),
    "correction": (submit(DIFFERS), correction),
    "more time": (more_time, nothing),
    "excluded": (excluded, nothing),
    "handed back": (back, nothing),
}
OWN = {"not started": nothing, "draft": draft, "handed in": submit(AGREES), "taken back": taken_back}


@pytest.fixture
def worlds(tmp_path, settings, migrated_sqlite):
    """Makes worlds of their own, with clocks that stand at the same moment."""
    made = []

    def make():
        data = tmp_path / f"world-{len(made)}"
        data.mkdir()
        (data / "reviewhub.sqlite").write_bytes(migrated_sqlite.read_bytes())
        here, clock = replace(settings, data=data, database_url=""), HandClock()
        kit, app = build(here, clock), create_app(here, clock)
        app.testing = True
        made.append((kit, app))
        return SimpleNamespace(pair=Pair(World(kit)).begin(), app=app, settings=here)

    yield make
    for kit, app in made:
        kit.db.close()
        app.extensions["reviewhub"].db.close()


class Transcript:
    """Everything that Ana can reach, with ids as numbers in the order in which she meets them."""

    def __init__(self, world):
        self.world, self.pair = world, world.pair
        self.client = world.app.test_client()
        sign_in(self.client, self.pair.kit, self.pair.ana)
        self.names = {}

    def read(self):
        crawler = Crawler(self.client, self.world.settings)
        seen = crawler.crawl(*FIRST, f"/reviews/{self.pair.of(self.pair.ana).public_id}")
        pages = [self._same(f"{a.url}\n{a.status}\n{a.headers}\n{a.body.decode()}") for a in seen]
        letters = self.pair.all(LetterRow, LetterRow.person_id == self.pair.ana.id)
        return pages + [self._same(f"{r.kind} {r.created_at:%d} {r.subject}\n{r.body}") for r in letters]

    def _same(self, text):
        for alias in self.pair.all(Alias, Alias.viewer_id == self.pair.ana.id):
            text = text.replace(alias.name, "(alias)").replace(alias.case_ref, "(case)")
        text = _REFERENCE.sub("", _COOKIE.sub(r"Set-Cookie: \1", _TOKEN.sub("", text)))
        text = re.sub(r"^Content-Length: \d+", "", text, flags=re.MULTILINE)  # an alias is as long as it is
        return _ID.sub(lambda found: f"(id {self.names.setdefault(found[0], len(self.names))})", text)


def _transcripts(world, own, at_once, later):
    """As soon as both have acted, and after the undo windows."""
    pair, transcript = world.pair, Transcript(world)
    own(pair, pair.ana)
    at_once(pair, pair.ben)
    first = transcript.read()
    pair.pass_undo()
    later(pair, pair.ben)
    pair.run()
    return first, transcript.read()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("own", OWN)
def test_nothing_that_an_assessor_reaches_depends_on_the_other_seat(worlds, own):
    quiet = _transcripts(worlds(), OWN[own], nothing, nothing)
    assert len(quiet[0]) > 10
    differ = []
    for name, (at_once, later) in OTHERS.items():
        for when, here, there in zip(
            ("at once", "later"), quiet, _transcripts(worlds(), OWN[own], at_once, later), strict=True
        ):
            differ += [f"{name}, {when}: {one[:60]!r}" for one in set(here) ^ set(there)]
            if here != there and not set(here) ^ set(there):
                differ.append(f"{name}, {when}: another order")
    assert not differ, "\n".join(differ)
