import re
import tomllib
from dataclasses import fields

import reviewhub
from reviewhub.settings import Settings

NAME = re.compile(r"^(?:# )?(REVIEWHUB_[A-Z0-9_]+)=(.*)$", re.MULTILINE)
# Set by `reviewhub demo` alone, or of no use to an operator.
NOT_FOR_OPERATORS = {"REVIEWHUB_DEMO"}


def test_the_example_names_every_setting_and_no_other(pytestconfig):
    example = (pytestconfig.rootpath / "config" / "example.env").read_text()
    named = {name for name, _ in NAME.findall(example)}
    known = {f"REVIEWHUB_{field.name.upper()}" for field in fields(Settings)}
    assert named == known - NOT_FOR_OPERATORS


def test_the_example_is_read_as_it_stands(pytestconfig):
    example = (pytestconfig.rootpath / "config" / "example.env").read_text()
    given = re.findall(r"^(REVIEWHUB_[A-Z0-9_]+)=(.*)$", example, re.MULTILINE)
    settings = Settings.from_env({name: value.strip('"') for name, value in given})
    assert settings.public_url == "https://reviews.example.org"
    assert not settings.demo


def test_no_file_names_a_package_index(pytestconfig):
    listed = [*pytestconfig.rootpath.glob("requirements/*"), *pytestconfig.rootpath.glob("config/*.lock")]
    assert listed
    for path in listed:
        assert "://" not in path.read_text(), path


def test_the_version_is_said_once(pytestconfig):
    project = tomllib.loads((pytestconfig.rootpath / "pyproject.toml").read_text())["project"]
    assert project["version"] == reviewhub.__version__
    assert f"## {reviewhub.__version__}" in (pytestconfig.rootpath / "CHANGELOG.md").read_text()
