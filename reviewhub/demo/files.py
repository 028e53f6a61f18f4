"""The demo's evidence: real files, made here, the same for the same variant. Twelve variants of each kind.

Authors and places stand in their metadata on purpose: what an assessor gets to see must not have them.
"""

from functools import cache
from typing import NamedTuple

from reviewhub.demo import pictures
from reviewhub.demo.answers import overview, reflection
from reviewhub.demo.documents import campaign_plan_pdf, lesson_plan_pdf, post_reach
from reviewhub.demo.docx import word_document
from reviewhub.demo.mp4 import slide_show
from reviewhub.demo.stories import CAMPAIGNS, LESSONS

VARIANTS = 12
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class DemoFile(NamedTuple):
    """A file as a learner would send it."""

    name: str
    data: bytes
    media_type: str


def campaign_plan(variant: int) -> DemoFile:
    """A campaign plan, PDF of six pages."""
    return _campaign_plan(variant % VARIANTS)


def campaign_report(variant: int) -> DemoFile:
    """A campaign's closing report, DOCX: there is no clean copy of it yet."""
    return _campaign_report(variant % VARIANTS)


def post(variant: int, number: int = 0) -> DemoFile:
    """A screenshot of one of a campaign's six posts, PNG."""
    return _post(variant % VARIANTS, number % 6)


def photo(variant: int) -> DemoFile:
    """A photo with place, device and author in its EXIF, JPEG."""
    return _photo(variant % VARIANTS)


def statistics(variant: int) -> DemoFile:
    """A screenshot of a page's statistics, PNG."""
    return _statistics(variant % VARIANTS)


def clip(variant: int) -> DemoFile:
    """A video of six seconds, MP4 (H.264): there is no clean copy of it yet."""
    return _clip(variant % VARIANTS)


def figures(variant: int) -> DemoFile:
    """The figures of 28 days, CSV."""
    variant %= VARIANTS
    story = CAMPAIGNS[variant]
    rows = ["day,reach,clicks,answers"]
    for day in range(1, 29):
        reach = 90 + 8 * day + (variant * 37 + day * 53) % 140
        rows.append(f"2026-04-{day:02},{reach},{reach // 19},{(day * 7 + variant) % 9}")
    return DemoFile(f"{_file(story.name)}-figures.csv", "\n".join(rows).encode(), "text/csv")


def notes(variant: int) -> DemoFile:
    """Notes in plain text, in the encoding of an older machine where the variant is odd."""
    text = f"{overview(variant)}\r\n\r\n{reflection(variant)}\r\n"
    encoding = "cp1252" if variant % 2 else "utf-8"
    return DemoFile("notes.txt", text.encode(encoding), "text/plain")


def lesson_plan(variant: int) -> DemoFile:
    """A teacher's plan of a lesson in computational thinking, PDF of three pages."""
    return _lesson_plan(variant % len(LESSONS))


@cache
def _campaign_plan(variant: int) -> DemoFile:
    name = f"{_file(CAMPAIGNS[variant].name)}-campaign-plan.pdf"
    return DemoFile(name, campaign_plan_pdf(variant), "application/pdf")


@cache
def _campaign_report(variant: int) -> DemoFile:
    story = CAMPAIGNS[variant]
    sections = (
        ("Closing report", overview(variant).split("\n\n")),
        ("What we learned", reflection(variant).split("\n\n")),
    )
    rows = [
        ("Post", "Reach"),
        *((name, str(post_reach(variant, at))) for at, name in enumerate(story.posts)),
    ]
    data = word_document(f"{story.name}: report", story.author, sections, rows)
    return DemoFile(f"{_file(story.name)}-report.docx", data, _WORD)


@cache
def _post(variant: int, number: int) -> DemoFile:
    story = CAMPAIGNS[variant]
    text = f"{story.posts[number]}. {_CALLS[number]}"
    return DemoFile(f"post-{number + 1}.png", pictures.post(variant, number, story.name, text), "image/png")


_CALLS = (
    "Look at the second picture: that is what four Saturdays do. The link in the profile tells you more.",
    "Tell us in the comments what you would have asked.",
    "Watch to the end, then send it to somebody who would like to come along.",
    "It takes one minute. Follow the link in the profile.",
    "Places are limited; sign up by Wednesday.",
    "Thank you all. Share it with those who could not come.",
)


@cache
def _photo(variant: int) -> DemoFile:
    return DemoFile(
        f"IMG_{2093 + variant}.JPG", pictures.photo(variant, CAMPAIGNS[variant].author), "image/jpeg"
    )


@cache
def _statistics(variant: int) -> DemoFile:
    story = CAMPAIGNS[variant]
    data = pictures.statistics(variant, story.name, story.wanted, story.goal)
    return DemoFile("Screenshot page statistics.png", data, "image/png")


@cache
def _clip(variant: int) -> DemoFile:
    story = CAMPAIGNS[variant]
    lines = (story.name, story.posts[2], f"Our goal: {story.goal} {story.wanted}")
    return DemoFile("reel.mp4", slide_show(pictures.slides(variant, lines)), "video/mp4")


@cache
def _lesson_plan(variant: int) -> DemoFile:
    name = f"{_file(LESSONS[variant].title)}-lesson.pdf"
    return DemoFile(name, lesson_plan_pdf(variant), "application/pdf")


def _file(name: str) -> str:
    """A name as people give it to files."""
    kept = "".join(c if c.isalnum() else "-" for c in name.lower())
    return "-".join(part for part in kept.split("-") if part)
