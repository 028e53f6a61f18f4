"""Stories of a rubric that is decided by points: what has no level, and a sum close to what is enough."""

from collections.abc import Mapping

from reviewhub.demo.acts import Work
from reviewhub.demo.parts import adjudicate, arrive, confirm, days
from reviewhub.demo.stage import Story, Wait


def unreadable(work: Work) -> Story:
    """The table cannot be read: no points make up for that, and the learner is told what to mend."""
    yield from _scored(work, {"checked": "unreadable"})
    yield from confirm(work)


def alone(work: Work) -> Story:
    """There is nothing to compare with, and what is enough is counted without it."""
    best = {c.id: c.levels[-1].id for c in work.micro.rubric.criteria}
    yield from _scored(work, best | {"compared": "alone"})
    yield from confirm(work)


def close(work: Work) -> Story:
    """Both find one criterion a level short: so close to what is enough that a third scores it as well."""
    just = {c.id: c.met_from for c in work.micro.rubric.criteria}
    yield from _scored(work, just | {"picture": "busy"})
    yield from adjudicate(work, {"picture"})


def _scored(work: Work, ratings: Mapping[str, str]) -> Story:
    yield from arrive(work)
    for number in (0, 1):
        yield Wait(days(work, 0.6, 1.4), at_work=True)
        work.hand_in(number, (), ratings=ratings)
    yield Wait(0.1)
