"""What is drawn by chance tells neither who nor when: names, references, ids, keys, orders of lists.

Draws come from generators with fixed seeds: a run can only fail where the code has changed. For true chance
each bound would be crossed about once in 10,000 runs (chi-square: 3.72 standard deviations of its normal
form; rank correlation: 3.9 of its own).
"""

import itertools
import random
import re
from collections import Counter
from math import sqrt

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from reviewhub.domain.alias_words import ADJECTIVES, BIRDS
from reviewhub.models import LetterRow
from reviewhub.queries.assessor import queue
from reviewhub.queries.lead import desk
from reviewhub.services import alias, ids
from reviewhub.services.alias import alias_for
from tests.cases import Cases
from tests.hostile.cast import DIFFERENT, WEAK
from tests.hostile.crawl import STARTS
from tests.hostile.house import House

MANY = 4_000


def uneven(values, among):
    """How many standard deviations the counts are from even (Wilson and Hilferty's chi-square)."""
    counts, expected, free = Counter(values), len(values) / len(among), len(among) - 1
    assert set(counts) <= set(among)
    chi = sum((counts[one] - expected) ** 2 / expected for one in among)
    return ((chi / free) ** (1 / 3) - (1 - 2 / (9 * free))) / sqrt(2 / (9 * free))


def related(values):
    """Spearman's rank correlation with the order in which they came, in standard deviations."""
    ranks = {value: rank for rank, value in enumerate(sorted(values))}
    apart = sum((place - ranks[value]) ** 2 for place, value in enumerate(values))
    size = len(values)
    return (1 - 6 * apart / (size * (size**2 - 1))) * sqrt(size - 1)


EVEN, UNRELATED = 3.72, 3.9


def _second_by_first(names):
    """The second of each pair, in the order of the first."""
    pairs = sorted(zip(names[::2], names[1::2], strict=True))
    return list(dict.fromkeys(second for _, second in pairs))


@pytest.fixture
def seeded(monkeypatch):
    """Draws that are the same in every run."""
    chance = random.Random(20261102)
    monkeypatch.setattr(alias.secrets, "choice", chance.choice)
    monkeypatch.setattr(ids.secrets, "token_bytes", chance.randbytes)
    return chance


def test_the_bounds_tell_what_is_uneven_or_follows_an_order():
    chance = random.Random(7)
    letters = "abcdefgh"
    assert abs(uneven([chance.choice(letters) for _ in range(MANY)], letters)) < EVEN
    assert uneven([chance.choice(letters + "a") for _ in range(MANY)], letters) > EVEN
    assert abs(related([chance.random() for _ in range(MANY)])) < UNRELATED
    assert related([number / MANY + 4 * chance.random() for number in range(MANY)]) > UNRELATED


def test_words_of_names_and_signs_of_references_are_even_and_follow_no_order(seeded):
    class Nobody:
        """A database in which nobody has a name yet."""

        def exec(self, _query):
            return self

        def all(self):
            return []

        def first(self):
            return None

    names = [alias._name(Nobody(), 1, number % 7) for number in range(MANY)]
    references = list(dict.fromkeys(alias._case_ref(Nobody()) for _ in range(MANY)))
    assert abs(uneven([name.split()[0] for name in names], ADJECTIVES)) < EVEN
    assert abs(uneven([name.split()[1] for name in names], BIRDS)) < EVEN
    for place, signs in enumerate([alias._LETTERS, alias._DIGITS, "-", *[alias._ANY] * 4]):
        if len(signs) > 1:
            assert abs(uneven([reference[place] for reference in references], signs)) < EVEN, place
    assert abs(related(list(dict.fromkeys(names)))) < UNRELATED
    assert abs(related(references)) < UNRELATED
    # Two viewers of the same work get draws one after the other: these tell nothing of each other.
    assert abs(related(_second_by_first(names))) < UNRELATED


