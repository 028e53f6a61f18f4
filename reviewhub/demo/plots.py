"""The kinds of stories, and how many of each there are: together every state that can last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviewhub.demo.acts import Work
from reviewhub.demo.stage import Story, Wait

LEAVES = (
    "My shop has closed, so there is nothing left to do a campaign for.",
    "I am changing schools and will start again there.",
    "I have too much on my plate this term.",
)


def _arrive(work: Work) -> Iterator[Wait]:
    work.begin()
    work.write()
    yield Wait(0.3)
    work.bring()
    yield Wait(0.02)
    work.send()


def _score(work: Work, first: set[str], second: set[str] | None = None) -> Iterator[Wait]:
    """Both assessors hand in; `first` and `second` are what they find unmet."""
    yield Wait(_days(work, 0.8, 1.6), at_work=True)
    work.hand_in(0, first)
    yield Wait(_days(work, 0.4, 1.4), at_work=True)
    work.hand_in(1, first if second is None else second)
    yield Wait(0.1)


def _adjudicate(work: Work, unmet: set[str]) -> Iterator[Wait]:
    yield Wait(_days(work, 0.6, 1.2), at_work=True)
    work.hand_in(0, unmet, "adjudicator")
    yield Wait(0.02)
    work.hand_in(0, unmet, "adjudicator")
    yield Wait(0.1)


def _confirm(work: Work) -> Iterator[Wait]:
    yield Wait(_days(work, 0.4, 1.1), at_work=True)
    work.confirm()


def _not_yet(work: Work) -> Iterator[Wait]:
    """A first attempt up to released feedback that leaves something to mend; now and then by adjudication."""
    yield from _arrive(work)
    unmet = _weak(work)
    if work.stage.dice.random() < 0.25:  # noqa: PLR2004  # as often as assessors differ
        yield from _score(work, unmet, set())
        yield from _adjudicate(work, unmet)
    else:
        yield from _score(work, unmet)
    yield from _confirm(work)


def _again(work: Work) -> Iterator[Wait]:
    """The next attempt, sent."""
    yield Wait(_days(work, 1.0, 2.5))
    work.resubmit()
    yield Wait(0.2)
    work.mend()
    yield Wait(0.1)
    work.send()


def _weak(work: Work) -> set[str]:
    """What this attempt does not meet yet: for teachers the criterion that is never forgiven."""
    still = [criterion.id for criterion in work.open_criteria()]
    if work.micro.teaching and "debugging" in still:
        return {"debugging", work.stage.dice.choice(still)}
    return set(work.stage.dice.sample(still, min(len(still), work.stage.dice.choice((1, 2, 2, 3)))))


def _days(work: Work, least: float, most: float) -> float:
    return work.stage.dice.uniform(least, most)


# ---------------------------------------------------------------- before the evidence has arrived


def draft(work: Work) -> Story:
    """Begun, some of it there."""
    work.begin()
    yield Wait(0.2)
    if work.stage.dice.random() < 0.8:  # noqa: PLR2004  # some have only looked
        work.write("overview", "context")
        work.bring(most=work.stage.dice.randint(0, 2))


def needs_fix(work: Work) -> Story:
    """One file is not what its name says."""
    work.begin()
    work.write()
    yield Wait(0.4)
    work.bring(instead=work.shelf.broken())
    work.send()


def without_copy(work: Work) -> Story:
    """One file of which no clean copy can be made: the attempt is held."""
    work.begin()
    work.write()
    yield Wait(0.4)
    work.bring(instead=work.unclean())
    work.send()


def without_copy_returned(work: Work) -> Story:
    """The same, given back to the learner."""
    yield from without_copy(work)
    yield Wait(0.6, at_work=True)
    work.return_it(
        "The report is a Word file. Please save it as a PDF and send it again; nothing else is missing."
    )


def without_copy_scored(work: Work) -> Story:
    """The same, let go on by the coordinator, and scored."""
    yield from without_copy(work)
    yield Wait(0.6, at_work=True)
    work.go_on("The other files show everything that the criteria ask for.")


def withdrawn_early(work: Work) -> Story:
    """Left before anything was sent."""
    yield from draft(work)
    yield Wait(2.0)
    work.leave(work.stage.dice.choice(LEAVES))


def forgotten(work: Work) -> Story:
    """Begun, and never touched again until it lapses."""
    work.begin()
    yield Wait(0.2)
    work.write("overview", "context")


# ---------------------------------------------------------------- with the assessors


def offered(work: Work) -> Story:
    """Seats filled, nobody has begun. Where nobody is eligible it waits."""
    yield from _arrive(work)


def claimed(work: Work) -> Story:
    """Both have begun."""
    yield from _arrive(work)
    for number in (0, 1):
        yield Wait(_days(work, 0.3, 0.9), at_work=True)
        seat = work.seats()[number]
        work.draft(seat, work.half_a_sheet(_weak(work)))


def one_in(work: Work) -> Story:
    """One sheet is in, the other seat has not begun."""
    yield from _arrive(work)
    yield Wait(_days(work, 0.8, 1.5), at_work=True)
    work.hand_in(work.stage.dice.randrange(2), _weak(work))


def never_begun(work: Work) -> Story:
    """One sheet is in; the other assessor is reminded in vain, and the seat goes to somebody else."""
    yield from one_in(work)


def disputed(work: Work) -> Story:
    """The sheets differ; an adjudicator is asked."""
    yield from _arrive(work)
    yield from _score(work, _weak(work), set())


def disputed_half(work: Work) -> Story:
    """The adjudicator has given the blind sheet and sees both others."""
    yield from disputed(work)
    yield Wait(0.5, at_work=True)
    work.hand_in(0, _weak(work), "adjudicator")


def stepped_aside(work: Work) -> Story:
    """One assessor knows the learner; the seat is filled again."""
    yield from _arrive(work)
    yield Wait(0.8, at_work=True)
    work.known(0)


def reseated(work: Work) -> Story:
    """A coordinator takes a seat from somebody who has fallen ill."""
    yield from _arrive(work)
    yield Wait(1.2, at_work=True)
    work.draft(work.seats()[1], work.half_a_sheet(_weak(work)))
    yield Wait(0.8, at_work=True)
    work.reseat(1, "Away until further notice; the learner should not wait for that.")


def fault(work: Work) -> Story:
    """The issuer's rules cannot answer: the round is held."""
    yield from _arrive(work)
    yield Wait(_days(work, 0.8, 1.5), at_work=True)
    work.hand_in(0, set())
    yield Wait(0.7, at_work=True)
    work.hand_in_without_rules(1, set())


