"""The demo's long documents: a campaign plan of six pages, a lesson plan of three."""

from reviewhub.demo.answers import posting_times
from reviewhub.demo.pdf import Document
from reviewhub.demo.stories import CAMPAIGNS, LESSONS, Campaign, Lesson

_PAID = 4


def campaign_plan_pdf(variant: int) -> bytes:
    """The plan of one of the twelve campaigns."""
    story = CAMPAIGNS[variant]
    document = Document(f"{story.name}: campaign plan", story.author)
    _plan_aim(document, story, variant)
    document.new_page()
    _plan_audience(document, story, variant)
    document.new_page()
    _plan_posts(document, story, variant)
    document.new_page()
    _plan_figures(document, story, variant)
    document.new_page()
    _plan_changes(document, variant)
    document.new_page()
    _plan_permissions(document, story)
    return bytes(document)


def lesson_plan_pdf(variant: int) -> bytes:
    """The plan of one of the six lessons."""
    lesson = LESSONS[variant]
    document = Document(f"{lesson.title}: lesson plan", lesson.author)
    document.title(lesson.title, f"{lesson.grade} · two lessons of 45 minutes · computational thinking")
    _lesson_problem(document, lesson)
    document.new_page()
    _lesson_course(document, lesson)
    document.new_page()
    _lesson_work(document, lesson)
    return bytes(document)


def post_reach(variant: int, number: int) -> int:
    """How many people a campaign's post reached; the same in every document that mentions it."""
    return 210 + (variant * 97 + number * 331) % 900 + (900 if number == _PAID else 0)


def _clicks(variant: int, number: int) -> int:
    """The first two posts ask for two things at once, and the paid one finds the wrong people."""
    return post_reach(variant, number) // (41 if number in {0, 1, _PAID} else 17)


def _plan_aim(document: Document, story: Campaign, variant: int) -> None:
    document.title(f"Campaign plan: {story.name}", "Four weeks in April · two audiences · one goal each")
    document.heading("1. What we want")
    document.paragraph(
        f"{story.name} {story.does}. The page has existed for three years, with about one post a month and "
        f"{180 + variant * 43} followers. Most of them are friends of the people who run it."
    )
    document.paragraph(
        f"The campaign has one aim: {story.goal} {story.wanted} by 28 April. In the same "
        "weeks of last year "
        f"there were {story.goal * 3 // 5}, without any campaign, so the figure asks for "
        "more and stays within "
        "reach."
    )
    document.heading("How we will know")
    document.points(
        (
            (
                "The link in the profile counts who comes from the page; the list at the door "
                "counts who comes at all."
            ),
            "We look at both every Sunday evening and write down what we change because of it.",
            (
                f"If there are fewer than {story.goal // 4} after two weeks, we drop the weaker "
                "half of the plan."
            ),
        )
    )
    document.heading("Who does what")
    document.table(
        (
            ("Task", "Who", "By when"),
            ("Plan, texts, calendar, figures", "I", "31 March"),
            ("Photographs", "A member, with consent", "2 April"),
            ("Reads each post first", "The organisation", "The day before"),
        ),
        (190, 171, 90),
    )


def _plan_audience(document: Document, story: Campaign, variant: int) -> None:
    document.heading("2. Who we want to reach")
    document.paragraph(
        f"{story.name} serves two groups that behave differently online. {story.first}; {story.second}."
    )
    document.paragraph(
        f"For the first group we set one goal: {story.goal * 3 // 4} {story.wanted}, "
        "measured by the link in the "
        f"profile, at a cost of no more than 1.{variant % 5}0 each. For the second we keep the newsletter "
        "and use the page only to confirm dates."
    )
    document.paragraph(posting_times(variant))
    document.table(
        (
            ("", "First audience", "Second audience"),
            ("Needs", "To decide quickly, with one click", "A date, a place, a person to call"),
            ("Is found", "On the page and in two local groups", "By letter and by friends"),
            ("What we ask for", "One thing a post", "To pass it on"),
        ),
        (101, 175, 175),
    )
    document.heading("3. What we made")
    document.paragraph(
        "Five posts, one of them a reel, and one paid post of 30.00. Each post names its audience, its one "
        "message and what it asks the reader to do. The table on the next page shows every post with its "
        "reach, its clicks and what we changed after it."
    )


def _plan_posts(document: Document, story: Campaign, variant: int) -> None:
    document.heading("The posts")
    rows = [("Date", "Post", "For", "Asks to", "Reach", "Clicks")]
    audiences = (*["first"] * 5, "second")
    for at, name in enumerate(story.posts):
        reach = post_reach(variant, at)
        asks = ("look", "answer", "watch", "click", "sign up", "share")[at]
        rows.append(
            (
                f"{at * 5 + 2} April",
                name,
                audiences[at],
                asks,
                f"{reach}",
                f"{_clicks(variant, at)}",
            )
        )
    document.table(rows, (58, 173, 55, 55, 55, 55))
    document.paragraph(
        "Posts one and two went out before the workshop on measuring. They ask for two things at once, and "
        "their figures show it; we left them as they were because changing them would hide what we learned."
    )
    document.heading("Words and pictures")
    document.points(
        (
            "One request in the first line; no more than forty words before the link.",
            "Pictures from the place itself. No stock photographs, no borrowed music.",
            "A description for every picture, for those who hear the page instead of seeing it.",
        )
    )


