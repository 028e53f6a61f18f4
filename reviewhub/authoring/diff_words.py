"""The difference of two versions in plain sentences, and whom it touches, for a person at a terminal."""

from collections.abc import Iterator
from dataclasses import replace

from reviewhub.authoring.diff import PluginChange, RubricChange
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import Difference, TextChange, move_locks
from reviewhub.domain.rubric_json import criterion_structure_hash
from reviewhub.web.rubric_words import sections

_HEADS = {
    "new": "new",
    "gone": "no longer shipped",
    "same": "nothing changed",
    "wording": "only wording",
    "policies": "the policies, not what is judged",
    "structure": "how it is judged",
    "refused": "refused",
}


def lines(change: PluginChange) -> Iterator[str]:
    """Everything, most indented what is most detailed."""
    for one in change.rubrics:
        yield from _rubric(one)
    if change.issuer:
        yield f"plugin.toml: {', '.join(change.issuer)} changed."
        yield "  Everybody: sees it as soon as it is taken in."
    if change.code:
        yield f"Other files changed: {', '.join(change.code)}."
        yield "  Where code judges: new submissions are judged by the new code, others by theirs."
        yield "  Work held because its code failed moves to the new code when a coordinator asks again."


def _rubric(change: RubricChange) -> Iterator[str]:
    versions = dict.fromkeys(one.version for one in (change.before, change.after) if one)
    yield f"{change.label} {' → '.join(versions)}: {_HEADS[change.kind]}"
    if change.refusal:
        yield f"  {change.refusal}"
    if change.before and change.after and change.kind != "same":
        yield from _what(change)
    if change.kind not in ("same", "refused"):
        yield "  For whom:"
        yield from (f"    {sentence}" for sentence in whom(change))


def _what(change: RubricChange) -> Iterator[str]:
    for section in sections(change.differences):
        yield f"  {section.title}:"
        for said in section.items:
            yield f"    {said.title}: {said.what}." + "".join(f" {line}" for line in said.lines)
            yield from (f"      {label}: {_marked(text)}" for label, text in said.texts)
    assert change.before is not None
    assert change.after is not None
    about = _about(change.before, change.after)
    if about:
        yield f"  In the catalogue: {', '.join(about)}."
    if replace(change.before, version=change.after.version) == change.after:
        yield "  Nothing but the version."
    elif not change.differences and not about:
        yield "  The order of parts, criteria or evidence."


def _marked(text: TextChange) -> str:
    """The later text, with what was taken out in [-…-] and what came in in {+…+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    pieces = []
    for span in text.words:
        bare = span.text.rstrip()
        pieces.append(marks[span.kind].format(bare) + span.text[len(bare) :])
    return " ".join("".join(pieces).split())


def _about(before: Rubric, after: Rubric) -> tuple[str, ...]:
    names = ("name", "summary", "description", "skills", "audience", "topics", "languages", "hours", "judged")
    return tuple(name for name in names if getattr(before.about, name) != getattr(after.about, name))


def whom(change: RubricChange) -> Iterator[str]:
    """A sentence for each kind of person whom this change touches."""
    if change.before is None:
        yield "Learners: find it in the catalogue and can begin."
        yield "Coordinators: need assessors for it; those qualified for other micro-credentials are not."
    elif change.after is None:
        yield "New learners: can no longer begin it."
        yield "Learners who have begun: go on to their result with what they began with."
    else:
        yield from _moved(change, change.before, change.after)


def _moved(change: RubricChange, before: Rubric, after: Rubric) -> Iterator[str]:
    yield f"New learners: begin with {after.version}."
    begun = f"Learners who have begun: keep {before.version}, and may move to {after.version} by choice"
    if change.kind == "wording":
        yield f"{begun}. What they have met stays met."
        yield "Assessors: judge the same, in other words; on each submission by the words of its own version."
        return
    if change.kind == "policies":
        yield from _by_policies(before, after)
        return
    yield f"{begun}, after seeing this difference."
    yield from _kept(before, after)
    yield from _asked(change.differences)
    yield "Assessors: score each submission by its own version; the two are not compared on one sheet."


def _by_policies(before: Rubric, after: Rubric) -> Iterator[str]:
    """What the policies hold for: running work too, where a coordinator says so (docs/issuers)."""
    yield f"Who has begun: keeps {before.version} until a coordinator decides. Released results stay."
    decides = "Coordinators: decide whether running submissions end under the old policies"
    if before.policies.eligibility.seats == after.policies.eligibility.seats:
        yield f"{decides}, are judged by the new ones, or are scored afresh."
    else:
        yield f"{decides} or are scored afresh: with other seats the sheets cannot be judged anew."


def _kept(before: Rubric, after: Rubric) -> Iterator[str]:
    """What somebody who has met everything would keep (rule 7)."""
    if not before.policies.decision.locks:
        return
    moved = move_locks(after, {c.id: criterion_structure_hash(c) for c in before.criteria})
    names = {c.id: c.name for rubric in (before, after) for c in rubric.criteria}
    lost = [names[one] for one in moved.lost if one in {c.id for c in after.criteria}]
    if not moved.kept:
        yield "Who moves: nothing that they have met stays met."
    elif lost:
        yield f"Who moves: shows anew, even if met before: {', '.join(lost)}. The rest stays met."
    else:
        yield "Who moves: everything that they have met and that is still judged stays met."
    fresh = [c.name for c in after.criteria if c.id not in {one.id for one in before.criteria}]
    if fresh:
        yield f"Who moves: is judged on these too: {', '.join(fresh)}."


def _asked(differences: tuple[Difference, ...]) -> Iterator[str]:
    asked = [one for one in differences if one.thing == "requirement" and one.structural]
    for what, words in (
        ("added", "gives in addition"),
        ("changed", "looks again at"),
        ("removed", "no longer gives"),
    ):
        names = [one.name for one in asked if one.what == what]
        if names:
            yield f"Who moves: {words}: {', '.join(names)}."