def on_hold(work: Work) -> Story:
    """Stopped by the coordinator while it is scored."""
    yield from one_in(work)
    yield Wait(0.4, at_work=True)
    work.stop(
        "The same campaign plan has come in twice, from two people. I am asking both before anybody goes on."
    )


def withdrawn_late(work: Work) -> Story:
    """Left while it was scored."""
    yield from one_in(work)
    yield Wait(0.5)
    work.leave(work.stage.dice.choice(LEAVES))


# ---------------------------------------------------------------- with a result


def decided(work: Work) -> Story:
    """Agreed; the feedback waits for a lead."""
    yield from _arrive(work)
    yield from _score(work, _weak(work) if work.stage.dice.random() < 0.6 else set())  # noqa: PLR2004  # most are not met at first


def revise(work: Work) -> Story:
    """Feedback released, something to mend."""
    yield from _not_yet(work)


def met(work: Work) -> Story:
    """Met at once."""
    yield from _arrive(work)
    yield from _score(work, set())
    yield from _confirm(work)


def second_draft(work: Work) -> Story:
    """The next attempt has begun."""
    yield from _not_yet(work)
    yield Wait(_days(work, 0.6, 1.5))
    work.resubmit()


def second_offered(work: Work) -> Story:
    """The next attempt is with its assessors."""
    yield from _not_yet(work)
    yield from _again(work)


def second_one_in(work: Work) -> Story:
    """One sheet of the next attempt is in."""
    yield from second_offered(work)
    yield Wait(0.8, at_work=True)
    work.hand_in(0, set())


def second_disputed(work: Work) -> Story:
    """The sheets of the next attempt differ."""
    yield from second_offered(work)
    yield from _score(work, _weak(work), set())


def second_decided(work: Work) -> Story:
    """The next attempt has its result, and waits for a lead."""
    yield from second_offered(work)
    yield from _score(work, set())


def second_revise(work: Work) -> Story:
    """Still something to mend."""
    yield from second_offered(work)
    yield from _score(work, _weak(work))
    yield from _confirm(work)


def second_met(work: Work) -> Story:
    """Met at the second attempt."""
    yield from second_decided(work)
    yield from _confirm(work)


def third_met(work: Work) -> Story:
    """Met at the third."""
    yield from second_revise(work)
    yield from _again(work)
    yield from _score(work, set())
    yield from _confirm(work)


@dataclass(frozen=True, slots=True)
class Plot:
    """A kind of story: how often for marketing and teaching, and how many days before the end it begins."""

    play: Callable[[Work], Story]
    marketing: int
    teaching: int
    earliest: float
    latest: float
    kinds: tuple[str, ...] = ()
    """Micro-credentials it is about; empty: any that is scored."""


ADS, MEDIA = "marketing-with-facebook-ads", "media-literacy"
"""Towards the end nobody is left who may score these two."""

PLOTS = (
    Plot(forgotten, 0, 1, 29.5, 26),
    Plot(draft, 5, 6, 14, 0.6),
    Plot(needs_fix, 3, 1, 6, 1),
    Plot(without_copy, 3, 2, 4, 0.7),
    Plot(without_copy_returned, 1, 0, 6, 3),
    Plot(without_copy_scored, 1, 0, 6, 3),
    Plot(withdrawn_early, 2, 2, 20, 5),
    Plot(offered, 2, 0, 1.9, 0.9, (ADS,)),
    Plot(offered, 0, 2, 1.9, 0.9, (MEDIA,)),
    Plot(offered, 6, 6, 3, 0.7),
    Plot(claimed, 4, 4, 5, 2.6),
    Plot(one_in, 3, 3, 5, 3),
    Plot(never_begun, 1, 0, 17, 15),
    Plot(disputed, 4, 1, 8, 5),
    Plot(disputed_half, 1, 0, 9, 7),
    Plot(stepped_aside, 1, 1, 5, 3),
    Plot(reseated, 1, 0, 6, 4),
    Plot(fault, 0, 2, 6, 5),
    Plot(on_hold, 2, 1, 7, 5),
    Plot(withdrawn_late, 1, 1, 15, 6),
    Plot(decided, 4, 1, 9, 6),
    Plot(revise, 2, 0, 24, 14, (ADS,)),
    Plot(revise, 5, 1, 18, 10),
    Plot(met, 2, 0, 26, 14, (ADS,)),
    Plot(met, 4, 1, 26, 9),
    Plot(second_draft, 3, 1, 20, 12),
    Plot(second_offered, 3, 1, 18, 14),
    Plot(second_one_in, 2, 0, 16, 13),
    Plot(second_disputed, 1, 0, 22, 19),
    Plot(second_decided, 2, 0, 22, 18),
    Plot(second_revise, 2, 0, 24, 20),
    Plot(second_met, 6, 1, 28, 21),
    Plot(third_met, 2, 0, 29.6, 29),
)
