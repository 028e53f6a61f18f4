"""What the demo's learners write beside reviewhub.demo.answers: teachers' texts, change notes."""

from random import Random

from reviewhub.demo.stories import LESSONS

_OVERVIEW = (
    "This is about a lesson with {grade}, called “{title}”.",
    "The starting point was a real problem of ours. {problem}.",
    (
        "There are 26 pupils in the group; between them they speak six languages, and four of them "
        "are new this year."
    ),
    "I teach the subject for the third year, and had never taught it without computers before.",
    "We worked without machines for two double lessons, with paper, string and the things themselves.",
    "The pupils were to {part_a}, then to {part_b}, and in the end to {part_d}.",
    "I chose this problem because everybody had an opinion on it and nobody had a plan.",
    "What I wanted them to find is that {pattern}. I did not say it; I waited until somebody did.",
    "Two pupils had helped me to try the task the week before, and I shortened it after that.",
    "All names are covered in the pupils’ work, and the parents agreed that I use it.",
    "The material is in the plan: the cards, the questions, and what I would say when a group gets stuck.",
    "A colleague sat in on the second lesson and wrote down what the pupils said to one another.",
)
_REFLECTION = (
    (
        "The first group was done after ten minutes, and I had nothing for them. That was my mistake, "
        "not theirs."
    ),
    "Most groups could {part_a} at once. To {part_b} took three times as long as I had planned.",
    "I had thought that the pupils would need me for the last step. They needed me for the second.",
    (
        "One pupil said, “We are doing the same thing again, only smaller.” That is when I knew that it had "
        "arrived: {pattern}."
    ),
    "Another group had a rule that worked for every case but one. They first wanted to forbid that case.",
    (
        "I asked them to keep the case and change the rule. This was the best quarter of an hour of "
        "both lessons."
    ),
    (
        "In the work of 26 pupils I found 19 rules that another person could follow, and 7 that could "
        "not be followed."
    ),
    (
        "Those seven all had a step such as “do it properly”. We collected such steps on the board "
        "and laughed about them."
    ),
    "What did not work: my explanation of the word. I would leave it out until they have done it once.",
    "Next time I would let groups swap their rules earlier, because only the reader finds the gaps.",
    (
        "For pupils who read slowly I would make cards with pictures; they had the ideas but lost "
        "time with the text."
    ),
    (
        "In the week after it a pupil used the same way for the timetable of the sports day, without "
        "being asked."
    ),
    "I noticed that I help too early. My colleague counted it: eleven times in one lesson.",
    (
        "The next lesson takes up the one case that broke the rule, this time with a machine that does "
        "exactly what it is told."
    ),
    "I keep the plan, and I throw away the worksheet: it answered questions that nobody had.",
)
_CHANGES = (
    "I wrote the goal anew with a figure and a date, and added a page on how I measured it.",
    (
        "The part that you found too thin is longer now: I added the second week and what I changed "
        "because of it."
    ),
    "New screenshots, with the names covered. I had overlooked two of them.",
    "I asked six people and wrote down what they said; the description rests on this now.",
    "I replaced the worksheet by the one that we really used, with the corrections on it.",
    (
        "The reflection says now what did not work. I had left that out because I thought it would "
        "count against me."
    ),
)
_ADDED = (
    (
        "What I added after the feedback: the first plan had no figure in it, and without one I could "
        "call anything a success."
    ),
    (
        "What I added after the feedback: I went back to the material and looked for one thing that had "
        "failed. There were three, and the text names the largest."
    ),
    (
        "What I added after the feedback: a week later I asked again, and the answers were less kind "
        "and more useful."
    ),
)


def lesson_overview(variant: int, dice: Random) -> str:
    """A teacher's answer to "which class, what for": at least 100 words."""
    return _text(_OVERVIEW, variant, 110, dice)


def lesson_reflection(variant: int, dice: Random) -> str:
    """A teacher's reflection: at least 180 words."""
    return _text(_REFLECTION, variant, 200, dice)


def change_note(dice: Random) -> str:
    """What a learner says they changed for the next attempt."""
    return dice.choice(_CHANGES)


def added(dice: Random) -> str:
    """A paragraph that a learner adds to the reflection of the next attempt."""
    return dice.choice(_ADDED)


def _text(pool: tuple[str, ...], variant: int, least: int, dice: Random) -> str:
    """The sentences in their order, some left out as long as enough words stay, in paragraphs of three."""
    lesson = LESSONS[variant % len(LESSONS)]
    blanks = {
        "grade": lesson.grade,
        "title": lesson.title,
        "problem": lesson.problem,
        "pattern": lesson.pattern,
        "part_a": lesson.parts[0],
        "part_b": lesson.parts[1],
        "part_d": lesson.parts[3],
    }
    said = [line.format(**blanks) for line in pool]
    spare = len(" ".join(said).split()) - least
    for line in dice.sample(said[1:], 6):
        if len(line.split()) <= spare:
            said.remove(line)
            spare -= len(line.split())
    return "\n\n".join(" ".join(said[at : at + 3]) for at in range(0, len(said), 3))
