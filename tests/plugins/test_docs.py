"""What the page for issuers shows is what works."""

import re
from pathlib import Path

from reviewhub.domain.rubric import Policies
from reviewhub.host.gather import gather
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.plugin_api.hooks import HOOKS

PAGE = (Path(__file__).parents[2] / "docs" / "issuers" / "README.md").read_text()
MANIFEST, RUBRIC, POLICIES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
(CODE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_a_plugin(tmp_path):
    folder = tmp_path / "issuers" / "mine"
    (folder / "rubrics").mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST.replace("# code", "code"))
    (folder / "rule.py").write_text(CODE)
    (folder / "rubrics" / "first-aid.toml").write_text(RUBRIC)
    (folder / "rubrics" / "second-aid.toml").write_text(RUBRIC.replace("first-aid", "second-aid"))
    (found,) = gather(tmp_path / "store", [tmp_path / "issuers"])
    assert (found.problems, found.has_code, len(found.rubrics)) == ((), True, 2)


def test_the_policies_shown_are_the_defaults(tmp_path):
    path = tmp_path / "rubric.toml"
    path.write_text(RUBRIC + POLICIES)
    assert rubric_from_toml(path).policies == Policies()


def test_every_hook_is_named():
    assert all(f"`{hook}`" in PAGE for hook in HOOKS)
