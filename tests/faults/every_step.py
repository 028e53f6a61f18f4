"""`python -m tests.faults.every_step FOLDER DATABASE ACT STRIDE`: kill a process at every step of one act.

The act is played once to count its steps and to see how it ends. Then for each step: the same beginning, a
forked process that plays it and kills itself there; what it leaves behind is worked off by another, and
must end in the same way. One line of JSON tells what was found.

A process of its own: it forks, which a test's process with its threads should not.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections import Counter
from dataclasses import replace
from pathlib import Path

from sqlalchemy import create_engine
from sqlmodel import col, select

from reviewhub.adapters.db import upgrade
from reviewhub.bootstrap import build
from reviewhub.models import (
    Artifact,
    Attempt,
    CleanCopy,
    CriterionLock,
    DecisionRow,
    Event,
    Feedback,
    LetterRow,
    Rating,
    ResolutionRow,
    Review,
    Round,
    Scoresheet,
    Submission,
)
from reviewhub.services.verify_audit import verify_all
from reviewhub.settings import Settings
from tests.conftest import HandClock
from tests.faults.acts import ACTS, Act, Cast
from tests.faults.mortal import Hands, Letters, Steps, mortal
from tests.together.invariants import problems
from tests.together.stand_ins import Converter
from tests.world import World


class Place:
    """Where an act is played: a folder and a database, to be copied from one to the next."""

    def __init__(self, folder, server=""):
        self.folder, self.server = folder, server
        self._mine = os.getpid()

    def name(self, number):
        return f"steps_{self._mine}_{number}"

    def url(self, number):
        if self.server:
            made = create_engine(self.server).url.set(database=self.name(number))
            return made.render_as_string(hide_password=False)
        return f"sqlite:///{self.folder / str(number) / 'reviewhub.sqlite'}"

    def settings(self, number):
        return Settings(
            data=self.folder / str(number),
            database_url=self.url(number),
            secret="a secret for tests, never used elsewhere",
            undo_seconds=300,
        )

    def _admin(self, *statements):
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def make(self, number):
        (self.folder / str(number)).mkdir()
        if self.server:
            self._admin(f'CREATE DATABASE "{self.name(number)}"')
        upgrade(self.url(number))

    def copy(self, source, target):
        shutil.copytree(self.folder / str(source), self.folder / str(target))
        if self.server:
            self._admin(f'CREATE DATABASE "{self.name(target)}" TEMPLATE "{self.name(source)}"')

    def drop(self, number):
        shutil.rmtree(self.folder / str(number))
        if self.server:
            self._admin(f'DROP DATABASE IF EXISTS "{self.name(number)}" WITH (FORCE)')


class Stage:
    """One process's view of a place: a kit of its own, built after any fork."""

    def __init__(self, place, number, now, step=None):
        settings = place.settings(number)
        kit = build(settings, HandClock(now))
        self.letters = Letters(settings.data / "delivered")
        kit = replace(kit, queue=Hands(), mail=self.letters, converter=Converter(kit.converter))
        self.plain = kit
        self.kit = mortal(kit, step) if step else kit

    def play(self, cast, act):
        told = Act(self.kit, cast)
        getattr(told, act)()
        told.work()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.plain.db.close()


def begin(place):
    """An issuer, a micro-credential, two assessors, a lead and a learner."""
    place.make(0)
    with Stage(place, 0, HandClock().now()) as stage:
        world = World(stage.kit)
        micro = world.micro_credential()
        assessors = world.assessors(micro, "Ana Silva", "Ben Okafor")
        lead, learner = world.person("Lena Lund", "lead"), world.person("Lee Learner")
        world.person("Cora Cord", "coordinator")
        return Cast(learner.id, tuple(one.id for one in assessors), lead.id, "harbor", micro.slug)


