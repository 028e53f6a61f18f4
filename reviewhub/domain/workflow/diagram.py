"""The four tables as pictures and lists; run as a module it prints docs/workflow.md."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import product

from reviewhub.domain.access import PERMISSIONS, Action, Facts, Role
from reviewhub.domain.workflow import attempt, review, round, submission  # noqa: A004  # the tables' own names
from reviewhub.domain.workflow.step import Step, Table

_BACK = "where it came from"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One table with its states; the first state is where it begins."""

    title: str
    about: str
    states: type[StrEnum]
    table: Table


DRAWN = (
    Drawn(
        "Submission",
        "One learner's pursuit of one micro-credential. Its lock is taken before anything below it changes.",
        submission.SubmissionState,
        submission.TRANSITIONS,
    ),
    Drawn(
        "Attempt",
        "A numbered round trip. Its evidence is immutable once it is submitted.",
        attempt.AttemptState,
        attempt.TRANSITIONS,
    ),
    Drawn(
        "Round",
        "One scoring of one attempt. What the owner's rules cannot decide is held, then goes on.",
        round.RoundState,
        round.TRANSITIONS,
    ),
    Drawn(
        "Review",
        "One assessor's seat in a round. An adjudicator submits a blind sheet first, then the final one.",
        review.ReviewState,
        review.TRANSITIONS,
    ),
)


def words(action: Action) -> str:
    """The action without its thing: "submit blind"."""
    return action.value.partition(".")[2].replace("_", " ")


def goal(step: Step) -> str:
    """Where a step leads, in words."""
    return step.to.value.replace("_", " ") if step.to else _BACK


def refusals(step: Step) -> tuple[str, ...]:
    """Every sentence with which the step's guard may refuse, found by trying all facts that are yes or no."""
    if step.guard is None:
        return ()
    names = [one.name for one in fields(Facts) if one.type is bool]
    tried = (
        Facts(**dict(zip(names, values, strict=True))) for values in product((True, False), repeat=len(names))
    )
    return tuple(sorted({sentence for facts in tried if (sentence := step.guard(facts))}))


def mermaid(drawn: Drawn) -> str:
    """A Mermaid state diagram of one table."""
    first, *_rest = drawn.states
    lines = ["stateDiagram-v2"]
    if any(step.to is None for step in drawn.table.values()):
        lines.append(f'    state "{_BACK}" as back')
    lines.append(f"    [*] --> {first.value}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, action), step in drawn.table.items():
        arrows.setdefault((state.value, step.to.value if step.to else "back"), []).append(words(action))
    lines += [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in arrows.items()]
    going_on = {state for state, _ in drawn.table}
    lines += [f"    {state.value} --> [*]" for state in drawn.states if state not in going_on]
    return "\n".join(lines)


def listing(drawn: Drawn) -> str:
    """Every step of one table with who may take it, as a Markdown table."""
    lines = ["| from | action | who | to | refused when |", "| --- | --- | --- | --- | --- |"]
    for (state, action), step in drawn.table.items():
        roles = sorted(PERMISSIONS[action], key=list(Role).index)
        cells = (
            state.value.replace("_", " "),
            words(action),
            ", ".join(role.value for role in roles),
            goal(step),
            " ".join(refusals(step)),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def document() -> Iterator[str]:
    """docs/workflow.md, paragraph by paragraph."""
    yield "# The workflow"
    yield (
        "Generated from the tables in `reviewhub/domain/workflow/` by\n"
        "`python -m reviewhub.domain.workflow.diagram`; a test compares the two. What is not drawn is\n"
        "refused. Buttons are made from the same tables, so screens and rules cannot disagree."
    )
    for drawn in DRAWN:
        yield f"## {drawn.title}"
        yield drawn.about
        yield f"```mermaid\n{mermaid(drawn)}\n```"
        yield listing(drawn)


if __name__ == "__main__":
    sys.stdout.write("\n\n".join(document()) + "\n")
