from pathlib import Path
from types import SimpleNamespace

import pytest

from reviewhub.models import RubricVersion, Submission
from tests.assessor.desk import Desk
from tests.rounds.bench import Bench

LOOMFIELD = Path(__file__).parents[2] / "plugins" / "loomfield_teachers"


@pytest.fixture
def bench(world):
    return Bench(world)


@pytest.fixture
def coded(world, kit):
    """A desk whose issuer ships code, as Loomfield does; every criterion but one short one is met."""
    (found,) = kit.plugins.gather([LOOMFIELD])
    issuer = world.issuer(found.issuer.slug, found.issuer.name)
    shipped = found.rubrics[0]
    micro = world.micro_credential(shipped, issuer)
    people = SimpleNamespace(**dict(zip(("ana", "ben"), world.assessors(micro, "Ana", "Ben"), strict=True)))
    made = Desk(world, micro, world.person("Lee Learner"), people)
    round_id = made.arrive()
    with kit.write() as tx:
        tx.session.get_one(Submission, made.submission.id).code_digest = found.digest
        tx.session.get_one(RubricVersion, micro.rubric_version_id).code_digest = found.digest
    made.run()
    levels = {criterion.id: criterion.levels[-1].id for criterion in shipped.criteria}
    short = next(
        c for c in shipped.criteria if len(c.levels) > 2 and c.id != "debugging" and c.index(c.met_from)
    )
    levels[short.id] = short.levels[short.index(short.met_from) - 1].id
    for person in (people.ana, people.ben):
        made.submit(person, levels, round_id)
    made.pass_undo()
    return made
