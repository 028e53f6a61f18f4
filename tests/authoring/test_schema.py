"""The schemas that editors use, held against everything that is shipped.

A small reader of JSON Schema stands here instead of a dependency; it fails on a keyword that is new to it.
"""

import json
import tomllib

import pytest

from reviewhub.domain.rubric import Rubric
from reviewhub.plugin_api import files
from reviewhub.plugin_api.schema import plugin_schema, rubric_schema
from tests.plugins.conftest import RUBRIC

SILENT = {"$schema", "title", "description", "default", "definitions"}
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
}


def faults(schema, value, whole=None, place=""):
    """The places that do not fit, for the keywords that our schemas use."""
    whole = whole or schema
    if "$ref" in schema:
        assert len(schema) == 1, "draft 7 ignores what stands beside $ref"
        return faults(
            whole["definitions"][schema["$ref"].removeprefix("#/definitions/")], value, whole, place
        )
    assert set(schema) - SILENT <= {
        "type",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "enum",
        "const",
        "pattern",
    }
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if not any(isinstance(value, TYPES[k]) and isinstance(value, bool) == (k == "boolean") for k in kinds):
        return [place]
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        return [place]
    if isinstance(value, list):
        return [
            f for n, one in enumerate(value) for f in faults(schema["items"], one, whole, f"{place}[{n}]")
        ]
    if not isinstance(value, dict):
        return []
    assert schema["additionalProperties"] is False
    known = schema["properties"]
    found = [f"{place}.{key}" for key in value if key not in known]
    found += [f"{place}.{key}" for key in schema["required"] if key not in value]
    for key in known.keys() & value.keys():
        found += faults(known[key], value[key], whole, f"{place}.{key}")
    return found


def test_all_that_is_shipped_fits(pytestconfig):
    plugins = pytestconfig.rootpath / "plugins"
    paths = [*plugins.glob("*/rubrics/*.toml")]
    assert len(paths) >= 12
    for path in paths:
        assert faults(rubric_schema(), tomllib.loads(path.read_text())) == [], path
    for path in plugins.glob("*/plugin.toml"):
        assert faults(plugin_schema(), tomllib.loads(path.read_text())) == [], path


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('slug = "small"', "", ".slug"),
        ('slug = "small"', "slug = 3", ".slug"),
        ("[about]", "colour = 'red'\n[about]", ".colour"),
        ('kind = "file"', 'kind = "fax"', ".requirements[0].kind"),
        ('kind = "file"', "kind = 'file'\nminimum = true", ".requirements[0].minimum"),
        ('met_from = "clear"', "", ".parts[0].criteria[0].met_from"),
        ('name = "Vague"', "name = ['Vague']", ".parts[0].criteria[0].levels[1].name"),
        ('id = "vague"', 'id = "vague", points = []', ".parts[0].criteria[0].levels[1].points"),
        ("[about]", "[policies.decision]\nattempts = 'no'\n[about]", ".policies.decision.attempts"),
        ("[about]", "[policies.resolution]\nadjacent = 'best'\n[about]", ".policies.resolution.adjacent"),
    ],
)
def test_what_does_not_fit_is_told_where(old, new, place):
    text = RUBRIC.format(slug="small", version="1.0", description="For tests.")
    assert faults(rubric_schema(), tomllib.loads(text)) == []
    assert old in text
    assert faults(rubric_schema(), tomllib.loads(text.replace(old, new))) == [place]


def test_the_manifests_keys_are_those_that_are_read():
    schema = plugin_schema()
    assert set(schema["properties"]) == set(files._MANIFEST_KEYS)
    assert faults(schema, {"api": 2}) == [".issuer", ".api"]


def test_every_type_of_a_rubric_is_described():
    schema = rubric_schema()
    assert set(schema["properties"]) == set(Rubric.__dataclass_fields__)
    for name, one in schema["definitions"].items():
        assert one["description"], name
    assert schema["definitions"]["Level"]["required"] == ["id", "name", "description"]


@pytest.mark.parametrize("kind", ["rubric", "plugin"])
def test_the_files_in_docs_are_what_the_command_prints(run, pytestconfig, kind):
    page = pytestconfig.rootpath / "docs" / "issuers" / f"{kind}.schema.json"
    printed = run("schema", kind).output
    told = f"reviewhub rubric schema {kind} > docs/issuers/{kind}.schema.json"
    assert page.read_text() == printed, f"The types have changed. Run: {told}"
    json.loads(printed)
