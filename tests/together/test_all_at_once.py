"""Many people and workers in real threads: nothing deadlocks, no chain breaks, and what must hold holds."""

import random
import threading

import pytest
from sqlmodel import select

from reviewhub import jobs
from reviewhub.models import Outbox
from reviewhub.services.verify_audit import verify_all
from tests.marks import BOTH
from tests.together.invariants import problems
from tests.together.people import begun
from tests.together.test_interleavings import SHEETS


@pytest.fixture
def people(kit, world):
    return begun(kit, world)


def anything(people, dice):
    """One act of somebody, drawn."""
    learner, person = dice.choice(people.learners), dice.choice(people.staff)
    sheet = dice.choice(SHEETS)
    acts = [
        lambda: people.hand_in(person, sheet),
        lambda: people.hand_in(person, sheet),
        lambda: people.hand_in(person, sheet),
        lambda: people.draft(person),
        lambda: people.undo(person),
        lambda: people.know(person, dice.choice(["offered", "claimed", "submitted", "final"])),
        lambda: people.confirm(release_it=True),
        lambda: people.confirm(release_it=False),
        lambda: people.ask_correction(person),
        lambda: people.answer_corrections(agree=dice.random() < 0.7),
        lambda: people.correct(person, sheet),
        lambda: people.rescore(learner, 1),
        lambda: people.rule(dice.choice(["keep", "take_back", "lift"])),
        lambda: people.coordinate("hold", learner),
        lambda: people.coordinate("release_hold", learner),
        lambda: people.coordinate("release_hold", learner),
        lambda: people.reassign(person, None),
        lambda: people.part(person, learner),
        lambda: people.reconcile(person, learner),
        lambda: people.reconcile(person, learner),
        lambda: people.end(person, "assessor"),
        lambda: people.take_on(person, "assessor"),
        lambda: people.take_on(person, "lead"),
        lambda: people.qualify(person),
        lambda: people.look_again(learner),
        lambda: people.withdraw(learner, learner) if dice.random() < 0.2 else None,
        lambda: people.begin(learner),
        lambda: people.again(learner),
        lambda: people.fill(learner, file=dice.random() < 0.3),
        lambda: people.send(learner),
        lambda: people.send(learner),
    ]
    dice.choice(acts)()


class Crowd:
    """Threads of people and of workers; `broken` are the exceptions that are no answers to anybody."""

    def __init__(self, people, seed):
        self.people, self.seed = people, seed
        self.broken, self.over = [], threading.Event()

    def play(self, acts, persons=4, workers=2):
        acting = [threading.Thread(target=self._guarded, args=(self._act, n, acts)) for n in range(persons)]
        working = [threading.Thread(target=self._guarded, args=(self._work, n)) for n in range(workers)]
        for thread in (*acting, *working):
            thread.start()
        for thread in acting:
            thread.join()
        self.over.set()
        for thread in working:
            thread.join()
        return self.broken

    def _act(self, number, acts):
        dice = random.Random(f"{self.seed}-{number}")
        for _ in range(acts):
            anything(self.people, dice)
            if dice.random() < 0.2:
                self.people.kit.clock.move(seconds=150)

    def _work(self, number):
        dice = random.Random(f"{self.seed}-worker-{number}")
        while not self.over.is_set():
            due = self.people.due()
            if due:
                jobs.run_job(self.people.kit, dice.choice(due))

    def _guarded(self, call, *args):
        try:
            call(*args)
        except Exception as error:  # noqa: BLE001  # the test looks at it, not the thread
            self.broken.append(error)


def is_well(people):
    people.work()
    with people.kit.read() as session:
        found = problems(session)
    assert not found, "\n".join(found)
    assert people.all(select(Outbox.last_error).where(Outbox.last_error != "")) == []
    whole, words = verify_all(people.kit)
    assert whole, words


@BOTH
def test_a_crowd_leaves_everything_whole(people):
    assert Crowd(people, "short").play(acts=12) == []
    is_well(people)


@pytest.mark.slow
@pytest.mark.timeout(600)
@BOTH
@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_for_long(people, seed):
    assert Crowd(people, f"long-{seed}").play(acts=60, persons=6, workers=3) == []
    is_well(people)
