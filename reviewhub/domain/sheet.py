"""What an assessor may put on a sheet: a rating and a comment for each criterion that is scored this time."""

from collections.abc import Mapping, Sequence

from reviewhub.domain.errors import Invalid, Problem
from reviewhub.domain.rubric import Criterion, Rubric

LONGEST_COMMENT = 5_000

Entries = Mapping[str, Mapping[str, str]]
"""{criterion id: {"level": id of a level or code, or "", "comment": text}}"""


def clean_entries(criteria: Sequence[Criterion], given: Entries) -> dict[str, dict[str, str]]:
    """The entries for these criteria, all of them, in the rubric's order; what is absent is empty.

    Raises Invalid for a criterion that is not scored this time, a level of another scale, or a comment
    that is too long: none of these comes from our own form.
    """
    known = {criterion.id: criterion for criterion in criteria}
    problems = [
        Problem(f"level-{cid}", f"“{cid}” is not scored this time.", cid) for cid in given if cid not in known
    ]
    entries: dict[str, dict[str, str]] = {}
    for criterion in criteria:
        entry = given.get(criterion.id, {})
        level, comment = entry.get("level", ""), entry.get("comment", "").strip()
        if level and level not in {one.id for one in criterion.ratings}:
            problems.append(
                Problem(f"level-{criterion.id}", f"{criterion.name}: there is no such level.", level)
            )
        if len(comment) > LONGEST_COMMENT:
            message = f"{criterion.name}: please keep the comment under {LONGEST_COMMENT:,} characters."
            problems.append(Problem(f"comment-{criterion.id}", message))
        entries[criterion.id] = {"level": level, "comment": comment}
    if problems:
        raise Invalid(*problems)
    return entries


def require_complete(rubric: Rubric, entries: Entries) -> None:
    """Raises Invalid that names every criterion without a rating, or unscorable for no reason."""
    problems = []
    for cid, entry in entries.items():
        criterion = rubric.criterion(cid)
        if not entry["level"]:
            problems.append(Problem(f"level-{cid}", f"{criterion.name}: choose a level."))
        elif criterion.has_code(entry["level"], "unscorable") and not entry["comment"]:
            message = f"{criterion.name}: say what stands in the way, so that the learner can mend it."
            problems.append(Problem(f"comment-{cid}", message))
    if problems:
        raise Invalid(*problems)
