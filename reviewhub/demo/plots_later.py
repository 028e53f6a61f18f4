"""Stories that go beyond scoring and feedback: what people ask, doubt, correct and look at again."""

from reviewhub.demo import second_looks as acts
from reviewhub.demo.acts import Work
from reviewhub.demo.parts import arrive, confirm, not_yet, score, sent_again, weak
from reviewhub.demo.people import Company
from reviewhub.demo.stage import Stage, Story, Wait

QUESTION = "Is the reach of all four posts together enough, or do you need it for each post?"
ANSWER = "For each post, please: a small table with four lines is all that is missing."
GROUNDS = "The figures are on page 2, below the calendar: reach, clicks and what we conclude from them."
COPIED = "Two paragraphs are word for word in a guide that I have read elsewhere; I can give you the link."
UNREADABLE = "The second page of the plan is cut off at the margin, so I cannot read the budget."
REDO = "Please save the plan as a PDF in portrait format: the right-hand column is cut off."
WRONG_KEY = "I chose the level below the one that my comment describes; the calendar is complete."
AGAIN = "The learner's employer asked how sure the result is; the case is unusual enough to look twice."
LATE = "I am at a training course until Thursday and would rather not hurry this one."
DOUBTED = "The page that showed this is gone from the new version of the plan, and nothing else shows it."
WHO = "The evidence speaks of somebody in danger at home. The school has to be told, and I need to know whom."
TOLD = "Agreed: the school's contact has to be called today. Only for that."


def asked(work: Work) -> Story:
    """A question about the feedback waits for an answer."""
    yield from not_yet(work)
    yield Wait(0.8)
    acts.ask(work, QUESTION)


def answered(work: Work) -> Story:
    """The same, answered."""
    yield from asked(work)
    yield Wait(0.9, at_work=True)
    acts.answer(work, ANSWER)


def appealing(work: Work) -> Story:
    """Others score afresh what was not met; one sheet is in."""
    yield from not_yet(work)
    yield Wait(1.2)
    acts.ask_for_another_look(work, GROUNDS)
    yield Wait(1.0, at_work=True)
    work.hand_in(0, set())


def appealed(work: Work) -> Story:
    """The fresh round found it met."""
    yield from appealing(work)
    yield Wait(0.9, at_work=True)
    work.hand_in(1, set())
    yield Wait(0.1)
    yield from confirm(work)


def concern(work: Work) -> Story:
    """An assessor says that something is wrong; a coordinator has to answer."""
    yield from arrive(work)
    yield Wait(0.9, at_work=True)
    acts.say_what_is_wrong(work, 0, "copying", COPIED)


def given_back(work: Work) -> Story:
    """A page cannot be read: given back to be mended, and it costs no attempt."""
    yield from arrive(work)
    yield Wait(0.9, at_work=True)
    acts.say_what_is_wrong(work, 1, "other", UNREADABLE)
    yield Wait(0.6, at_work=True)
    acts.settle(work, "given_back", "Thank you. The learner sends it again.", REDO)


def correcting(work: Work) -> Story:
    """An assessor asks to correct the own final sheet; a lead has to answer."""
    yield from arrive(work)
    yield from score(work, weak(work))
    yield Wait(0.3, at_work=True)
    acts.ask_to_correct(work, 0, WRONG_KEY)


def to_rule(work: Work) -> Story:
    """Scored again at the coordinator's wish, and it differs: a ruling is due."""
    yield from arrive(work)
    yield from score(work, weak(work))
    yield from confirm(work)
    yield Wait(1.0, at_work=True)
    acts.score_again(work, AGAIN)
    yield from score(work, set())


def more_time(work: Work) -> Story:
    """An assessor asks for more time."""
    yield from arrive(work)
    yield Wait(1.0, at_work=True)
    acts.ask_for_time(work, 1, 4, LATE)


def doubted(work: Work) -> Story:
    """Something that was met before is doubted, and goes to adjudication."""
    yield from not_yet(work)
    yield from sent_again(work)
    yield Wait(0.6, at_work=True)
    acts.doubt(work, 0, DOUBTED)
    yield from score(work, set())


def revealed(work: Work) -> Story:
    """A lead has to know who it is, and a coordinator has told them for three days."""
    yield from arrive(work)
    yield from score(work, weak(work))
    yield Wait(0.4, at_work=True)
    acts.ask_who(work, WHO)
    yield Wait(0.3, at_work=True)
    acts.tell_who(work, TOLD)


def looked_through(work: Work) -> Story:
    """One assessor looks first whether everything is there."""
    yield from arrive(work, checked=False)


def incomplete(work: Work) -> Story:
    """The look found something missing: back to the learner, and no attempt is used."""
    yield from arrive(work, checked=False)
    yield Wait(0.7, at_work=True)
    acts.look_through(
        work, "The first answer is two sentences; three of the four questions are not answered."
    )


def audits(stage: Stage, company: Company, days: int) -> Story:
    """Every working day whoever audits hands in what came the day before."""
    for _ in range(days - 2):
        yield Wait(1.0, at_work=True)
        acts.hand_in_audits(stage, company)
