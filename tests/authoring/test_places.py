import tomllib

import pytest

from reviewhub.authoring.places import places_in
from reviewhub.domain.errors import Problem

TEXT = '''slug = "first" # a comment = "x"
about.name = "A"
about."odd key" = 1

[[parts]]
id = "one"
description = """
[not.a.table]
"""
[[parts.criteria]]
id = "goal"
levels = [
    { id = "no", points = 1.5 },  # low
    { id = "yes",
      at = 2024-01-01 07:30:00 },
]
[[parts.criteria]]
id = 'aim'
[[parts]]
id = "two"
[[parts.criteria]]
id = "goal"
[policies.decision]
tolerance = 3
'''


@pytest.mark.parametrize(
    ("field", "value", "line"),
    [
        ("slug", "", 1),
        ("about.name", "", 2),
        ("about.odd key", "", 3),
        ("about", "", 2),
        ("parts", "", 5),
        ("parts[0]", "", 5),
        ("parts[0].criteria[0].levels[0].points", "", 13),
        ("parts[0].criteria[0].levels[1].id", "", 14),
        ("parts[0].criteria[0].levels[1].name", "", 14),
        ("parts[0].criteria[1].id", "", 18),
        ("parts[1].criteria[0]", "", 21),
        ("parts[1].criteria[0].met_from", "", 21),
        ("policies.decision.tolerance", "", 24),
        ("policies.decision", "", 23),
        ("criterion aim", "", 18),
        ("parts.criteria", "goal", 22),
        ("not.there", "", None),
    ],
)
def test_a_place_has_its_line(field, value, line):
    assert places_in(TEXT).line(Problem(field, "…", value)) == line


def test_a_syntax_error_names_its_own_line():
    assert places_in("a = ").line(Problem("x.toml", "x.toml: … (at line 7, column 2).")) == 7
    assert places_in("a = 1\nb = ").line(Problem("x.toml", "x.toml: … (at end of document).")) == 2


@pytest.mark.parametrize("text", ["a = ", "[", "[[a", '"', "a = {b", "= 1", "a = [1,,", "\x00"])
def test_what_is_no_toml_ends_the_walk(text):
    places_in(text)


def test_every_place_of_the_shipped_files_is_found(pytestconfig):
    for path in sorted(pytestconfig.rootpath.glob("plugins/*/**/*.toml")):
        text = path.read_text()
        lines = places_in(text).lines
        for place in _places(tomllib.loads(text), ""):
            assert place in lines, (path.name, place)


def _places(value, place):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _places(item, f"{place}[{n}]")
    if place:
        yield place
