"""What differs between two versions of a rubric: every part, criterion, level, requirement and policy.

`structural` is what judgement depends on, as in `rubric_json`: ids, scales, cuts, limits, policies. The rest
is wording. What only changed its place in the order is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal, TypeAlias

from reviewhub.domain.codec import decimal_text
from reviewhub.domain.rubric import Code, Criterion, Level, Part, Requirement, Rubric, When
from reviewhub.domain.rubric_json import criterion_structure_hash
from reviewhub.domain.wording import Span, compare_words

Thing = Literal["about", "part", "criterion", "level", "code", "requirement", "policy", "translation"]
What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class TextChange:
    """A reworded name or description, word by word."""

    field: str
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """A value that judgement depends on. Names of levels, parts and requirements stand for their ids."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `within` names the criterion of a level or code and the part of a criterion.

    `name` and `description` are the newer ones; of what was removed, those it had.
    """

    thing: Thing
    id: str
    name: str
    what: What
    within: str = ""
    description: str = ""
    texts: tuple[TextChange, ...] = ()
    facts: tuple[FactChange, ...] = ()

    @property
    def structural(self) -> bool:
        """Whether it changes how something is judged; a part only groups."""
        return bool(self.facts) or (self.what != "changed" and self.thing not in ("part", "translation"))


def compare_rubrics(before: Rubric, after: Rubric) -> tuple[Difference, ...]:
    """Everything that differs: parts with their criteria and levels, then requirements, then policies."""
    return (
        *_parts(before, after),
        *_criteria(before, after),
        *_requirements(before, after),
        *_policies(before, after),
    )


def compare_about(before: Rubric, after: Rubric) -> tuple[Difference, ...]:
    """What the catalogue says otherwise of the micro-credential; lists as they are shown, with commas."""
    texts = tuple(
        TextChange(one.name, compare_words(_said(old), _said(new)))
        for one in fields(before.about)
        if (old := getattr(before.about, one.name)) != (new := getattr(after.about, one.name))
    )
    return (Difference("about", "about", after.about.name, "changed", texts=texts),) if texts else ()


def policies_only(before: Rubric, after: Rubric) -> bool:
    """Whether what is judged is the same in both, and how it is judged is not: a sheet fits either."""
    structural = [one for one in compare_rubrics(before, after) if one.structural]
    return bool(structural) and all(one.thing == "policy" for one in structural)


@dataclass(frozen=True, slots=True)
class LocksMoved:
    """Ids of locked criteria, in the order of the newer rubric, then those that it does not have."""

    kept: tuple[str, ...]
    lost: tuple[str, ...]


def move_locks(after: Rubric, locked: Mapping[str, str]) -> LocksMoved:
    """Which locks {criterion id: its structure hash then} go with the learner to another version (rule 7).

    Only where the criterion's structure is the very same; none where the newer rubric has no locks.
    """
    same = {c.id for c in after.criteria if locked.get(c.id) == criterion_structure_hash(c)}
    kept = same if after.policies.decision.locks else set()
    known = [c.id for c in after.criteria if c.id in locked]
    order = [*known, *(cid for cid in locked if cid not in known)]
    return LocksMoved(
        tuple(cid for cid in order if cid in kept), tuple(cid for cid in order if cid not in kept)
    )


_Named: TypeAlias = Part | Criterion | Level | Code | Requirement


def _texts(old: _Named, new: _Named) -> tuple[TextChange, ...]:
    changes = []
    if old.name != new.name:
        changes.append(TextChange("name", compare_words(old.name, new.name)))
    if old.description != new.description:
        changes.append(TextChange("description", compare_words(old.description, new.description)))
    if isinstance(old, Requirement) and isinstance(new, Requirement):
        changes += _renamed(old, new)
    return tuple(changes)


def _renamed(old: Requirement, new: Requirement) -> Iterator[TextChange]:
    """Options that are called otherwise; which there are is no wording."""
    names = {one.id: one.name for one in old.options}
    for one in new.options:
        if names.get(one.id, one.name) != one.name:
            yield TextChange("option", compare_words(names[one.id], one.name))


def _facts(pairs: Iterable[tuple[str, str, str]]) -> tuple[FactChange, ...]:
    return tuple(FactChange(field, old, new) for field, old, new in pairs if old != new)


def _one(thing: Thing, one: _Named, what: What, within: str = "") -> Difference:
    return Difference(thing, one.id, one.name, what, within, one.description)


def _changed(
    thing: Thing, old: _Named, new: _Named, pairs: Iterable[tuple[str, str, str]], within: str = ""
) -> Iterator[Difference]:
    texts, facts = _texts(old, new), _facts(pairs)
    if texts or facts:
        yield Difference(thing, new.id, new.name, "changed", within, new.description, texts, facts)


def _parts(before: Rubric, after: Rubric) -> Iterator[Difference]:
    old, new = {p.id: p for p in before.parts}, {p.id: p for p in after.parts}
    for part in after.parts:
        if part.id in old:
            yield from _changed("part", old[part.id], part, ())
        else:
            yield _one("part", part, "added")
    yield from (_one("part", part, "removed") for part in before.parts if part.id not in new)


def _criteria(before: Rubric, after: Rubric) -> Iterator[Difference]:
    old, new = {c.id: c for c in before.criteria}, {c.id: c for c in after.criteria}
    homes = {c.id: part for part in before.parts for c in part.criteria}
    for part in after.parts:
        for criterion in part.criteria:
            was = old.get(criterion.id)
            if was is None:
                yield _one("criterion", criterion, "added", part.name)
                continue
            home = (homes[criterion.id].name, part.name) if homes[criterion.id].id != part.id else ("", "")
            pairs = [*_criterion_facts(before, after, was, criterion), ("part", *home)]
            yield from _changed("criterion", was, criterion, pairs, part.name)
            yield from _levels(was, criterion)
            yield from _codes(was, criterion)
    yield from (_one("criterion", c, "removed", homes[c.id].name) for c in before.criteria if c.id not in new)


def _criterion_facts(
    before: Rubric, after: Rubric, old: Criterion, new: Criterion
) -> Iterator[tuple[str, str, str]]:
    if old.met_from != new.met_from:
        yield "met_from", old.level(old.met_from).name, new.level(new.met_from).name
    yield "weight", decimal_text(old.weight), decimal_text(new.weight)
    if old.floor != new.floor:
        yield "floor", _level_name(old, old.floor), _level_name(new, new.floor)
    yield "anchors", _said(old.anchors), _said(new.anchors)
    if old.when != new.when:
        yield "when", _condition(before, old.when), _condition(after, new.when)
    if old.requirements != new.requirements:
        yield "looks_at", _names(before, old.requirements), _names(after, new.requirements)


def _level_name(criterion: Criterion, level_id: str) -> str:
    return criterion.level(level_id).name if level_id else ""


def _names(rubric: Rubric, requirement_ids: Sequence[str]) -> str:
    return ", ".join(rubric.requirement(one).name for one in requirement_ids)


def _levels(old: Criterion, new: Criterion) -> Iterator[Difference]:
    was, now = {lv.id: lv for lv in old.levels}, {lv.id: lv for lv in new.levels}
    for level in new.levels:
        if level.id not in was:
            yield _one("level", level, "added", new.name)
            continue
        pairs = [("points", decimal_text(was[level.id].points), decimal_text(level.points))]
        yield from _changed("level", was[level.id], level, pairs, new.name)
    yield from (_one("level", lv, "removed", new.name) for lv in old.levels if lv.id not in now)


def _codes(old: Criterion, new: Criterion) -> Iterator[Difference]:
    was, now = {code.id: code for code in old.codes}, {code.id for code in new.codes}
    for code in new.codes:
        if code.id not in was:
            yield _one("code", code, "added", new.name)
            continue
        pairs = [("code_kind", was[code.id].kind, code.kind)]
        yield from _changed("code", was[code.id], code, pairs, new.name)
    yield from (_one("code", code, "removed", new.name) for code in old.codes if code.id not in now)


_ASKED = ("kind", "minimum", "maximum", "accept", "min_words", "max_words")


def _requirements(before: Rubric, after: Rubric) -> Iterator[Difference]:
    old, new = {r.id: r for r in before.requirements}, {r.id: r for r in after.requirements}
    for requirement in after.requirements:
        was = old.get(requirement.id)
        if was is None:
            yield _one("requirement", requirement, "added")
            continue
        pairs = [(name, _said(getattr(was, name)), _said(getattr(requirement, name))) for name in _ASKED]
        pairs += [("options", *_options(was, requirement))]
        if was.when != requirement.when:
            pairs += [("when", _condition(before, was.when), _condition(after, requirement.when))]
        yield from _changed("requirement", was, requirement, pairs)
    yield from (_one("requirement", r, "removed") for r in before.requirements if r.id not in new)


def _options(old: Requirement, new: Requirement) -> tuple[str, str]:
    """The options' names; nothing where they are the same, however they are called."""
    if [one.id for one in old.options] == [one.id for one in new.options]:
        return "", ""
    return ", ".join(one.name for one in old.options), ", ".join(one.name for one in new.options)


def _condition(rubric: Rubric, when: When | None) -> str:
    """`Setting: Ship, Dock`; "" for no condition."""
    if when is None:
        return ""
    choice = rubric.requirement(when.requirement)
    return f"{choice.name}: " + ", ".join(one.name for one in choice.options if one.id in when.chosen)


def _policies(before: Rubric, after: Rubric) -> Iterator[Difference]:
    pairs = [("promise_days", str(before.promise_days), str(after.promise_days))]
    for policy in fields(before.policies):
        old, new = getattr(before.policies, policy.name), getattr(after.policies, policy.name)
        pairs += [
            (f"{policy.name}.{one.name}", _said(getattr(old, one.name)), _said(getattr(new, one.name)))
            for one in fields(old)
        ]
    for fact in _facts(pairs):
        yield Difference("policy", fact.field, "", "changed", facts=(fact,))


def _said(value: object) -> str:
    """A value as text: "" for none, "yes" and "no", lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return decimal_text(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
