"""What differs in the translations of two versions of a rubric: always wording, never how it is judged."""

from collections.abc import Iterator

from reviewhub.domain.rubric import Rubric
from reviewhub.domain.rubric_diff import Difference, TextChange
from reviewhub.domain.translation import text_pairs
from reviewhub.domain.wording import compare_words


def compare_translations(before: Rubric, after: Rubric) -> tuple[Difference, ...]:
    """Languages that came or went, and each text that both versions have in a language and say differently.

    `id` is the text's place, `within` the language, `name` the thing's name as the rubric was written.
    """
    return tuple(_all(before, after))


def _all(before: Rubric, after: Rubric) -> Iterator[Difference]:
    for language in after.translations:
        if language in before.translations:
            yield from _texts(before, after, language)
        else:
            yield Difference("translation", language, "", "added", language)
    for language in before.translations:
        if language not in after.translations:
            yield Difference("translation", language, "", "removed", language)


def _texts(before: Rubric, after: Rubric, language: str) -> Iterator[Difference]:
    old = {pair.place: pair.words for pair in text_pairs(before, language)}
    for pair in text_pairs(after, language):
        was = old.get(pair.place, pair.words)
        if was != pair.words:
            change = TextChange(pair.field, compare_words(was, pair.words))
            yield Difference("translation", pair.place, pair.name, "changed", language, texts=(change,))