def _plan_figures(document: Document, story: Campaign, variant: int) -> None:
    document.heading("4. What the figures say")
    document.paragraph("Reach of each post after seven days, from the page's own statistics:")
    document.bars([(_cut(name), post_reach(variant, at)) for at, name in enumerate(story.posts)])
    total = story.goal * (70 + variant * 7 % 55) // 100
    document.paragraph(
        f"{total} {story.wanted} were counted at the door, {total * 2 // 3} of them with a "
        "click on the link "
        "before. The paid post had the largest reach and the smallest share of clicks: it found people who "
        "like the place and live too far away."
    )
    document.paragraph(
        "The two sources disagree by about a third. The door counts everybody; the link counts those who "
        "came straight from the page. We use the door for the goal and the link to compare posts."
    )


def _plan_changes(document: Document, variant: int) -> None:
    document.heading("5. What we changed, and why")
    document.table(
        (
            ("When", "What we saw", "What we did"),
            ("9 April", "Posts with two requests: under 3% clicks", "One request a post from then on"),
            (
                "16 April",
                f"Two times of day carry {60 + variant % 5 * 4}% of all reach",
                "All posts at these times",
            ),
            (
                "21 April",
                "Paid post: many views, few clicks",
                "Half the radius, those who had visited before",
            ),
            ("26 April", "Questions by message repeat", "A list of answers, pinned"),
        ),
        (62, 205, 184),
    )
    document.heading("What we would do otherwise")
    document.points(
        (
            "Ask ten people of each audience before writing the first post.",
            "Plan the thank-you post from the start: it was shared most and cost nothing.",
            "Stop the paid post after three days when the clicks do not come.",
        )
    )


def _plan_permissions(document: Document, story: Campaign) -> None:
    document.heading("6. Permissions")
    document.paragraph(
        f"{story.name} agreed in writing on 28 March that this campaign is made in its name and shown as "
        "evidence. Nobody can be recognised in the pictures; where hands or voices appear, the people gave "
        "their consent and may withdraw it."
    )
    document.table(
        (
            ("What", "From whom", "Where it is kept"),
            ("Use of the page", "The organisation", "Letter of 28 March"),
            ("Photographs", "The member who took them", "Form, page 2"),
            ("Music of the reel", "Recorded by ourselves", "No rights of others"),
        ),
        (140, 171, 140),
    )
    document.heading("Budget")
    document.table(
        (("Item", "Planned", "Spent"), ("Paid post", "30.00", "30.00"), ("Printing", "12.00", "8.40")),
        (221, 115, 115),
    )


def _lesson_problem(document: Document, lesson: Lesson) -> None:
    document.heading("The problem")
    document.paragraph(f"{lesson.problem}. The class chose it themselves from five suggestions.")
    document.heading("What the children should be able to do afterwards")
    document.points(
        (
            "Take a problem apart into steps that somebody else can carry out.",
            "See what repeats, and say it once.",
            "Leave out what does not matter, and give a reason for it.",
            "Test their own instructions on others, and mend them.",
        )
    )
    document.heading("Taken apart")
    document.points(lesson.parts)
    document.paragraph(f"The pattern that we were after: {lesson.pattern}.")


def _lesson_course(document: Document, lesson: Lesson) -> None:
    document.heading("Course of the lessons")
    document.table(
        (
            ("Minutes", "What happens", "Who"),
            ("0 – 10", "The problem, told as a story; guesses on cards", "Class"),
            ("10 – 30", f"First try: {lesson.parts[0]}", "Pairs"),
            ("30 – 45", "Another pair does exactly what is written; mistakes are marked", "Two pairs"),
            ("45 – 70", f"Second try: {lesson.parts[1]}, {lesson.parts[2]}", "Pairs"),
            ("70 – 85", "Compare: what do all solutions have in common?", "Class"),
            ("85 – 90", "One sentence on a card: what would I do otherwise?", "Alone"),
        ),
        (70, 281, 100),
    )
    document.heading("For those who need more time, or less")
    document.paragraph(
        "Cards with half-written steps for those who find a blank page hard; for the fast "
        "ones the same problem "
        "with one thing forbidden. Nobody has to read aloud."
    )


def _lesson_work(document: Document, lesson: Lesson) -> None:
    document.heading("What the children made")
    document.paragraph(
        "Eleven of thirteen pairs wrote instructions that another pair could follow after "
        "the second try; after "
        "the first it had been four. Nine named the pattern in their own "
        f"words, for example: “{lesson.pattern}”."
    )
    document.bars([("First try", 4), ("Second try", 11), ("Pattern named", 9), ("Tested on others", 13)])
    document.heading("What I would change")
    document.paragraph(
        "The first phase was too long. Most pairs had tried everything they could think of "
        "after twelve minutes "
        "and began to decorate their cards. Names and faces of children are not in this document."
    )


def _cut(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27].rstrip()}…"  # noqa: PLR2004 - what fits before a bar
