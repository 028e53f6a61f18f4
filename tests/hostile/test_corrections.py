"""Whoever asks to correct a sheet learns nothing by it, and nobody learns who asked."""

import re

import pytest
from sqlmodel import col, select

from reviewhub.models import Correction
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.rescore import rescore
from reviewhub.services.supersede import supersede
from tests.assessor.desk import GOOD, WEAK
from tests.cases import sign_in
from tests.hostile.cast import WEAK as SAME
from tests.hostile.house import House
from tests.hostile.watch import Watch
from tests.rounds.bench import POOR, Bench
from tests.rounds.test_corrections import NO, WHY, answer, ask, correct

_TOKEN = re.compile(rb'name="csrf.token" (?:value|content)="[^"]*"')
REASONS, ANSWERS = ("wren-ana-reason", "wren-ben-reason"), ("heron-answer-one", "heron-answer-two")


@pytest.fixture
def watch(cast, crawler):
    cast.begin()
    return Watch(House(cast), crawler)


@pytest.mark.slow
def test_nobody_meets_another_persons_words_or_name(watch):
    cast, kit = watch.cast, watch.cast.kit
    cast.send()
    for person, said in ((cast.ana, "wren-ana-one"), (cast.ben, "wren-ben-one")):
        cast.hand_in(person, SAME, said)
    cast.pass_undo()
    lead = cast.actor(cast.lead)
    for person, reason, words, agree in zip(
        (cast.ana, cast.ben), REASONS, ANSWERS, (False, True), strict=True
    ):
        ask_correction(kit, cast.actor(person), cast.review(person).public_id, reason)
        with kit.read() as session:
            asked = session.exec(select(Correction).order_by(col(Correction.id).desc())).first().public_id
        state = f"asked by {person.name}"
        watch.lead(state, *ANSWERS)  # by crawling they have read it
        _others(watch, state)
        read_correction(kit, lead, asked)
        decide_correction(kit, lead, asked, agree=agree, reason=words)
        _others(watch, f"answered to {person.name}")
    sheet = {
        cid: {"level": level, "comment": "wren-ben-new"} for cid, level in (SAME | {"goal": "clear"}).items()
    }
    supersede(kit, cast.actor(cast.ben), cast.review(cast.ben).public_id, sheet)
    cast.run()
    _others(watch, "corrected")
    watch.lead("corrected")
    watch.letters()
    watch.kept()
    assert not watch.leaks, "\n".join(sorted(set(watch.leaks)))


def _others(watch, state):
    """The other seat, the learner, and whoever has no part in it; each with every address that there is."""
    watch.seat(state, "ana", REASONS[1], ANSWERS[1], "wren-ben-one", "wren-ben-new", guess=True)
    watch.seat(state, "ben", REASONS[0], ANSWERS[0], "wren-ana-one", guess=True)
    watch.learner(state, *REASONS, *ANSWERS)
    watch.outsiders(state)


class Fates:
    """What the world does with a round while one assessor looks at their own pages."""

    def __init__(self, bench):
        self.bench = bench
        self.round_id = bench.seated()
        self.mine, self.other = bench.seats(self.round_id)
        bench.submit(bench.person(self.mine), WEAK, self.round_id)
        bench.pass_undo()

    def other_seat(self):
        self.bench.submit(self.bench.person(self.other), POOR, self.round_id)
        self.bench.pass_undo()

    def adjudicated(self):
        self.bench.adjudicate(self.round_id, WEAK)

    def released(self):
        self.bench.release()

    def scored_again(self):
        rescore(self.bench.kit, self.bench.cora, self.bench.submission.public_id, 1, WHY)
        self.bench.run()
        self.bench.score(self.bench.rounds()[-1].id, GOOD, GOOD)

    ALL = (other_seat, adjudicated, released, scored_again)


@pytest.mark.parametrize("own", ["", "asked", "refused", "granted", "used"])
def test_an_assessors_pages_are_the_same_bytes_whatever_becomes_of_the_round(world, app, kit, own):
    bench = Bench(world)
    spare = world.person("Lotta Third", "lead")
    fates = Fates(bench)
    if own:
        asked = ask(bench, fates.mine)
    if own == "refused":
        answer(bench, asked, agree=False, by=spare, reason=NO)
    if own in {"granted", "used"}:
        answer(bench, asked, by=spare)
    if own == "used":
        correct(bench, fates.mine, GOOD)
    client = app.test_client()
    sign_in(client, kit, bench.person(fates.mine))

    def pages():
        review = fates.mine.public_id
        where = (f"/reviews/{review}", f"/reviews/{review}/correction", "/reviews", "/queue")
        found = [client.get(path) for path in where]
        return [(one.status_code, _TOKEN.sub(b"", one.get_data())) for one in found]

    before = pages()
    assert before[0][0] == 200
    for happens in Fates.ALL:
        happens(fates)
        assert pages() == before, happens.__name__
