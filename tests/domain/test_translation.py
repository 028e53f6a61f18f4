from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.rubric_check import validate
from reviewhub.domain.rubric_diff import compare_rubrics
from reviewhub.domain.rubric_json import content_hash, from_json, structure_hash, to_json
from reviewhub.domain.texts import AboutWords, CriterionWords, RequirementWords, Translation, Words
from reviewhub.domain.translation import best_language, for_reader, in_language, untranslated
from reviewhub.domain.translation_diff import compare_translations
from tests.rubrics import rubrics, small_rubric

SMALL = small_rubric()


def german(rubric):
    """Every name, and no description."""
    return Translation(
        about=AboutWords(name="Klein", skills=tuple(f"Fähigkeit {n}" for n in rubric.about.skills)),
        requirements={one.id: RequirementWords(f"Beleg {one.id}") for one in rubric.requirements},
        parts={one.id: Words(f"Teil {one.id}") for one in rubric.parts},
        criteria={
            c.id: CriterionWords(
                f"Kriterium {c.id}", levels={level.id: Words(f"Stufe {level.id}") for level in c.levels}
            )
            for c in rubric.criteria
        },
    )


def translated(rubric, words=None, language="de"):
    return replace(rubric, translations={language: words or german(rubric)})


def places(rubric):
    return [problem.field for problem in validate(rubric)]


@given(rubrics())
def test_a_translation_is_content_and_no_structure(rubric):
    said = translated(rubric)
    assert validate(said) == ()
    assert from_json(to_json(said)) == said
    assert content_hash(said) != content_hash(rubric)
    assert structure_hash(said) == structure_hash(rubric) == structure_hash(in_language(said, "de"))


@given(rubrics())
def test_the_texts_come_by_id_and_fall_back_one_by_one(rubric):
    seen = in_language(translated(rubric), "de")
    assert [c.name for c in seen.criteria] == [f"Kriterium {c.id}" for c in rubric.criteria]
    assert [c.description for c in seen.criteria] == [c.description for c in rubric.criteria]
    assert [lv.name for c in seen.criteria for lv in c.levels] == [
        f"Stufe {lv.id}" for c in rubric.criteria for lv in c.levels
    ]
    assert not any(difference.structural for difference in compare_rubrics(rubric, seen))
    assert in_language(translated(rubric), "fr") == translated(rubric)


@pytest.mark.parametrize(
    ("reads", "language"),
    [
        ((), "en"),
        (("fr",), "en"),
        (("fr", "de"), "de"),
        (("de-AT", "en"), "de"),
        (("en-GB", "de"), "en"),
        (("pt",), "pt-BR"),
        (("pt-br",), "pt-BR"),
        (("*",), "en"),
    ],
)
def test_the_best_of_its_languages(reads, language):
    rubric = replace(SMALL, translations={"de": german(SMALL), "pt-BR": Translation()})
    assert best_language(rubric, reads) == language
    assert for_reader(rubric, reads) == in_language(rubric, language)


@given(st.lists(st.text(max_size=8)))
def test_whatever_a_browser_says_some_language_is_best(reads):
    assert best_language(translated(SMALL), reads) in ("en", "de")


def test_what_no_translation_may_say():
    words = Translation(
        about=AboutWords(skills=("Eine",), summary="x" * 301),
        requirements={"plann": RequirementWords("Plan")},
        parts={"artifacts": Words(" ")},
        criteria={"goal": CriterionWords(levels={"top": Words("Oben")}), "gaol": CriterionWords("Ziel")},
    )
    assert places(translated(SMALL, words)) == [
        "translations.de.requirements.plann",
        "translations.de.criteria.gaol",
        "translations.de.criteria.goal.levels.top",
        "translations.de.about.skills",
        "translations.de.about.summary",
        "translations.de.parts.artifacts.name",
    ]
    assert places(translated(SMALL, language="en")) == ["translations.en"]
    assert places(translated(SMALL, language="DE!")) == ["translations.DE!"]
    (problem,) = validate(translated(SMALL, Translation(parts={"x": Words("Teil")})))
    assert problem.message == (
        "translations.de.parts.x: Nothing in the rubric has this id here. "
        "Use one of artifacts, reflection, or remove it."
    )


def test_what_is_left_untranslated_is_named():
    left = {one.place: one.text for one in untranslated(translated(SMALL))}
    assert left["translations.de.criteria.goal.description"] == "About goal."
    assert "translations.de.criteria.goal.name" not in left
    assert "translations.de.parts.reflection.description" not in left  # it has none
    assert untranslated(SMALL) == ()


def test_the_difference_of_two_translations_is_wording():
    new = translated(SMALL, replace(german(SMALL), parts={"artifacts": Words("Dinge")}))
    found = compare_translations(translated(SMALL), new)
    assert [(d.thing, d.id, d.within, d.structural) for d in found] == [
        ("translation", "translations.de.parts.artifacts.name", "de", False),
        ("translation", "translations.de.parts.reflection.name", "de", False),
    ]
    ((added,), (removed,)) = compare_translations(SMALL, new), compare_translations(new, SMALL)
    assert (added.what, removed.what) == ("added", "removed")
    assert not added.structural