def test_ids_and_keys_are_even_and_follow_no_order(seeded):
    drawn = [ids.public_id() for _ in range(MANY)]
    assert len(set(drawn)) == MANY
    for place in range(25):  # the last sign holds three bits
        assert abs(uneven([one[place] for one in drawn], "abcdefghijklmnopqrstuvwxyz234567")) < EVEN + 1, (
            place
        )
    assert abs(related(drawn)) < UNRELATED


@pytest.fixture
def few_words(monkeypatch, seeded):
    monkeypatch.setattr(alias, "ADJECTIVES", tuple("ABCDEFGHIJKL"))
    monkeypatch.setattr(alias, "BIRDS", ("Finch",))


def test_no_two_viewers_know_one_submission_by_one_name(kit, world, few_words):
    viewers = [world.person(f"Viewer {number}") for number in range(8)]
    case = Cases(world).open(world.person("Lee Learner"), world.micro_credential())
    with kit.write() as tx:
        names = [alias_for(tx, case.submission.id, viewer.id).name for viewer in viewers]
    assert len(set(names)) == len(names)


@pytest.fixture
def same_day(kit, world):
    """Eight learners whose work came one after the other, and is due and promised for the same days."""
    cases, micro = Cases(world), world.micro_credential()
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    return cases, micro, (ana, ben), [world.person(f"Learner {number}") for number in range(8)]


def test_a_queue_is_in_the_order_of_its_names_where_days_are_the_same(kit, world, same_day):
    cases, micro, (ana, ben), learners = same_day
    for learner, name in zip(learners, "GCAHEBFD", strict=True):
        case = cases.scoring(learner, micro, ana, ben)
        with kit.write() as tx:
            alias_for(tx, case.submission.id, ana.id).name = f"{name} Finch"
    with kit.read() as session:
        found = [item.alias[0] for item in queue(session, world.actor(ana), kit.clock.now()).to_score]
    assert found == sorted(found)


def test_a_leads_desk_does_not_tell_what_was_decided_first_where_days_are_the_same(kit, world, same_day):
    cases, micro, pair, learners = same_day
    lead = world.person("Lena Lund", "lead")
    made = [cases.decided(learner, micro, pair).feedback.public_id for learner in learners]
    with kit.read() as session:
        found = [item.public_id for item in desk(session, world.actor(lead), kit.clock.now()).items]
        rest = desk(session, world.actor(lead), kit.clock.now(), after=found[2]).items
    assert found == sorted(made)
    assert [item.public_id for item in rest] == found[3:]


@pytest.fixture
def tall_keys():
    """Every row gets a key of the database that is recognised wherever it stands."""
    keys = itertools.count(770_000_001)

    def number(_mapper, _connection, row):
        if getattr(row, "id", 0) is None:
            row.id = next(keys)

    event.listen(Mapper, "before_insert", number)
    yield re.compile(r"7700\d{5}")
    event.remove(Mapper, "before_insert", number)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_key_of_the_database_is_in_an_address_a_page_a_file_or_a_letter(tall_keys, cast, crawler):
    cast.begin()
    cast.send()
    cast.hand_in(cast.ana, WEAK, "wren")
    cast.hand_in(cast.ben, DIFFERENT, "robin")
    cast.pass_undo()
    for _ in range(2):
        cast.hand_in(cast.lead, WEAK, "stork")
    cast.pass_undo()
    met, opened = set(), 0
    for name in ("ana", "lead", "cora", "learner"):
        for answer in crawler(getattr(cast, name)).crawl(*STARTS):
            opened += 1
            whole = f"{answer.url}\n{answer.headers}\n{answer.body.decode('latin-1')}"
            met |= {(answer.url, key) for key in tall_keys.findall(whole)}
    letters = House(cast).rows(LetterRow)
    assert tall_keys.search(str(cast.learner.id)), "the keys are what is looked for"
    assert opened > 100
    assert letters
    assert not [row.kind for row in letters if tall_keys.search(f"{row.message_id} {row.subject} {row.body}")]
    assert met == set()
