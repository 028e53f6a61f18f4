"""Which version a changed rubric gets next: wording moves the last number, structure one before it."""

from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_json import structure_hash

_NUMBERS = 3


def next_version(before: Rubric, after: Rubric) -> str:
    """The version to propose for `after`, in place of `before`, its versions left aside.

    2.1 → 2.1.1 where only wording differs (running work could move and keep every lock), else 2.2. Numbers
    that are not written count as 0.
    """
    major, minor, patch = ([int(number) for number in before.version.split(".")] + [0] * _NUMBERS)[:_NUMBERS]
    if wording_only(before, after):
        return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor + 1}"


def wording_only(before: Rubric, after: Rubric) -> bool:
    """Whether what judgement depends on is the same in both."""
    return structure_hash(before) == structure_hash(after)


def as_numbers(version: str) -> tuple[int, ...]:
    """To compare two versions: 1.10 comes after 1.9, and 1.0 is 1."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
