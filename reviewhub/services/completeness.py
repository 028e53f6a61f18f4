"""What still stands between an attempt and its submission."""

from collections.abc import Iterable, Iterator, Sequence

from reviewhub.domain import evidence
from reviewhub.domain.anchors import missing_anchors
from reviewhub.domain.evidence import EvidenceFacts, Missing
from reviewhub.domain.rubric import Requirement, Rubric
from reviewhub.models import Artifact, Attempt

CHANGE_NOTE = "Note"
"""Stands where a requirement's id stands otherwise; no id has a capital letter."""
HERE = frozenset({"arrived", "checked"})
"""States in which an artifact's bytes are with us and were not refused."""


def facts_of_artifact(artifact: Artifact) -> EvidenceFacts:
    """The nameless facts that rules and issuers' checks look at."""
    return EvidenceFacts(
        requirement_id=artifact.requirement_id,
        kind=artifact.kind,  # type: ignore[arg-type]  # a CHECK on the column keeps it to the three kinds
        media_type=artifact.media_type,
        size=artifact.size,
        sha256=artifact.sha256,
        text=artifact.body,
        url=artifact.url,
    )


def is_for(artifact: Artifact, requirement: Requirement) -> bool:
    """Whether it was given for this requirement, and in its kind: another version may ask for another."""
    return artifact.requirement_id == requirement.id and artifact.kind == requirement.kind


def asked_for(rubric: Rubric, artifacts: Iterable[Artifact]) -> list[Artifact]:
    """Those that the rubric asks for; the others stay behind, as when the learner has moved on."""
    return [a for a in artifacts if any(is_for(a, requirement) for requirement in rubric.requirements)]


def waits_for_copy(artifact: Artifact) -> bool:
    """Whether it has no clean copy, and no coordinator has looked after it yet.

    What was copied comes from an attempt that had arrived, so somebody let it go on as it is.
    """
    return artifact.clean_state == "not_cleanable" and artifact.copied_from_id is None


def being_checked(artifact: Artifact) -> bool:
    """Whether our checks or the issuer's own are still to answer."""
    return artifact.state == "arrived" or artifact.issuer_check == "asked"


def still_missing(rubric: Rubric, attempt: Attempt, artifacts: Sequence[Artifact]) -> tuple[Missing, ...]:
    """Everything in the way of submitting, in the rubric's order; empty when the attempt may be sent."""
    found: list[Missing] = []
    for requirement in rubric.requirements:
        own = [artifact for artifact in artifacts if is_for(artifact, requirement)]
        found.extend(evidence.missing([requirement], [facts_of_artifact(a) for a in own if _counts(a)]))
        found.extend(_unfinished(requirement, own))
        found.extend(_not_chosen(requirement, attempt))
    found.extend(missing_anchors(rubric, attempt.anchors))
    if attempt.number > 1 and not attempt.change_note.strip():
        found.append(Missing(CHANGE_NOTE, "no_note", "Say in a sentence or two what you changed."))
    return tuple(found)


def _not_chosen(requirement: Requirement, attempt: Attempt) -> Iterator[Missing]:
    chosen = attempt.choices.get(requirement.id)
    if requirement.options and requirement.minimum and chosen not in {one.id for one in requirement.options}:
        yield Missing(requirement.id, "no_choice", f"{requirement.name}: choose one.")


def _counts(artifact: Artifact) -> bool:
    return artifact.kind != "file" or artifact.state in HERE


def _unfinished(requirement: Requirement, artifacts: Iterable[Artifact]) -> Iterator[Missing]:
    for artifact in artifacts:
        if artifact.state == "refused":
            text = f"{requirement.name}: “{artifact.title}” cannot be accepted. Remove it."
            yield Missing(requirement.id, "refused", text)
            continue
        if artifact.issuer_check == "refuse":
            yield Missing(requirement.id, "refused", f"{requirement.name}: {artifact.finding}")
        if artifact.kind == "link":
            yield from _unfinished_link(requirement, artifact)
        elif artifact.kind == "file" and artifact.state == "expected":
            text = f"{requirement.name}: “{artifact.title}” has not arrived. Send it again, or remove it."
            yield Missing(requirement.id, "not_arrived", text)


def _unfinished_link(requirement: Requirement, artifact: Artifact) -> Iterator[Missing]:
    if not artifact.url.strip():
        text = f"{requirement.name}: give the address that the capture shows."
        yield Missing(requirement.id, "no_url", text)
    if artifact.state == "expected":
        text = f"{requirement.name}: add a screenshot or PDF of “{artifact.url}”; that is what is looked at."
        yield Missing(requirement.id, "no_capture", text)
