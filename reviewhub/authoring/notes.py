"""What is no fault in a rubric and still worth a look before it is shipped."""

from collections.abc import Iterator

from reviewhub.domain.rubric import Rubric
from reviewhub.domain.translation import untranslated

_SHOWN = 60  # characters of a text that a note repeats


def notes(rubric: Rubric) -> Iterator[str]:
    """A sentence for each text that a translation lacks: readers get it as it was written."""
    for one in untranslated(rubric):
        text = " ".join(one.text.split())
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        yield f"Not translated: {one.place} (“{shown}” is shown instead)."
