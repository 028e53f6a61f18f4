"""Parts of stories: how evidence arrives, is scored and decided, and comes again."""

from collections.abc import Iterator

from reviewhub.demo.acts import Work
from reviewhub.demo.second_looks import look_through
from reviewhub.demo.stage import Wait

DIFFER = 0.25
"""How often assessors differ on a first attempt."""


def arrive(work: Work, *, checked: bool = True) -> Iterator[Wait]:
    """Evidence is written, brought and sent; `checked`: and found to be all there, where one looks first."""
    work.begin()
    work.write()
    yield Wait(0.3)
    work.bring()
    yield Wait(0.02)
    work.send()
    if checked:
        yield from found_complete(work)


def found_complete(work: Work) -> Iterator[Wait]:
    """Everything is there, where one looks first."""
    if work.micro.rubric.policies.eligibility.completeness:
        yield Wait(days(work, 0.4, 0.9), at_work=True)
        look_through(work)
        yield Wait(0.05)


def score(work: Work, first: set[str], second: set[str] | None = None) -> Iterator[Wait]:
    """Both assessors hand in; `first` and `second` are what they find unmet."""
    yield Wait(days(work, 0.8, 1.6), at_work=True)
    work.hand_in(0, first)
    yield Wait(days(work, 0.4, 1.4), at_work=True)
    work.hand_in(1, first if second is None else second)
    yield Wait(0.1)


def adjudicate(work: Work, unmet: set[str]) -> Iterator[Wait]:
    """The third scores blind, then decides."""
    yield Wait(days(work, 0.6, 1.2), at_work=True)
    work.hand_in(0, unmet, "adjudicator")
    yield Wait(0.02)
    work.hand_in(0, unmet, "adjudicator")
    yield Wait(0.1)


def confirm(work: Work) -> Iterator[Wait]:
    """A lead releases the feedback."""
    yield Wait(days(work, 0.4, 1.1), at_work=True)
    work.confirm()


def not_yet(work: Work) -> Iterator[Wait]:
    """A first attempt up to released feedback that leaves something to mend; now and then by adjudication."""
    yield from arrive(work)
    unmet = weak(work)
    if work.stage.dice.random() < DIFFER:
        yield from score(work, unmet, set())
        yield from adjudicate(work, unmet)
    else:
        yield from score(work, unmet)
    yield from confirm(work)


def sent_again(work: Work) -> Iterator[Wait]:
    """The next attempt, sent."""
    yield Wait(days(work, 1.0, 2.5))
    work.resubmit()
    yield Wait(0.2)
    work.mend()
    yield Wait(0.1)
    work.send()
    yield from found_complete(work)


def weak(work: Work) -> set[str]:
    """What this attempt does not meet yet: for teachers the criterion that is never forgiven."""
    still = [criterion.id for criterion in work.open_criteria()]
    if work.micro.teaching and "debugging" in still:
        return {"debugging", work.stage.dice.choice(still)}
    return set(work.stage.dice.sample(still, min(len(still), work.stage.dice.choice((1, 2, 2, 3)))))


def days(work: Work, least: float, most: float) -> float:
    """A while between `least` and `most` days."""
    return work.stage.dice.uniform(least, most)
