"""How large what a plugin says may be. It is looked at before our own code compares, stores or shows it."""

from collections.abc import Iterator

from reviewhub.domain.errors import Problem

LONGEST_TEXT = 5_000  # no field of a rubric may be longer
MOST_ENTRIES = 1_000


def too_large(place: str, value: object) -> Iterator[Problem]:
    """Each text and list in plain data that is larger than any field may be."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        message = f"{place}: Shorten this to {LONGEST_TEXT} characters."
        yield Problem(place, message, f"{len(value)} characters")
    elif isinstance(value, list | dict) and len(value) > MOST_ENTRIES:
        yield Problem(place, f"{place}: Write at most {MOST_ENTRIES} of these.", str(len(value)))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from too_large(f"{place}[{n}]", item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from too_large(f"{place}.{key[:60]}", item)
