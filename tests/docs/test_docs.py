"""What the pages say is there, is there: links, commands, make targets, variables and their defaults."""

import re
from pathlib import Path

import click
import pytest

from reviewhub.adapters.storage import server
from reviewhub.cli import main
from reviewhub.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPERATORS = "\n".join(page.read_text() for page in sorted((ROOT / "docs" / "operators").glob("*.md")))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```[^\n]*\n(.*?)^```|^(?: {4,}|\t)(.+?)$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
VARIABLE = re.compile(r"REVIEWHUB_[A-Z0-9_]+")
ROW = re.compile(r"^\| `(REVIEWHUB_[A-Z0-9_]+)` \| ([^|]+?) \| ", re.MULTILINE)


def named(page):
    return str(page.relative_to(ROOT))


def code_of(page):
    """What stands in code: fenced, indented or between back-ticks."""
    return ["".join(one) for one in CODE.findall(page.read_text())]


def linked_from(page):
    """(target as written, the file it means, its anchor) of every link that is not an address."""
    written = [one for one in LINK.findall(FENCED.sub("", page.read_text())) if not re.match(r"[a-z]+:", one)]
    parts = [(one, *one.partition("#")[::2]) for one in written]
    return [(one, (page.parent / path).resolve() if path else page, anchor) for one, path, anchor in parts]


def anchors(page):
    """The anchors of a page's headings, as the usual hosting sites make them."""
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_relative_links_lead_somewhere(page):
    for written, goal, anchor in linked_from(page):
        assert goal.is_relative_to(ROOT), written
        assert goal.exists(), written
        assert not anchor or anchor in anchors(goal), written


def test_every_page_is_reached_from_the_index():
    index = ROOT / "docs" / "README.md"
    reached, ahead = set(), [index]
    while ahead:
        page = ahead.pop()
        if page not in reached and page.suffix == ".md" and page.is_relative_to(index.parent):
            reached.add(page)
            ahead += [goal for _, goal, _ in linked_from(page)]
    assert reached == {page for page in PAGES if page.is_relative_to(index.parent)}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = {name for code in code_of(page) for name in re.findall(r"(?:^|[;&]\s*)make ([a-z][\w-]*)", code)}
    assert used <= targets


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_exist(page):
    used = [
        words.split()
        for code in code_of(page)
        for words in re.findall(r"(?:^|[\s/])reviewhub((?: +-{0,2}[a-z][\w-]*)+)", code, re.MULTILINE)
    ]
    assert [" ".join(words) for words in used if not understood(words)] == []


def understood(words):
    """Whether click knows this command, its subcommand and its options. What follows may be an argument."""
    command = main
    for word in words:
        if word.startswith("-"):
            if word not in {option for one in command.params for option in one.opts} | {"--help"}:
                return False
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return False
            command = command.commands[word]
        elif not any(isinstance(one, click.Argument) for one in command.params):
            return False
    return True


def test_options_of_the_demo_are_those_that_are_told():
    told = next(line for line in OPERATORS.splitlines() if line.startswith("| `reviewhub demo`"))
    real = {option for one in main.commands["demo"].params for option in one.opts}
    assert set(re.findall(r"--\w+", told)) == real


def test_every_command_is_told_to_operators():
    for name, command in main.commands.items():
        for whole in [f"{name} {sub}" for sub in getattr(command, "commands", ())] or [name]:
            assert f"`reviewhub {whole}`" in OPERATORS


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_variables_exist(page):
    settings = set(Settings().to_env())
    sources = [*(ROOT / "reviewhub").rglob("*.py"), *(ROOT / "tests").glob("*.py"), ROOT / ".ci" / "run"]
    read = {name for source in sources for name in VARIABLE.findall(source.read_text())}
    mentioned = {name.rstrip("_") for name in VARIABLE.findall(page.read_text())}
    assert mentioned <= settings | read


def test_every_setting_is_told_with_its_default():
    told = {name: default.strip("`") for name, default in ROW.findall(OPERATORS)}
    assert told == {name: default or "–" for name, default in Settings().to_env().items()}


def test_the_example_names_every_setting_that_may_be_set():
    example = (ROOT / "config" / "example.env").read_text()
    named_there = set(re.findall(r"^(?:# )?(REVIEWHUB_\w+)=", example, re.MULTILINE))
    assert named_there == set(Settings().to_env()) - {"REVIEWHUB_DEMO"}


def test_the_proxy_says_what_the_folders_server_says():
    page = (ROOT / "docs" / "operators" / "proxy.md").read_text()
    told = dict(re.findall(r"^\t\t([A-Z][\w-]+) (.+)$", page, re.MULTILINE))
    assert {name: value.strip('"') for name, value in told.items()} == server._ALWAYS


def test_the_keys_of_the_workspace_are_told():
    shown = (ROOT / "templates" / "assessor" / "review.html").read_text()
    dialog = shown[shown.index('<dialog id="keys"') :]
    page = (ROOT / "docs" / "assessors.md").read_text()
    told = set(re.findall(r"`([^`]+)`", "\n".join(re.findall(r"^\| (`.+?) \|", page, re.MULTILINE))))
    keys = {"Enter" if key == "↵" else key for key in re.findall(r"<kbd>(.+?)</kbd>", dialog)}
    assert keys <= told | {"Esc"}
