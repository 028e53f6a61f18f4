"""What the demo's assessors and leads write for a criterion: where it is met, and where it is not."""

from random import Random

_MET = {
    "question": ("The three who decide are named, and both options; I know which figure would tip it.",),
    "checked": ("Two doubled days are found and taken out, and the sum is given with and without them.",),
    "follows": ("I did the sums again from your table and came to the same place, step by step.",),
    "compared": ("Saturdays with Saturdays, and the week of the fair left out for a reason.",),
    "picture": ("One line, one label, and it begins at nought: I saw it before I read a word.",),
    "limits": ("You say that nobody counted those who left again, and what that means for the choice.",),
    "climate": ("A pupil shows her own mistake first, and the others ask instead of laughing.",),
    "setting": (
        "Clear at once who was helped, that they agreed, and what you did yourself.",
        "The overview gives a stranger all that is needed; nothing has to be guessed.",
        "Consent is stated, the time frame too. Your own part can be told from that of others.",
    ),
    "audience": (
        "Two groups, told apart by what they need, and the posts on pages 3 and 4 differ accordingly.",
        "The description rests on what people said to you. That shows in the choice of times.",
    ),
    "goal": (
        "A figure, a date, and the place where it is read off. I can check it without asking.",
        "The goal follows from last year’s number, so it is neither a dream nor a gift.",
    ),
    "content": (
        "Every post asks for one thing, and the last one takes up the first.",
        "Short, readable on a phone, and each says what to do next.",
    ),
    "figures": (
        "You moved the time of posting because of the figures, and you show what that did.",
        "The conclusion follows from the table, and you say what the table cannot show.",
    ),
    "respect": (
        "Faces are covered or agreed to; I looked through every picture twice.",
        "Names in the comments are covered, and the music is named with its licence.",
    ),
    "learning": (
        "An honest account: the noon posts failed, you say why, and what comes instead.",
        "The reason you give fits the figures, and the next step is small enough to happen.",
    ),
    "complete": ("The first screen answers who, what, where, when. I needed no scrolling.",),
    "voice": ("These posts could not stand on another page. The note for the owner will keep it so.",),
    "rhythm": ("Four weeks were kept, and twenty minutes a week is something an owner can live with.",),
    "dialogue": ("The complaint is taken up calmly and then led out of public. Names are covered.",),
    "handover": ("It is clear who goes on, with what, and what you would watch.",),
    "mandate": ("The sum, the purpose and who agreed to it stand in one sentence.",),
    "budget": ("You knew beforehand what an answer may cost, and set a limit on the account.",),
    "fair-audience": ("You say whom the audience leaves out and why that is acceptable. Few people do.",),
    "comparison": ("One difference between the versions, same days, same money: the conclusion holds.",),
    "truth": ("The price is visible, the sender is named, and the claim can be checked.",),
    "account": ("Money and results agree with the report, and the poor week is called one.",),
    "story": (
        "The series has a beginning, a turn and an aim; the change against the storyboard is explained.",
    ),
    "craft": ("Everything that matters is in the picture and can be heard.",),
    "access": ("Captions on every video, and descriptions that say what matters instead of “image”.",),
    "concept": (
        "The pupils put it into their own words; the note on the third sheet shows it best.",
        "The idea is theirs, not yours: your questions lead there without giving it away.",
        "Two different groups got there by different ways, and both are visible.",
    ),
    "task": (
        "A task with something in it: easy to begin, and nobody is through after five minutes.",
        "The cases are well chosen; the last one makes one doubt the obvious answer.",
    ),
    "thinking": (
        "What was expected is written down before the test, and the test decides.",
        "The pupils give reasons, and one of them changes her mind because of a reason.",
    ),
    "debugging": (
        "One pupil changes a single thing and looks again. That is exactly it.",
        "The cause is found, not only the mistake; the second sheet shows each try.",
    ),
    "change": (
        "You point at three sheets, say what they show, and name one change with a way to see its effect.",
        "The conclusion comes from the pupils’ work, and not from how the lesson felt.",
    ),
}
_NOT = {
    "question": ("Everybody would like to know it, but I cannot find who decides anything by it.",),
    "checked": ("Three days have no figures, and the mean is taken as if they were nought.",),
    "follows": ("From the table to “so it pays” a step is missing: against which cost?",),
    "compared": ("A month in summer stands against a month in winter, and the weather is not mentioned.",),
    "picture": ("Five colours and no title; what matters is the thinnest line of all.",),
    "limits": ("“Figures are not everything” is true of all figures. What do these leave open?",),
    "climate": ("Mistakes are named in front of everybody, and only by you. Who else dares to show one?",),
    "setting": (
        "I cannot tell who agreed to this, nor which part was yours.",
        "The overview says a lot about the place and little about what you did.",
    ),
    "audience": (
        "“Young people in town” is a beginning. The posts would be the same for anybody else.",
        "An age and a place are named, but not what these people need or where they are online.",
    ),
    "goal": (
        "You say that the place should be “better known”. A reader cannot tell when that is reached.",
        "There is a direction but no figure, so success could be claimed for any result.",
    ),
    "content": (
        "Two of the posts ask for three things at once; in the others the reader does not learn what to do.",
        "The fourth and the fifth post are the same advertisement with another picture.",
    ),
    "figures": (
        "The screenshot shows reach for two weeks, but the text draws no conclusion from it.",
        "“The posts did well” does not follow from the table: clicks went down in the second week.",
    ),
    "respect": (
        "In the second picture a child can be recognised, and I find no word about permission.",
        "Two names can be read in the comments of the screenshot.",
    ),
    "learning": (
        "This retells the three weeks. I looked for one thing that did not work, and why.",
        "Everything is called a success, against the figures on page 5.",
    ),
    "complete": ("The opening hours are in an old post only; a stranger will not find them.",),
    "voice": ("The first three posts have a voice; the others read like a template.",),
    "rhythm": ("The calendar ends in the second week, and there is no word about why.",),
    "dialogue": ("The tone is friendly, but the question about the refund is never answered.",),
    "handover": ("Who goes on with the page? The text ends with you.",),
    "mandate": ("It stays open who set the budget and who agreed to it.",),
    "budget": ("A sum is given, but not what one answer may cost at most.",),
    "fair-audience": ("The audience fits the offer. Whom it leaves out is not said.",),
    "comparison": ("The versions differ in picture, text and day at once, so nothing can be concluded.",),
    "truth": ("“The best in town” cannot be checked, and the price appears only after two clicks.",),
    "account": ("The report shows 41, the text says 30. Please say where the rest went.",),
    "story": ("A thread can be seen in the first pieces; then it breaks off.",),
    "craft": ("Two of the videos are so dark that I could not see what is being shown.",),
    "access": ("One of three videos has captions, and the descriptions say “photo”.",),
    "concept": (
        "The rule is on the worksheet before the pupils begin; they practise it, they do not find it.",
        "There is a good start, but the step that matters is made by the teacher.",
    ),
    "task": (
        "All cases look alike, so that nothing could make anybody doubt.",
        "The task is done as soon as it is understood; there is nothing left to think about.",
    ),
    "thinking": (
        "A result is there. How the pupils came to it cannot be seen.",
        "The prediction was written after the test, as far as I can tell from the sheets.",
    ),
    "debugging": (
        "The mistakes are corrected in your hand. What did the pupils think had gone wrong?",
        "They start over three times; the cause is not looked for.",
    ),
    "change": (
        "The lesson is told once more. Which sheet made you think, and what will you do about it?",
        "“More time” is named as the change, and no sheet shows that time was what was missing.",
    ),
}
_ANY = {
    True: ("The evidence shows this where it should; I found it without looking twice.",),
    False: ("I looked for this in all files and found only the beginning of it.",),
}
"""For a criterion that a plugin has added since."""
_DO = {
    "goal": "Choose one audience, one figure and one date, and say where you will read the figure.",
    "audience": (
        "Ask five people of this audience, write down what they say, and let two posts follow from it."
    ),
    "content": "Take the two weakest posts and rewrite them so that each asks for one thing.",
    "figures": "Name one thing that you changed because of a figure, and what happened after it.",
    "respect": "Cover faces and names, or say who agreed; then exchange the two pictures.",
    "learning": "Choose one thing that did not work, give your reason, and say what you would do.",
    "access": "Add captions to all videos, and let each description say what a reader would miss.",
    "story": "Write one sentence for each piece: what does it add to the one before?",
    "debugging": (
        "Add a sheet on which one mistake is followed to its cause: what was tried, what each try excluded."
    ),
    "concept": "Leave the rule away and let a group find it; hand in what they wrote.",
    "thinking": "Let the pupils write down what they expect before they try, and keep both.",
    "task": "Add a case that does not fit, and show what the pupils did with it.",
    "change": "Choose one sheet, say what it shows, and name one change and how you will see its effect.",
}
_WHY = {
    "unreadable": "The file opens, but every column after the second is empty; I tried two programs.",
    "alone": "It is the first year in which anybody counted. I looked for something to compare with, too.",
}
_SUMMARIES = {
    True: (
        "Well done: everything is met. The strongest part is how you let the evidence speak for itself.",
        "All criteria are met. Keep the plan: it is a good one for the next time, too.",
        "This is met. What convinced the assessors most was the honest look back.",
    ),
    False: (
        (
            "A good piece of work with little left to mend. What is met stays met; only the rest is "
            "scored again."
        ),
        "You are closer than it may feel. Take the points below one at a time.",
        "The base is sound. Mend what is named below, and leave the rest as it is.",
    ),
}
_BROKEN_OFF = "Needs another look at the second file."


def remark(criterion_id: str, *, met: bool, dice: Random) -> str:
    """What an assessor writes for a criterion at a level on this side of met."""
    return dice.choice((_MET if met else _NOT).get(criterion_id, _ANY[met]))


def half_a_remark(criterion_id: str, dice: Random) -> str:
    """A comment in a draft, still to be finished."""
    return dice.choice((*_NOT.get(criterion_id, ()), _BROKEN_OFF))


def advice(criterion_id: str, otherwise: str) -> str:
    """What a lead tells the learner to do; the rubric's own words where nothing better comes to mind."""
    return _DO.get(criterion_id, otherwise)


def why(code: str) -> str:
    """What an assessor writes who can give no level."""
    return _WHY[code]


def summary(*, met: bool, dice: Random) -> str:
    """The lead's first sentences to the learner."""
    return dice.choice(_SUMMARIES[met])