def outcome(stage):
    """How it ended, without ids and times: the same whether it was interrupted or not."""
    with stage.plain.read() as session:

        def counted(*columns):
            return sorted(map(list, Counter(map(tuple, session.exec(select(*columns)).all())).items()))

        letters = session.exec(select(LetterRow)).all()
        lost = {one.message_id for one in letters} - set(stage.letters.delivered())
        return {
            "submission": counted(Submission.state, Submission.audit_seq > 0),
            "attempts": counted(Attempt.number, Attempt.state),
            "artifacts": counted(
                Artifact.attempt_id, Artifact.requirement_id, Artifact.state, Artifact.clean_state
            ),
            "clean copies": counted(CleanCopy.kind, CleanCopy.position),
            "rounds": counted(Round.kind, Round.state),
            "reviews": counted(Review.role, Review.seat, Review.state),
            "sheets": counted(Scoresheet.kind, Scoresheet.sequence, col(Scoresheet.undone_at).is_(None)),
            "ratings": counted(Rating.criterion_id, Rating.level_id),
            "results": counted(ResolutionRow.round_id, ResolutionRow.criterion_id, ResolutionRow.level_id),
            "decisions": counted(DecisionRow.round_id, DecisionRow.outcome),
            "locks": counted(CriterionLock.criterion_id, CriterionLock.level_id),
            "feedback": counted(Feedback.state, Feedback.summary),
            "letters": sorted(map(list, Counter(one.kind for one in letters).items())),
            "letters that never came": len(lost),
            "steps": sorted(
                map(list, Counter(a for a in session.exec(select(Event.action)) if _is_step(a)).items())
            ),
            "chains": verify_all(stage.plain)[0],
            "problems": problems(session),
        }


def _is_step(action):
    """Somebody whose upload was interrupted takes it away and begins anew: that is recorded, and no harm."""
    return not action.startswith("artifact.")


def kill_at(place, cast, act, now, number):
    """The signal that ended a process that plays the act from its beginning in copy 1, fatal at this step."""
    child = os.fork()
    if child == 0:
        try:
            with Stage(place, 1, now, Steps(number)) as stage:
                stage.play(cast, act)
        except BaseException:  # noqa: BLE001  # a child must not go on as if it were its parent
            traceback.print_exc()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def recovered(place, cast, act, now):
    """How it ends when whoever saw no answer does it again, and others work off what is left."""
    with Stage(place, 1, now) as stage:
        try:
            stage.play(cast, act)
        except Exception as broken:  # noqa: BLE001  # the line tells it
            return {"broken": f"{type(broken).__name__}: {broken}"}
        return outcome(stage)


def run(place, act, stride):
    """Count, then kill at every stride-th step."""
    cast, now = begin(place), HandClock().now()
    for before in ACTS[: ACTS.index(act)]:
        with Stage(place, 0, now) as stage:
            stage.play(cast, before)
            now = stage.kit.clock.now()
    place.copy(0, 1)
    steps = Steps()
    with Stage(place, 1, now, steps) as stage:
        stage.play(cast, act)
        wanted = outcome(stage)
    place.drop(1)
    bad = []
    tried = range(1, len(steps.names) + 1, stride)
    for number in tried:
        place.copy(0, 1)
        ended = kill_at(place, cast, act, now, number)
        found = recovered(place, cast, act, now)
        place.drop(1)
        if ended != signal.SIGKILL or found != wanted:
            differs = {key: [found.get(key), wanted[key]] for key in wanted if found.get(key) != wanted[key]}
            bad.append({"step": number, "name": steps.names[number - 1], "ended": ended, "differs": differs,
                        "broken": found.get("broken")})  # fmt: skip
    place.drop(0)
    return {"steps": steps.names, "tried": len(tried), "problems": wanted["problems"], "bad": bad}


if __name__ == "__main__":
    home, server, named, every = sys.argv[1:]
    print(json.dumps(run(Place(Path(home), server), named, int(every))))  # noqa: T201
