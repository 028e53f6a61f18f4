"""A pytest plugin for issuers: fixtures that load the plugin beside the test and judge by it.

    from reviewhub.plugin_api.testing import sheet

    def test_all_met_is_met(rubrics, judge):
        first_aid = rubrics["first-aid"]
        assert judge(first_aid, sheet(first_aid), sheet(first_aid)).outcome == "met"

pytest finds it by itself where ReviewHub is installed. The plugin is that of the nearest folder above the
test that holds plugin.toml.
"""

from collections.abc import Iterator, Mapping

import pytest

from reviewhub.authoring.judging import Judge, loaded, sheet, third
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_check import validate
from reviewhub.plugin_api.files import MANIFEST
from reviewhub.plugin_api.plugin import Plugin

__all__ = ["Judge", "sheet", "third"]


@pytest.fixture(scope="module")
def plugin(request: pytest.FixtureRequest) -> Iterator[Plugin]:
    """The plugin that this test lies in: its class, made as the host makes it."""
    home = next((one for one in request.path.parents if (one / MANIFEST).is_file()), None)
    if home is None:
        pytest.fail(f"No folder above {request.path} holds a {MANIFEST}.")
    with loaded(home) as found:
        yield found


@pytest.fixture(scope="module")
def rubrics(plugin: Plugin) -> Mapping[str, Rubric]:
    """The rubrics that the plugin ships, by slug. Fails with every problem of one that makes no sense."""
    shipped = {rubric.slug: rubric for rubric in plugin.rubrics()}
    problems = [f"{slug}: {one.message}" for slug, rubric in shipped.items() for one in validate(rubric)]
    if problems:
        pytest.fail("\n".join(problems))
    return shipped


@pytest.fixture(scope="module")
def judge(plugin: Plugin) -> Judge:
    """Takes a rubric and sheets, returns the decision: by the plugin's hooks and the rubric's policies."""
    return Judge(plugin)
