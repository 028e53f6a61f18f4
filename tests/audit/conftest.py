import pytest
from click.testing import CliRunner

from reviewhub.cli import main
from tests.audit.erasing import NAME, tell
from tests.audit.record import Record


@pytest.fixture
def record(kit, world):
    """Two issuers and two submissions whose chains grow, are sealed, and are tampered with."""
    return Record(kit, world)


@pytest.fixture
def staff(world):
    """A micro-credential with two assessors and a coordinator, and its lead."""
    micro = world.micro_credential()
    world.assessors(micro, "Ana Silva", "Ben Okafor")
    world.person("Cora Cord", "coordinator")
    return micro, world.person("Lena Lund", "lead")


@pytest.fixture
def learner(world):
    return world.person(NAME)


@pytest.fixture
def story(kit, world, staff, learner):
    """Met, with files, words, sheets, feedback and a sealed chain."""
    return tell(kit, world, staff, learner)


@pytest.fixture
def beside(kit, world, staff):
    """The same of somebody else, by the same people."""
    return tell(kit, world, staff, world.person("Otto Other"))


@pytest.fixture
def run(kit):
    """Runs the command line on the test's data folder."""
    (kit.settings.data / ".reviewhub").touch()
    env = kit.settings.to_env()
    return lambda *words, **more: CliRunner().invoke(main, words, env={**env, **more.pop("env", {})}, **more)
