"""Move a submission whose round is held to the issuer's repaired code (docs/adr/0006)."""

from reviewhub.domain.access import Actor
from reviewhub.models import Submission
from reviewhub.queries.repaired import repaired
from reviewhub.services.kit import Tx

_SHORT = 12
"""Characters of a digest that people compare; the whole ones stand in the facts."""


def move_to_repaired_code(tx: Tx, submission: Submission, actor: Actor) -> None:
    """Pin the newest code for the same rubric, and record both digests; nothing where there is no newer.

    Part of `resume`: the submission is locked, and the actor may do this.
    """
    found = repaired(tx.session, submission)
    if found is None:
        return
    before = submission.code_digest
    submission.rubric_version_id, submission.code_digest = found.rubric_version_id, found.digest
    tx.event(
        submission,
        "submission.repair",
        actor,
        facts={"code_before": before, "code_after": found.digest},
        text=(
            f"The code of {found.issuer} that was taken in on {found.taken_in:%Y-%m-%d %H:%M} UTC "
            f"({found.digest[:_SHORT]}) judges from now on, in place of {before[:_SHORT]}. "
            "The rubric is the same, and nobody scores again."
        ),
    )
