"""Whether a rubric makes sense. Every problem at once, each with its place and what to do about it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from reviewhub.domain.condition_check import condition_problems
from reviewhub.domain.errors import Problem
from reviewhub.domain.policy_check import MOST_DAYS, policy_problems
from reviewhub.domain.rubric import Criterion, IssuerInfo, Requirement, Rubric
from reviewhub.domain.translation_check import translation_problems

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ID = re.compile(r"[a-z][a-z0-9_-]*")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,2}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]+/(?:\*|[a-z0-9.+-]+)")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

_LONGEST_SLUG, _LONGEST_ID, _LONGEST_VERSION = 64, 60, 40
_MOST_ARTIFACTS = 50
_FEWEST_LEVELS, _MOST_LEVELS = 2, 9  # nine, because an assessor chooses a level with one digit key
_MOST_CODES = 9
_FEWEST_IN_STACK = 2
_LONGEST_MAIL = 254  # what mail servers take (RFC 5321)
_MOST_TOPICS, _LONGEST_TOPIC = 12, 60  # each is a way to filter the catalogue


def validate(rubric: Rubric) -> tuple[Problem, ...]:
    """All problems of a rubric that has the right shape; empty when it may be published."""
    return tuple(problem for check in _CHECKS for problem in check(rubric))


def validate_issuer(info: IssuerInfo) -> tuple[Problem, ...]:
    """All problems of what a plugin says about its issuer and the stacks."""
    return tuple(_issuer(info))


def _at(place: str, advice: str, value: str = "") -> Problem:
    return Problem(place, f"{place}: {advice}", value)


def is_slug(text: str) -> bool:
    """Whether it may name an issuer or a rubric in an address."""
    return bool(_SLUG.fullmatch(text)) and len(text) <= _LONGEST_SLUG


def _slug(place: str, value: str) -> Iterator[Problem]:
    if not is_slug(value):
        yield _at(place, "Use 1 to 64 lower-case letters, digits and single hyphens.", value)


def _id(place: str, value: str) -> Iterator[Problem]:
    if not _ID.fullmatch(value) or len(value) > _LONGEST_ID:
        yield _at(place, "Start with a lower-case letter; use letters, digits, - and _ (60 at most).", value)


def _said(place: str, value: str, longest: int) -> Iterator[Problem]:
    if not value.strip():
        yield _at(place, "This is shown to people. Write something.", value)
    if len(value) > longest:
        yield _at(place, f"Shorten this to {longest} characters.", f"{len(value)} characters")


def _unique(place: str, ids: Iterable[str]) -> Iterator[Problem]:
    for value, count in Counter(ids).items():
        if count > 1:
            yield _at(place, f"The id {value!r} is used {count} times. Give each its own.", value)


def _head(rubric: Rubric) -> Iterator[Problem]:
    yield from _slug("slug", rubric.slug)
    if not _VERSION.fullmatch(rubric.version) or len(rubric.version) > _LONGEST_VERSION:
        yield _at("version", "Write numbers with dots, such as 1.0 or 2.1.3.", rubric.version)
    yield from _about(rubric)
    if not 1 <= rubric.promise_days <= MOST_DAYS:
        message = "Promise a result within 1 to 365 working days."
        yield _at("promise_days", message, str(rubric.promise_days))


def _about(rubric: Rubric) -> Iterator[Problem]:
    about = rubric.about
    for name, longest in (("name", 120), ("summary", 300), ("description", 5000)):
        yield from _said(f"about.{name}", getattr(about, name), longest)
    if not about.languages:
        yield _at("about.languages", 'Name at least one language, such as "en".')
    for n, language in enumerate(about.languages):
        if not _LANGUAGE.fullmatch(language):
            place = f"about.languages[{n}]"
            yield _at(place, "Write a language tag, such as en or pt-BR.", language)
    if len(about.topics) > _MOST_TOPICS:
        yield _at("about.topics", f"Name at most {_MOST_TOPICS}.", str(len(about.topics)))
    for n, topic in enumerate(about.topics):
        yield from _said(f"about.topics[{n}]", topic, _LONGEST_TOPIC)
    for language in rubric.translations:
        if not _LANGUAGE.fullmatch(language):
            yield _at(f"translations.{language}", "Write a language tag, such as en or pt-BR.", language)


def _requirements(rubric: Rubric) -> Iterator[Problem]:
    if not rubric.requirements:
        yield _at("requirements", "Ask for at least one piece of evidence.")
    yield from _unique("requirements", (r.id for r in rubric.requirements))
    for n, requirement in enumerate(rubric.requirements):
        yield from _requirement(f"requirements[{n}]", requirement)


def _requirement(place: str, item: Requirement) -> Iterator[Problem]:
    yield from _id(f"{place}.id", item.id)
    yield from _said(f"{place}.name", item.name, 120)
    yield from _said(f"{place}.description", item.description, 2000)
    if item.minimum < 0 or item.maximum < 1 or item.minimum > item.maximum or item.maximum > _MOST_ARTIFACTS:
        message = "Let minimum be 0 or more, maximum 1 to 50, and minimum not above maximum."
        yield _at(place, message, f"{item.minimum} to {item.maximum}")
    if item.kind == "text" and item.maximum != 1:
        yield _at(f"{place}.maximum", "A text answer is given once. Leave this out.", str(item.maximum))
    if item.kind == "file" and not item.accept:
        message = "List the media types that you can judge, such as application/pdf or image/*."
        yield _at(f"{place}.accept", message)
    if item.kind == "text" and item.accept:
        yield _at(f"{place}.accept", "A text answer has no media type. Leave this out.")
    for n, media_type in enumerate(item.accept):
        if not _MEDIA_TYPE.fullmatch(media_type):
            spot = f"{place}.accept[{n}]"
            yield _at(spot, "Write a media type, such as application/pdf or image/*.", media_type)
    for n, option in enumerate(item.options):
        yield from _id(f"{place}.options[{n}].id", option.id)
    yield from _words(place, item)


def _words(place: str, item: Requirement) -> Iterator[Problem]:
    low, high = item.min_words, item.max_words
    if low < 0 or high < 0 or (high and low > high):
        yield _at(place, "Let min_words be 0 or more and not above max_words.", f"{low} to {high}")
    if item.kind != "text" and (low or high):
        yield _at(place, "Word limits hold for text answers only. Leave them out.", f"{low} to {high}")


def _parts(rubric: Rubric) -> Iterator[Problem]:
    if not rubric.criteria:
        yield _at("parts", "Add at least one part with one criterion.")
    yield from _unique("parts", (p.id for p in rubric.parts))
    yield from _unique("parts.criteria", (c.id for c in rubric.criteria))
    for n, part in enumerate(rubric.parts):
        place = f"parts[{n}]"
        yield from _id(f"{place}.id", part.id)
        yield from _said(f"{place}.name", part.name, 120)
        if not part.criteria:
            yield _at(place, "This part judges nothing. Add a criterion, or remove the part.", part.id)
        for m, criterion in enumerate(part.criteria):
            yield from _criterion(f"{place}.criteria[{m}]", criterion)


def _criterion(place: str, criterion: Criterion) -> Iterator[Problem]:
    yield from _id(f"{place}.id", criterion.id)
    yield from _said(f"{place}.name", criterion.name, 120)
    yield from _said(f"{place}.description", criterion.description, 2000)
    levels = criterion.levels
    if not _FEWEST_LEVELS <= len(levels) <= _MOST_LEVELS:
        yield _at(f"{place}.levels", "Give 2 to 9 levels, lowest first.", str(len(levels)))
    yield from _unique(f"{place}.levels", (level.id for level in levels))
    for n, level in enumerate(levels):
        spot = f"{place}.levels[{n}]"
        yield from _id(f"{spot}.id", level.id)
        yield from _said(f"{spot}.name", level.name, 60)
        yield from _said(f"{spot}.description", level.description, 1000)
        if n and level.points <= levels[n - 1].points:
            message = "Levels ascend. Give more points than to the level before."
            yield _at(f"{spot}.points", message, str(level.points))
    yield from _codes(place, criterion)
    if criterion.met_from not in {level.id for level in levels}:
        message = "Name one of the levels of this criterion."
        yield _at(f"{place}.met_from", message, criterion.met_from)
    elif levels and criterion.met_from == levels[0].id:
        message = "Every level would be met. Choose a level above the lowest."
        yield _at(f"{place}.met_from", message, criterion.met_from)


def _codes(place: str, criterion: Criterion) -> Iterator[Problem]:
    if len(criterion.codes) > _MOST_CODES:
        yield _at(f"{place}.codes", f"Give {_MOST_CODES} codes at most.", str(len(criterion.codes)))
    if criterion.codes:
        yield from _unique(f"{place}.codes", (one.id for one in criterion.ratings))
    for n, code in enumerate(criterion.codes):
        spot = f"{place}.codes[{n}]"
        yield from _id(f"{spot}.id", code.id)
        yield from _said(f"{spot}.name", code.name, 60)
        yield from _said(f"{spot}.description", code.description, 1000)


def _references(rubric: Rubric) -> Iterator[Problem]:
    known = {requirement.id for requirement in rubric.requirements}
    choices = {requirement.id for requirement in rubric.requirements if requirement.kind == "choice"}
    used = {name for criterion in rubric.criteria for name in criterion.requirements}
    for criterion in rubric.criteria:
        place = f"criterion {criterion.id}"
        for name in criterion.requirements:
            if name not in known:
                message = f"It points at evidence {name!r}, which is not asked for. Add it or correct the id."
                yield _at(place, message, name)
        if not criterion.requirements:
            yield _at(place, "Name in `requirements` the evidence that it is judged on.")
    for name in sorted(known - used - choices):
        message = "No criterion is judged on it. Point one at it, or do not ask for it."
        yield _at(f"requirement {name}", message, name)


_CHECKS = (
    _head, _requirements, _parts, _references, condition_problems, policy_problems, translation_problems
)  # fmt: skip


def _issuer(info: IssuerInfo) -> Iterator[Problem]:
    yield from _slug("issuer.slug", info.slug)
    yield from _said("issuer.name", info.name, 120)
    yield from _said("issuer.contact_name", info.contact_name, 120)
    if not _MAIL.fullmatch(info.contact_email):
        message = "Give the address that learners may write to."
        yield _at("issuer.contact_email", message, info.contact_email)
    if len(info.contact_email) > _LONGEST_MAIL:
        said = f"{len(info.contact_email)} characters"
        yield _at("issuer.contact_email", f"Shorten this to {_LONGEST_MAIL} characters.", said)
    yield from _unique("issuer.stacks", (stack.slug for stack in info.stacks))
    for n, stack in enumerate(info.stacks):
        place = f"issuer.stacks[{n}]"
        yield from _slug(f"{place}.slug", stack.slug)
        yield from _said(f"{place}.name", stack.name, 120)
        yield from _unique(f"{place}.items", stack.items)
        if len(stack.items) < _FEWEST_IN_STACK:
            yield _at(f"{place}.items", "Stack at least two micro-credentials.")
