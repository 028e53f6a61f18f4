"""Everybody does anything at any moment; what must hold, holds after each step."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import select

from reviewhub.bootstrap import build
from reviewhub.domain.rubric import DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.models import CriterionLock, Issuer
from reviewhub.services.verify_audit import verify_all
from reviewhub.settings import Settings
from tests.conftest import HandClock, in_haste
from tests.rubrics import small_rubric
from tests.together.claims import ClaimRules
from tests.together.exits import ExitRules
from tests.together.invariants import problems
from tests.together.later import LaterRules
from tests.together.people import Converter, Judge, People
from tests.together.results import GOOD, SHEETS, ResultRules
from tests.world import World

who = st.integers(0, 5)
assessor = st.integers(0, 4)
learner = st.integers(0, 1)
some = st.integers(0, 50)
sheet = st.sampled_from(SHEETS)
turn = st.tuples(st.booleans(), st.lists(sheet, min_size=6, max_size=6))
LOCKS = select(CriterionLock.submission_id, CriterionLock.criterion_id, CriterionLock.level_id)


def rubric(again, tolerance, completeness, release_after):
    """Texts and, where the learner likes, a file: most runs need no check of a file."""
    policies = Policies(
        eligibility=EligibilityPolicy(again=again, completeness=completeness),
        decision=DecisionPolicy(tolerance=tolerance, release_after=release_after),
    )
    made = small_rubric(policies=policies)
    plan, why = made.requirements
    return replace(made, requirements=(replace(plan, minimum=0, accept=("text/plain",)), why))


class Interleavings(ClaimRules, ExitRules, LaterRules, ResultRules, RuleBasedStateMachine):
    """Two learners, five assessors, a lead and a coordinator, with the workers between them."""

    def __init__(self, template, folder):
        super().__init__()
        self.folder = folder
        folder.mkdir(exist_ok=True)
        shutil.copy(template, folder / "reviewhub.sqlite")

    @initialize(
        again=st.sampled_from(["any", "same", "other"]),
        tolerance=st.integers(0, 1),
        assignment=st.sampled_from(["push", "push", "pull", "both"]),
        audits=st.sampled_from([0, 0, 100]),
        completeness=st.sampled_from([False, False, True]),
        release_after=st.sampled_from([None, 1]),
    )
    def open_the_house(
        self, again, tolerance, assignment="push", audits=0, completeness=False, release_after=None
    ):
        made = build(
            Settings(data=self.folder, secret="a secret for tests, never used elsewhere"), HandClock()
        )
        in_haste(made.db.engine)
        self.judge, self.converter = Judge(made.judge), Converter(made.converter)
        self.kit = replace(made, judge=self.judge, converter=self.converter)
        world = World(self.kit)
        self.turns = 3 if completeness else 2
        made = rubric(again, tolerance, completeness, release_after)
        self.people = People(self.kit, world, world.micro_credential(made))
        with self.kit.write() as tx:
            issuer = tx.session.exec(select(Issuer)).one()
            issuer.assignment, issuer.audit_percent = assignment, audits
        self.staff, self.learners = self.people.staff, self.people.learners
        self.locks = set()

    def teardown(self):
        if not hasattr(self, "people"):
            return
        assert verify_all(self.kit)[0], verify_all(self.kit)[1]
        self.kit.db.engine.dispose()

    # how it is meant to go: most steps, so that runs come far

    @rule(n=learner, turn=turn)
    def forward(self, n, turn):
        self._forward(self.learners[n], *turn)

    @rule(turns=st.lists(turn, min_size=1, max_size=4))
    def forward_far(self, turns):
        for one in turns:
            self._forward(self.learners[0], *one)

    @rule(first=turn, second=turn)
    def forward_doubting(self, first, second):
        """Whoever scores what comes again doubts what was met."""
        self._forward(self.learners[0], *first)
        self._forward(self.learners[0], *second, doubts=True)

    def _forward(self, learner, file, sheets, *, doubts=False):
        """The learner's next step, and what follows from it until somebody has to read feedback."""
        self.people.confirm(release_it=True)
        self.people.begin(learner)
        self.people.again(learner)
        self.people.fill(learner, file=file)
        self.people.work()
        self.people.send(learner)
        self.people.work()
        for person in self.staff if doubts else ():
            self.people.doubt(person, back=False)
        for _ in range(self.turns):  # an adjudicator hands in twice, and before all somebody may look
            for person, sheet in zip(self.staff, sheets, strict=True):
                self.people.take(person)
                self.people.hand_in(person, sheet)
            self.kit.clock.move(seconds=300)
            self.people.work()

    # the learners

    @rule(n=learner, file=st.booleans())
    def fill(self, n, file):
        self.people.begin(self.learners[n])
        self.people.fill(self.learners[n], file=file)

    @rule(n=learner)
    def again(self, n):
        self.people.again(self.learners[n])

    @rule(n=learner)
    def send(self, n):
        self.people.send(self.learners[n])

    @rule(n=learner, by_coordinator=st.booleans())
    def withdraw(self, n, by_coordinator):
        by = self.people.cora if by_coordinator else self.learners[n]
        self.people.withdraw(self.learners[n], by)

    # whoever scores

    @rule(n=who)
    def draft(self, n):
        self.people.draft(self.staff[n])

    @rule(n=who, sheet=sheet)
    def hand_in(self, n, sheet):
        self.people.hand_in(self.staff[n], sheet)

    @rule(n=who)
    def undo(self, n):
        self.people.undo(self.staff[n])

    @rule(n=who, state=st.sampled_from(["offered", "claimed", "submitted", "final"]))
    def know(self, n, state):
        self.people.know(self.staff[n], state)

    @rule(n=who, back=st.booleans())
    def doubt(self, n, back):
        self.people.doubt(self.staff[n], back=back)

    # lead and coordinator

    @rule(release_it=st.booleans())
    def confirm(self, release_it):
        self.people.confirm(release_it=release_it)

    @rule(n=learner, verb=st.sampled_from(["hold", "release_hold", "go_on", "return_to_learner", "resume"]))
    def coordinate(self, n, verb):
        self.people.coordinate(verb, self.learners[n])

    @rule(n=learner, turn=turn, sends=st.booleans())
    def held_for_a_while(self, n, turn, sends):
        """What the workers find held they leave; when the hold ends, somebody has to ask for it again."""
        if sends:
            self.people.begin(self.learners[n])
            self.people.fill(self.learners[n], file=turn[0])
            self.people.send(self.learners[n])
        self.people.coordinate("hold", self.learners[n])
        self._forward(self.learners[n], *turn)
        self.people.coordinate("release_hold", self.learners[n])

    @rule(n=who, to=st.integers(0, 6))
    def reassign(self, n, to):
        self.people.reassign(self.staff[n], (*self.staff, None)[to])

    @rule(n=who, learner=learner, apart=st.booleans())
    def conflict(self, n, learner, apart):
        act = self.people.part if apart else self.people.reconcile
        act(self.staff[n], self.learners[learner])

    @rule(n=who, role=st.sampled_from(["assessor", "lead", "coordinator"]), ends=st.booleans())
    def role(self, n, role, ends):
        if ends:
            self.people.end(self.staff[n], role)
        else:
            self.people.take_on(self.staff[n], role)

    @rule(n=assessor, good=st.booleans())
    def qualification(self, n, good):
        (self.people.qualify if good else self.people.disqualify)(self.staff[n])

    # workers, time and accidents

    @rule()
    def work(self):
        self.people.work()

    @rule(number=some)
    def work_one(self, number):
        self.people.work_one(number)

    @rule(number=some)
    def work_twice(self, number):
        self.people.work_twice(number)

    @rule(time=st.sampled_from([timedelta(minutes=5), timedelta(hours=1), timedelta(days=3)]))
    def time_passes(self, time):
        self.kit.clock.move(seconds=time.total_seconds())

    @rule(days=st.sampled_from([1, 4, 12, 60, 200]))
    def days_go_by(self, days):
        """Each thing at its own time, as where workers run."""
        self.people.live(timedelta(days=days))

    @rule(n=who, ahead=st.integers(1, 20), asks=st.booleans(), gives=st.booleans())
    def more_time(self, n, ahead, asks, gives):
        if asks:
            self.people.ask_for_time(self.staff[n], ahead)
        self.people.answer_about_time(self.staff[n], ahead, gives=gives)

    @rule(broken=st.booleans(), able=st.booleans())
    def accident(self, broken, able):
        self.judge.broken, self.converter.able = broken, able

    @rule(
        n=learner,
        person=who,
        act=st.sampled_from(["withdraw", "hold", "part", "know", "end", "reassign", "correct"]),
    )
    def while_the_rules_are_asked(self, n, person, act):
        """Somebody acts between the closing of the sheets and the recording of the result."""
        acts = {
            "withdraw": lambda: self.people.withdraw(self.learners[n], self.learners[n]),
            "hold": lambda: self.people.coordinate("hold", self.learners[n]),
            "part": lambda: self.people.part(self.staff[person], self.learners[n]),
            "know": lambda: self.people.know(self.staff[person], "final"),
            "end": lambda: self.people.end(self.staff[person], "assessor"),
            "reassign": lambda: self.people.reassign(self.staff[person], None),
            "correct": lambda: self.people.correct(self.staff[person], GOOD),
        }
        self.judge.meanwhile = acts[act]

    # what holds

    @invariant()
    def all_is_well(self):
        if not hasattr(self, "people"):
            return
        with self.kit.read() as session:
            found = problems(session)
            assert not found, "\n".join(found)
            locks = {tuple(row) for row in session.exec(LOCKS)}
        assert self.locks <= locks
        self.locks = locks


def play(migrated_sqlite, folder, **more):
    machine = settings(deadline=None, suppress_health_check=list(HealthCheck), **more)
    run_state_machine_as_test(lambda: Interleavings(migrated_sqlite, folder), settings=machine)


def test_for_a_while(migrated_sqlite, tmp_path):
    play(migrated_sqlite, tmp_path / "house", max_examples=6, stateful_step_count=20, derandomize=True)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_for_long(migrated_sqlite, tmp_path):
    play(migrated_sqlite, tmp_path / "house", max_examples=60, stateful_step_count=50, database=None)
