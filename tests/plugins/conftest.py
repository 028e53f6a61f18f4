import textwrap

import pytest

RUBRIC = """
slug = "{slug}"
version = "{version}"
[about]
name = "Small"
summary = "A small one."
description = "{description}"
[[requirements]]
id = "plan"
kind = "file"
name = "Plan"
description = "The plan."
accept = ["application/pdf"]
[[parts]]
id = "artifacts"
name = "Artifacts"
description = ""
[[parts.criteria]]
id = "goal"
name = "Goal"
description = "Sets a goal."
met_from = "clear"
requirements = ["plan"]
levels = [
    {{ id = "absent", name = "Absent", description = "None." }},
    {{ id = "vague", name = "Vague", description = "Some." }},
    {{ id = "clear", name = "Clear", description = "One." }},
]
"""


class PluginFolder:
    """Plugins written on the spot, under one folder."""

    def __init__(self, path):
        self.path = path

    def write(
        self,
        name,
        *,
        slug=None,
        code="",
        rubrics=("small",),
        version="1.0",
        description="For tests.",
        more="",
    ):
        """A plugin; `code` becomes rule.py, with a class Rule."""
        folder = self.path / name
        (folder / "rubrics").mkdir(parents=True, exist_ok=True)
        head = 'code = "rule:Rule"\n' if code else ""
        (folder / "plugin.toml").write_text(
            f'{head}[issuer]\nslug = "{slug or name}"\nname = "{name.title()}"\n'
            f'contact_name = "Ada"\ncontact_email = "ada@{name}.example"\n{more}'
        )
        for old in (folder / "rubrics").glob("*.toml"):
            old.unlink()
        for rubric in rubrics:
            text = RUBRIC.format(slug=rubric, version=version, description=description)
            (folder / "rubrics" / f"{rubric}.toml").write_text(text)
        if code:
            (folder / "rule.py").write_text(HEAD + textwrap.dedent(code))
        return folder


HEAD = "from decimal import Decimal\nfrom reviewhub.plugin_api import *\n"


@pytest.fixture
def plugin_folder(tmp_path):
    path = tmp_path / "issuers"
    path.mkdir()
    return PluginFolder(path)
