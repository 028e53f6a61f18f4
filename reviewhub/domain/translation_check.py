"""Whether a rubric's translations name what is there, in words that fit the pages."""

from collections.abc import Iterable, Iterator, Mapping

from reviewhub.domain.errors import Problem
from reviewhub.domain.rubric import Rubric
from reviewhub.domain.texts import Translation
from reviewhub.domain.translation import text_pairs

MOST_LANGUAGES = 20
_LONGEST = {"name": 120, "summary": 300, "description": 5000, "hours": 120, "judged": 2000}
_LONGEST_LIST = 3000


def translation_problems(rubric: Rubric) -> Iterator[Problem]:
    """Unknown ids, texts that are too long or translate nothing, and a list that lost an entry."""
    if len(rubric.translations) > MOST_LANGUAGES:
        yield _at("translations", f"Give {MOST_LANGUAGES} languages at most.", str(len(rubric.translations)))
    for language, words in rubric.translations.items():
        place = f"translations.{language}"
        if language == rubric.language:
            advice = "The rubric is written in this language (the first of about.languages). Remove it."
            yield _at(place, advice, language)
        yield from _unknown(place, rubric, words)
        yield from _lists(f"{place}.about", rubric, words)
        yield from _texts(rubric, language)


def _at(place: str, advice: str, value: str = "") -> Problem:
    return Problem(place, f"{place}: {advice}", value)


def _unknown(place: str, rubric: Rubric, words: Translation) -> Iterator[Problem]:
    criteria = {one.id: one for one in rubric.criteria}
    yield from _ids(f"{place}.requirements", words.requirements, [one.id for one in rubric.requirements])
    yield from _ids(f"{place}.parts", words.parts, [one.id for one in rubric.parts])
    yield from _ids(f"{place}.criteria", words.criteria, criteria)
    options = {one.id: [option.id for option in one.options] for one in rubric.requirements}
    for rid, asked in words.requirements.items():
        if rid in options:
            yield from _ids(f"{place}.requirements.{rid}.options", asked.options, options[rid])
    for cid, said in words.criteria.items():
        if cid in criteria:
            known = criteria[cid]
            yield from _ids(f"{place}.criteria.{cid}.levels", said.levels, [one.id for one in known.levels])
            yield from _ids(f"{place}.criteria.{cid}.codes", said.codes, [one.id for one in known.codes])


def _ids(place: str, given: Mapping[str, object], known: Iterable[str]) -> Iterator[Problem]:
    known = list(known)
    for one in given:
        if one not in known:
            instead = f"Use one of {', '.join(known)}, or remove it." if known else "Remove it."
            advice = f"Nothing in the rubric has this id here. {instead}"
            yield _at(f"{place}.{one}", advice, one)


def _lists(place: str, rubric: Rubric, words: Translation) -> Iterator[Problem]:
    for name in ("skills", "audience"):
        own, other = getattr(rubric.about, name), getattr(words.about, name)
        if other and len(own) != len(other):
            advice = f"Translate all {len(own)} entries, in the same order."
            yield _at(f"{place}.{name}", advice, str(len(other)))


def _texts(rubric: Rubric, language: str) -> Iterator[Problem]:
    for pair in text_pairs(rubric, language):
        longest = _LONGEST.get(pair.field, _LONGEST_LIST)
        if len(pair.words) > longest:
            advice = f"Shorten this to {longest} characters."
            yield _at(pair.place, advice, f"{len(pair.words)} characters")
        if pair.words and not pair.words.strip():
            yield _at(pair.place, "This is shown to people. Write something, or leave it out.")
