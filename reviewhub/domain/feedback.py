"""A draft of what the learner will read, composed from the comments that match the result.

The draft says nothing that the result does not: comments written for another level are left out and
flagged, so that a person confirms text without contradictions. The summary is that person's to write.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviewhub.domain.agreement import across_met
from reviewhub.domain.decision import Decision
from reviewhub.domain.resolution import Resolution, Resolved
from reviewhub.domain.rubric import Criterion, Rubric

_CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)@\w{2,}|\+?\d[\d\s()/-]{7,}\d")
_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class Comment:
    """What one seat wrote at the level it chose. `final` marks the adjudicator's final sheet."""

    criterion_id: str
    level_id: str
    text: str
    seat: int = 1
    final: bool = False


@dataclass(frozen=True, slots=True)
class FeedbackItem:
    """For one criterion: what we saw, and what to do. Flags are for whoever confirms.

    `no_comment`: nobody wrote anything that fits the result; `thin`: too short to help;
    `contradiction`: a seat judged on the other side of met; `contact`: looks like an address, a handle
    or a telephone number.
    """

    criterion_id: str
    saw: str
    do: str = ""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedbackDraft:
    """One item for each criterion that was scored, in the rubric's order."""

    items: tuple[FeedbackItem, ...]
    summary: str = ""


def compose(
    rubric: Rubric, resolution: Resolution, decision: Decision, comments: Sequence[Comment]
) -> FeedbackDraft:
    """The default draft: fitting comments under "what we saw"; the level to reach under "do this"."""
    results = {result.criterion_id: result for result in resolution.results}
    return FeedbackDraft(
        tuple(
            _item(criterion, results[criterion.id], decision, comments)
            for criterion in rubric.criteria
            if criterion.id in results
        )
    )


def _item(
    criterion: Criterion, result: Resolved, decision: Decision, comments: Sequence[Comment]
) -> FeedbackItem:
    met, code = criterion.id in decision.met, criterion.code(result.level_id)
    own = [comment for comment in comments if comment.criterion_id == criterion.id]
    saw = "\n\n".join(_fitting(own, result.level_id))
    goal = code or criterion.level(criterion.met_from)
    nothing = met or criterion.has_code(result.level_id, "not_applicable")
    return FeedbackItem(
        criterion.id,
        saw,
        "" if nothing else f"{goal.name}: {goal.description}",
        tuple(_flags(criterion, own, saw, met=nothing)),
    )


def _fitting(comments: Sequence[Comment], level_id: str) -> list[str]:
    """Texts written for this level: the adjudicator's alone where there is one, else each seat's once."""
    fitting = [c for c in comments if c.level_id == level_id and c.text.strip()]
    chosen = [c for c in fitting if c.final] or sorted(fitting, key=lambda c: c.seat)
    return list(dict.fromkeys(comment.text.strip() for comment in chosen))


def _flags(criterion: Criterion, comments: Sequence[Comment], saw: str, *, met: bool) -> list[str]:
    flags = list(text_flags(saw, met=met))
    if across_met(criterion, [comment.level_id for comment in comments]):
        flags.append("contradiction")
    return flags


def text_flags(saw: str, *, met: bool) -> tuple[str, ...]:
    """What a reader would miss or should not read in "what we saw": `no_comment` or `thin`, `contact`."""
    flags = []
    if not met and not saw.strip():
        flags.append("no_comment")
    elif not met and len(saw.split()) < _FEW_WORDS:
        flags.append("thin")
    if _CONTACT.search(saw):
        flags.append("contact")
    return tuple(flags)


def flags_now(stored: Sequence[str], saw: str, *, met: bool) -> tuple[str, ...]:
    """The draft's flags after somebody edited the text: those about the text follow it, the others stay."""
    about_text = {"no_comment", "thin", "contact"}
    return (*text_flags(saw, met=met), *(flag for flag in stored if flag not in about_text))
