"""A rubric in a reader's language. Ratings, locks and hashes of structure hang on ids: none changes by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar

from reviewhub.domain.rubric import Criterion, Part, Requirement, Rubric
from reviewhub.domain.texts import CriterionWords, RequirementWords, Translation, Words

T = TypeVar("T")
_NO_CRITERION, _NO_REQUIREMENT = CriterionWords(), RequirementWords()


def languages_of(rubric: Rubric) -> tuple[str, ...]:
    """The languages that its texts are in: first the one that it is written in, then its translations."""
    return (rubric.language, *rubric.translations)


def best_language(rubric: Rubric, reads: Sequence[str]) -> str:
    """Of the rubric's languages the one for who `reads` these (best first): pt-BR also serves for pt.

    The one that it is written in where nothing fits.
    """
    known = languages_of(rubric)
    for wanted in reads:
        for same in (str.lower, primary):
            for language in known:
                if same(language) == same(wanted):
                    return language
    return rubric.language


def primary(language: str) -> str:
    """The language without region or script: `pt` of `pt-BR`."""
    return language.partition("-")[0].lower()


def for_reader(rubric: Rubric, reads: Sequence[str]) -> Rubric:
    """The rubric in the best of its languages for who `reads` these."""
    return in_language(rubric, best_language(rubric, reads))


def in_language(rubric: Rubric, language: str) -> Rubric:
    """The same rubric with the texts of that language; what is not translated stays as it was written."""
    words = rubric.translations.get(language)
    if words is None:
        return rubric
    return replace(
        rubric,
        about=_said(rubric.about, words.about),
        requirements=tuple(_requirement(one, words) for one in rubric.requirements),
        parts=tuple(_part(part, words) for part in rubric.parts),
    )


def _requirement(requirement: Requirement, words: Translation) -> Requirement:
    own = words.requirements.get(requirement.id, _NO_REQUIREMENT)
    options = tuple(replace(one, name=own.options.get(one.id) or one.name) for one in requirement.options)
    return replace(_said(requirement, own), options=options)


def _part(part: Part, words: Translation) -> Part:
    criteria = tuple(_criterion(one, words.criteria.get(one.id, _NO_CRITERION)) for one in part.criteria)
    return replace(_said(part, words.parts.get(part.id)), criteria=criteria)


def _criterion(criterion: Criterion, words: CriterionWords) -> Criterion:
    levels = tuple(_said(level, words.levels.get(level.id)) for level in criterion.levels)
    codes = tuple(_said(code, words.codes.get(code.id)) for code in criterion.codes)
    return replace(_said(criterion, words), levels=levels, codes=codes)


def _said(thing: T, words: object) -> T:
    """The thing with those of its texts that `words` has. Ids and everything else stay."""
    if not is_dataclass(words) or not is_dataclass(thing) or isinstance(thing, type):
        return thing
    texts = {one.name: getattr(words, one.name) for one in fields(words)}
    said = {name: text for name, text in texts.items() if text and isinstance(text, str | tuple)}
    return replace(thing, **said)


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A text that a translation lacks: where it would stand, and what it says as it was written."""

    place: str
    text: str


def untranslated(rubric: Rubric) -> tuple[Untranslated, ...]:
    """Everything that a translation leaves to the language that the rubric is written in."""
    return tuple(
        Untranslated(pair.place, pair.text)
        for language in rubric.translations
        for pair in text_pairs(rubric, language)
        if pair.text and not pair.words
    )


@dataclass(frozen=True, slots=True)
class TextPair:
    """A text as it was written and in another language ("" where it is not translated), at its place.

    `name` is that of the thing which it is about, as it was written.
    """

    place: str
    name: str
    field: str
    text: str
    words: str


def text_pairs(rubric: Rubric, language: str) -> Iterator[TextPair]:
    """Every text of the rubric beside its translation."""
    words, at = rubric.translations[language], f"translations.{language}"
    yield from _pairs(rubric.about, words.about, f"{at}.about")
    for requirement in rubric.requirements:
        place = f"{at}.requirements.{requirement.id}"
        asked = words.requirements.get(requirement.id, _NO_REQUIREMENT)
        yield from _pairs(requirement, asked, place)
        for option in requirement.options:
            said = asked.options.get(option.id, "")
            yield TextPair(f"{place}.options.{option.id}", option.name, "name", option.name, said)
    for part in rubric.parts:
        yield from _pairs(part, words.parts.get(part.id, Words()), f"{at}.parts.{part.id}")
        for criterion in part.criteria:
            own = words.criteria.get(criterion.id, _NO_CRITERION)
            place = f"{at}.criteria.{criterion.id}"
            yield from _pairs(criterion, own, place)
            for level in criterion.levels:
                yield from _pairs(level, own.levels.get(level.id, Words()), f"{place}.levels.{level.id}")
            for code in criterion.codes:
                yield from _pairs(code, own.codes.get(code.id, Words()), f"{place}.codes.{code.id}")


def _pairs(thing: object, words: object, place: str) -> Iterator[TextPair]:
    assert is_dataclass(words)
    for one in fields(words):
        text, other = getattr(thing, one.name, ""), getattr(words, one.name)
        if not isinstance(other, Mapping):
            yield TextPair(
                f"{place}.{one.name}", getattr(thing, "name", ""), one.name, _flat(text), _flat(other)
            )


def _flat(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else "; ".join(text)
