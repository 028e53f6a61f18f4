import pytest
from click.testing import CliRunner

from reviewhub.cli import main
from tests.plugins.conftest import PluginFolder


@pytest.fixture
def run():
    """`reviewhub rubric …`, with no database anywhere."""
    return lambda *words, **more: CliRunner().invoke(
        main, ["rubric", *map(str, words)], env={"REVIEWHUB_DATA": "/nowhere"}, **more
    )


@pytest.fixture
def plugin_folder(tmp_path):
    path = tmp_path / "issuers"
    path.mkdir()
    return PluginFolder(path)
