"""What the converters hand back inside the child. Standard library only."""

from dataclasses import dataclass


class CannotConvert(Exception):
    """No clean copy; the text says why, for the learner."""


@dataclass(frozen=True, slots=True)
class Page:
    """One file in the working folder; width and height in pixels, 0 for text. Kind: image, page or text."""

    name: str
    media_type: str
    kind: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Rendition:
    """All clean copies of one file, with a note where something was left out."""

    pages: tuple[Page, ...]
    note: str = ""
