"""Which real file goes where: twelve or so distinct files from reviewhub.demo.files, each converted once."""

from collections.abc import Iterator
from random import Random

from reviewhub.demo import files
from reviewhub.demo.answers import overview, reflection
from reviewhub.demo.files import DemoFile
from reviewhub.demo.words import lesson_overview, lesson_reflection
from reviewhub.domain.media import matches
from reviewhub.domain.rubric import Requirement

CAMPAIGNS = 3
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SCREENS = {"analytics", "insights", "page", "public-page", "profile", "answers", "message"}
_BROKEN = DemoFile(
    "campaign-plan-final.pdf", b"Dear teacher, the plan is in the other folder. " * 40, "application/pdf"
)


def distinct() -> Iterator[DemoFile]:
    """Every file that can be shown, the slowest to convert first."""
    for variant in range(CAMPAIGNS):
        yield files.campaign_plan(variant)
    for variant in range(3):
        yield files.lesson_plan(variant)
    yield from (files.post(0, 0), files.post(1, 1), files.photo(0), files.photo(1))
    for variant in range(CAMPAIGNS):
        yield files.statistics(variant)
    yield files.figures(0)


class Shelf:
    """The files of one learner's work on one micro-credential."""

    def __init__(self, variant: int, *, teaching: bool) -> None:
        self._variant = variant
        self._teaching = teaching

    def text(self, requirement: Requirement, dice: Random) -> str:
        """An answer to a text requirement."""
        looking_back = requirement.id == "reflection"
        if self._teaching:
            return (lesson_reflection if looking_back else lesson_overview)(self._variant, dice)
        return (reflection if looking_back else overview)(self._variant)

    def files(self, requirement: Requirement) -> list[DemoFile]:
        """As many files as are needed at least, the fitting kind first."""
        return [self._file(requirement, number) for number in range(max(1, requirement.minimum))]

    def unclean(self, requirement: Requirement) -> DemoFile | None:
        """A file of which no clean copy can be made yet, where this requirement takes one."""
        if _takes(requirement, _WORD):
            return files.campaign_report(0)
        return files.clip(0) if _takes(requirement, "video/mp4") else None

    def broken(self) -> DemoFile:
        """A file that is not what its name says."""
        return _BROKEN

    def _file(self, requirement: Requirement, number: int) -> DemoFile:
        variant = self._variant % CAMPAIGNS
        if self._teaching and requirement.id == "lesson":
            return files.lesson_plan(self._variant % 3)
        if requirement.id in {"plan", "storyboard", "calendar", "report"}:
            return files.campaign_plan(variant)
        if _takes(requirement, "text/csv"):
            return files.figures(0)
        if requirement.id in _SCREENS:
            return files.statistics(variant)
        if requirement.id in {"posts", "series", "versions", "before-after"}:
            return files.post(number % 2, number % 2)
        return files.photo(number % 2)


def _takes(requirement: Requirement, media_type: str) -> bool:
    return any(matches(media_type, wanted) for wanted in requirement.accept)
