"""The kinds of stories, and how many of each there are: together every state that can last."""

from collections.abc import Callable
from dataclasses import dataclass

from reviewhub.demo import plots_later as later
from reviewhub.demo import plots_points as points
from reviewhub.demo.acts import Work
from reviewhub.demo.parts import arrive, confirm, days, not_yet, score, sent_again, weak
from reviewhub.demo.stage import Story, Wait

LEAVES = (
    "My shop has closed, so there is nothing left to do a campaign for.",
    "I am changing schools and will start again there.",
    "I have too much on my plate this term.",
)


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


def piled(work: Work) -> Story:
    """Sent when assessors have begun to claim: it lies in the pile."""
    work.begin()
    work.write()
    yield Wait(0.3)
    work.bring()
    yield Wait(_UNTIL_THE_END)
    work.send()


def offered(work: Work) -> Story:
    """Seats filled, nobody has begun. Where nobody is eligible it waits."""
    yield from arrive(work)


def claimed(work: Work) -> Story:
    """Both have begun."""
    yield from arrive(work)
    for number in (0, 1):
        yield Wait(days(work, 0.3, 0.9), at_work=True)
        seat = work.seats()[number]
        work.draft(seat, work.half_a_sheet(weak(work)))


def one_in(work: Work) -> Story:
    """One sheet is in, the other seat has not begun."""
    yield from arrive(work)
    yield Wait(days(work, 0.8, 1.5), at_work=True)
    work.hand_in(work.stage.dice.randrange(2), weak(work))


def never_begun(work: Work) -> Story:
    """One sheet is in; the other assessor is reminded in vain, and the seat goes to somebody else."""
    yield from one_in(work)


def disputed(work: Work) -> Story:
    """The sheets differ; an adjudicator is asked."""
    yield from arrive(work)
    yield from score(work, weak(work), set())


def disputed_half(work: Work) -> Story:
    """The adjudicator has given the blind sheet and sees both others."""
    yield from disputed(work)
    yield Wait(0.5, at_work=True)
    work.hand_in(0, weak(work), "adjudicator")


def stepped_aside(work: Work) -> Story:
    """One assessor knows the learner; the seat is filled again."""
    yield from arrive(work)
    yield Wait(0.8, at_work=True)
    work.known(0)


def reseated(work: Work) -> Story:
    """A coordinator takes a seat from somebody who has fallen ill."""
    yield from arrive(work)
    yield Wait(1.2, at_work=True)
    work.draft(work.seats()[1], work.half_a_sheet(weak(work)))
    yield Wait(0.8, at_work=True)
    work.reseat(1, "Away until further notice; the learner should not wait for that.")


def fault(work: Work) -> Story:
    """The issuer's rules cannot answer: the round is held."""
    yield from arrive(work)
    yield Wait(days(work, 0.8, 1.5), at_work=True)
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
    yield from arrive(work)
    yield from score(work, weak(work) if work.stage.dice.random() < 0.6 else set())  # noqa: PLR2004  # most are not met at first


def revise(work: Work) -> Story:
    """Feedback released, something to mend."""
    yield from not_yet(work)


def met(work: Work) -> Story:
    """Met at once."""
    yield from arrive(work)
    yield from score(work, set())
    yield from confirm(work)


def second_draft(work: Work) -> Story:
    """The next attempt has begun."""
    yield from not_yet(work)
    yield Wait(days(work, 0.6, 1.5))
    work.resubmit()


def second_offered(work: Work) -> Story:
    """The next attempt is with its assessors."""
    yield from not_yet(work)
    yield from sent_again(work)


def second_one_in(work: Work) -> Story:
    """One sheet of the next attempt is in."""
    yield from second_offered(work)
    yield Wait(0.8, at_work=True)
    work.hand_in(0, set())


def second_disputed(work: Work) -> Story:
    """The sheets of the next attempt differ."""
    yield from second_offered(work)
    yield from score(work, weak(work), set())


def second_decided(work: Work) -> Story:
    """The next attempt has its result, and waits for a lead."""
    yield from second_offered(work)
    yield from score(work, set())


def second_revise(work: Work) -> Story:
    """Still something to mend."""
    yield from second_offered(work)
    yield from score(work, weak(work))
    yield from confirm(work)


