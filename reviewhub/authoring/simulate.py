"""What a proposed rubric would have done to what is recorded: who would flip, how often a third is needed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewhub.domain.conditions import for_choices
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.simulation import Recorded, Replayed, replay_sheets

MOST_NAMED = 20
"""Submissions of each kind that are named; all are counted."""


@dataclass(slots=True)
class Flips:
    """Submissions that would end otherwise; the first MOST_NAMED by name."""

    count: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, submission: str) -> None:
        """One more."""
        self.count += 1
        if len(self.named) < MOST_NAMED:
            self.named.append(submission)


@dataclass(slots=True)
class Simulation:
    """Over all first attempts. `thirds`: how often a third scores, before and after.

    `open`: a third would be needed, and none scored, so that no result can be told.
    """

    scorings: int = 0
    to_met: Flips = field(default_factory=Flips)
    to_not_yet: Flips = field(default_factory=Flips)
    open: Flips = field(default_factory=Flips)
    no_fit: Flips = field(default_factory=Flips)
    thirds_before: int = 0
    thirds_after: int = 0


def simulate(rubric: Rubric, recorded: Iterable[Recorded]) -> Simulation:
    """Judge all of them by the rubric's policies; nothing is written."""
    told = Simulation()
    for one in recorded:
        replayed = replay_sheets(for_choices(rubric, one.choices), one.sheets)
        told.scorings += 1
        told.thirds_before += one.adjudicated
        told.thirds_after += replayed.third
        flips = _kind(told, one, replayed)
        if flips is not None:
            flips.add(one.submission)
    return told


def _kind(told: Simulation, one: Recorded, replayed: Replayed) -> Flips | None:
    if replayed.verdict == one.outcome:
        return None
    kinds = {"met": told.to_met, "not_yet": told.to_not_yet, "third": told.open, "no_fit": told.no_fit}
    return kinds[replayed.verdict]


def lines(told: Simulation, minutes: int) -> Iterator[str]:
    """For a person at a terminal. `minutes` is what a third's scoring takes."""
    yield f"{told.scorings:,} first attempts that were decided."
    for flips, said in (
        (told.to_met, "met instead of not yet"),
        (told.to_not_yet, "not yet instead of met"),
        (told.open, "a third would have to score, and none did"),
        (told.no_fit, "the sheets rate other criteria or levels: nothing can be said"),
    ):
        named = ": " + ", ".join(flips.named) + (" …" if flips.count > len(flips.named) else "")
        yield f"  {flips.count:,} {said}{named if flips.named else ''}"
    more = told.thirds_after - told.thirds_before
    yield f"  A third scores {told.thirds_after:,} instead of {told.thirds_before:,} times."
    if more:
        hours = abs(more) * minutes / 60
        yield f"  That is {hours:,.1f} hours {'more' if more > 0 else 'less'}, at {minutes} minutes each."
