"""The evidence as an assessor may see it: numbered by the rubric's own words, in clean copies only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from reviewhub.domain.evidence import word_count
from reviewhub.domain.rubric import Rubric
from reviewhub.models import Artifact, Attempt, CleanCopy


@dataclass(frozen=True, slots=True)
class Page:
    """One clean copy: an image, a page, or a text that the page shows itself. Width and height in pixels."""

    public_id: str
    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One artifact. Its name is the requirement's: a file's own name may give the learner away."""

    number: int
    requirement: str
    name: str
    kind: str
    """file, link or text"""
    media_type: str
    text: str
    """A text answer, else ""."""
    words: int
    pages: tuple[Page, ...]

    @property
    def viewable(self) -> bool:
        """Whether there is anything that an assessor may see."""
        return bool(self.pages or self.text)


def exhibits(session: Session, rubric: Rubric, attempt: Attempt) -> tuple[Exhibit, ...]:
    """The attempt's artifacts in the order of the rubric's requirements, in two statements."""
    return exhibits_of(session, rubric, shown_artifacts(session, rubric, attempt))


def exhibits_of(
    session: Session, rubric: Rubric, artifacts: Sequence[Artifact], first: int = 1
) -> tuple[Exhibit, ...]:
    """These artifacts of the rubric's requirements, numbered from `first`, in one statement."""
    copies = session.exec(
        select(CleanCopy)
        .where(col(CleanCopy.artifact_id).in_([one.id for one in artifacts]))
        .order_by(col(CleanCopy.artifact_id), col(CleanCopy.position))
    ).all()
    pages: dict[int, list[Page]] = {}
    for copy in copies:
        page = Page(copy.public_id, copy.kind, copy.width, copy.height)
        pages.setdefault(copy.artifact_id, []).append(page)
    return tuple(
        Exhibit(
            number=number,
            requirement=one.requirement_id,
            name=rubric.requirement(one.requirement_id).name,
            kind=one.kind,
            media_type=one.media_type,
            text=one.body if one.kind == "text" else "",
            words=word_count(one.body) if one.kind == "text" else 0,
            pages=tuple(pages.get(one.id or 0, ())),
        )
        for number, one in enumerate(artifacts, first)
    )


def shown_artifacts(session: Session, rubric: Rubric, attempt: Attempt) -> list[Artifact]:
    """What the exhibits are made of, in their order: number 1 is the first."""
    places = {requirement.id: place for place, requirement in enumerate(rubric.requirements)}
    artifacts = session.exec(
        select(Artifact).where(Artifact.attempt_id == attempt.id, Artifact.state == "checked")
    ).all()
    known = [one for one in artifacts if one.requirement_id in places]
    return sorted(known, key=lambda one: (places[one.requirement_id], one.position, one.public_id))