def second_met(work: Work) -> Story:
    """Met at the second attempt."""
    yield from second_decided(work)
    yield from confirm(work)


def third_met(work: Work) -> Story:
    """Met at the third."""
    yield from second_revise(work)
    yield from sent_again(work)
    yield from score(work, set())
    yield from confirm(work)


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
    alone: bool = False
    """Whether its learner has no other story: somebody who knows them is kept from all of their work."""


ADS, MEDIA = "marketing-with-facebook-ads", "media-literacy"
"""Towards the end nobody is left who may score these two."""
READING = "reading-figures"
"""Decided by points; its own stories alone tell of it."""
INCLUSIVE = "inclusive-innovation"
"""Here one assessor first looks whether everything is there."""

BASICS = "social-media-marketing-basics"
MANY = ("marketing-with-facebook-pages", "marketing-with-instagram")
"""Where five may score: two are left to score afresh, also what three have seen."""
_UNTIL_THE_END = 30.0

PLOTS = (
    Plot(forgotten, 0, 1, 29.5, 26),
    Plot(draft, 3, 4, 14, 0.6),
    Plot(needs_fix, 2, 1, 6, 1),
    Plot(without_copy, 2, 2, 4, 0.7),
    Plot(without_copy_returned, 1, 0, 6, 3),
    Plot(without_copy_scored, 1, 0, 6, 3),
    Plot(withdrawn_early, 2, 2, 20, 5),
    Plot(offered, 2, 0, 1.9, 0.9, (ADS,)),
    Plot(offered, 0, 2, 1.9, 0.9, (MEDIA,)),
    Plot(piled, 2, 0, 1.9, 0.9, (BASICS,)),
    Plot(offered, 4, 6, 3, 0.7),
    Plot(claimed, 3, 3, 5, 2.6),
    Plot(one_in, 2, 3, 5, 3),
    Plot(never_begun, 1, 0, 17, 15),
    Plot(disputed, 4, 1, 8, 5),
    Plot(disputed_half, 1, 0, 9, 7),
    Plot(stepped_aside, 1, 1, 5, 3, alone=True),
    Plot(reseated, 1, 0, 6, 4),
    Plot(fault, 0, 2, 6, 5),
    Plot(on_hold, 2, 1, 7, 5),
    Plot(withdrawn_late, 1, 1, 15, 6),
    Plot(decided, 4, 1, 9, 6),
    Plot(revise, 2, 0, 24, 14, (ADS,)),
    Plot(revise, 3, 1, 18, 10),
    Plot(met, 2, 0, 26, 14, (ADS,)),
    Plot(met, 3, 1, 26, 9),
    Plot(second_draft, 3, 1, 20, 12),
    Plot(second_offered, 3, 1, 18, 14),
    Plot(second_one_in, 2, 0, 16, 13),
    Plot(second_disputed, 1, 0, 22, 19),
    Plot(second_decided, 2, 0, 22, 18),
    Plot(second_revise, 2, 0, 24, 20),
    Plot(second_met, 4, 1, 28, 21),
    Plot(third_met, 2, 0, 29.6, 29),
    Plot(later.asked, 1, 0, 15, 14),
    Plot(later.answered, 1, 0, 17, 16),
    Plot(later.appealing, 1, 0, 17, 16, MANY),
    Plot(later.appealed, 1, 0, 20, 18, MANY),
    Plot(later.concern, 1, 0, 4, 3),
    Plot(later.given_back, 1, 0, 6, 4),
    Plot(later.correcting, 1, 0, 8, 7),
    Plot(later.to_rule, 1, 0, 18, 16, MANY),
    Plot(later.more_time, 1, 0, 4, 3),
    Plot(later.doubted, 1, 0, 26, 24),
    Plot(later.revealed, 1, 0, 8, 7),
    Plot(points.unreadable, 1, 0, 12, 11, (READING,)),
    Plot(points.close, 1, 0, 14, 13, (READING,)),
    Plot(points.alone, 1, 0, 13, 12, (READING,)),
    Plot(later.looked_through, 0, 2, 1.9, 0.9, (INCLUSIVE,)),
    Plot(later.incomplete, 0, 1, 4, 3, (INCLUSIVE,)),
)
