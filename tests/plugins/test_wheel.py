"""A plugin as a wheel, from `reviewhub plugins sync` to a decision by its own rule; nothing is installed."""

import importlib.util
import sys

import pytest
from click.testing import CliRunner

from reviewhub.cli import main
from reviewhub.models import DecisionRow, RubricVersion
from reviewhub.supervise.folder import MARKER
from tests.plugins.conftest import PluginFolder
from tests.plugins.test_repair import MENDED, VAGUE, Case
from tests.plugins.wheels import build_wheel

NAME = "wheelharbor"


class Wheeled(Case):
    """The same case, whose plugin comes as a wheel."""

    def __init__(self, world, wheel, env):
        self.wheel, self.env = wheel, env
        super().__init__(world, None, slug=NAME)

    def bring(self, _kit):
        done = CliRunner().invoke(main, ["plugins", "sync", str(self.wheel)], env=self.env)
        assert done.exit_code == 0, done.output
        assert done.output == "1 new\n"


@pytest.fixture
def wheel(tmp_path):
    source = PluginFolder(tmp_path / "source").write(NAME, code=MENDED.format(rule="by the wheel's rule"))
    return build_wheel(source, tmp_path)


@pytest.fixture
def env(settings):
    (settings.data / MARKER).write_text("")
    return settings.to_env()


def test_from_a_wheel_to_a_decision_by_its_own_rule(world, wheel, env, settings):
    case = Wheeled(world, wheel, env)
    wheel.unlink()  # what runs needs no wheel any more
    round_id = case.scored(VAGUE, VAGUE)
    assert case.round(round_id).state == "resolved"
    decision, version = case.one(DecisionRow), case.one(RubricVersion)
    assert (decision.outcome, decision.rule) == ("met", "by the wheel's rule")
    assert decision.code_digest == version.code_digest == case.pinned()
    stored = settings.data / "plugins" / NAME / version.code_digest
    assert (stored / NAME / "rule.py").is_file()
    assert not [name for name in sys.modules if name.partition(".")[0] == NAME]
    assert importlib.util.find_spec(NAME) is None


def test_a_broken_wheel_is_told_at_the_terminal(wheel, env):
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[: len(whole) // 2])
    done = CliRunner().invoke(main, ["plugins", "sync", str(wheel)], env=env)
    assert done.exit_code == 1
    assert f"quarantined: {NAME}: wheel: wheel: It is no whole zip archive." in done.output


def test_what_is_neither_folder_nor_wheel_is_named(tmp_path, env):
    (tmp_path / "letter.txt").write_text("")
    done = CliRunner().invoke(main, ["plugins", "sync", str(tmp_path / "letter.txt")], env=env)
    assert done.exit_code == 1
    assert "There is no folder and no wheel" in done.output
