"""What the demo's learners write into text fields, and the sentences that their documents share."""

from reviewhub.demo.stories import CAMPAIGNS

_DAYS = ("Saturday 8:30", "Wednesday 19:00", "Friday 6:45", "Sunday 17:00", "Monday 12:15", "Thursday 20:30")


def overview(variant: int) -> str:
    """A learner's answer to "for whom, what, when, your part": about 150 words."""
    variant %= len(CAMPAIGNS)
    story = CAMPAIGNS[variant]
    return (
        f"I worked for {story.name}, which {story.does}. They asked for help because their page had been "
        f"quiet for months and most people who came had heard of them from friends. We agreed in writing "
        "that I may publish in their name for four weeks and that they see every post "
        "before it goes out.\n\n"
        f"The aim was {story.goal} {story.wanted} by the end of April. {story.first}; {story.second}. "
        "So we wrote for two groups and did not mix them. The campaign ran from the first to the 28th of "
        "April on one page and one picture channel.\n\n"
        "My part was the plan, the texts, the calendar and reading the figures. A member took two of the "
        "photographs and appears in the file with her consent. Answers to comments were written by the "
        "organisation itself, from a list that I prepared. I spent about fourteen hours on it, with three "
        "short meetings."
    )


def reflection(variant: int) -> str:
    """A learner's reflection, about 230 words."""
    variant %= len(CAMPAIGNS)
    story = CAMPAIGNS[variant]
    return (
        "What worked: the posts that asked for one thing. In the first week I put the "
        "date, the address and "
        "a question into the same text, and nobody did any of it. From the second week on "
        "each post had one "
        "request, and clicks on the link doubled although reach hardly changed. "
        f"{posting_times(variant)} I would "
        "not have found that in any guide.\n\n"
        "What did not work: the paid post. It reached more people than any other and brought "
        f"{story.goal // 8 + 1} of the {story.wanted}. I had chosen a radius and an age and nothing else. "
        "The same money for those who had already visited the page would have been better, and the figures "
        "of the third week show it.\n\n"
        f"How I know: the organisation counted {story.wanted} by hand and asked each person where they had "
        "heard of it. The page's own statistics say something else, because many look at a post and come "
        "days later by another way. I trust the list at the door more than the dashboard, and I say in the "
        "plan where both disagree.\n\n"
        "Next time I would ask ten people before I write anything, and decide on one figure that tells us "
        "to stop. I would also plan the thank-you post from the start: it cost ten minutes and was shared "
        "most. What the organisation should do now is small: one post a week with one request, and a look "
        "at the figures on the first Monday of each month. The rest can wait until there is time again."
    )


def posting_times(variant: int) -> str:
    """Three sentences on when to post: what the assessor's screen shows of a plan."""
    first, second = _DAYS[variant % 6], _DAYS[(variant + 1 + variant // 6) % 6]
    return (
        "We chose two posting times from the first fortnight's figures rather than from "
        "the general advice in "
        f"the workshop: {first} and {second}. Reach was 2.{variant % 7 + 1} and 1.{variant % 4 + 5} times "
        "the median of the other times."
    )
