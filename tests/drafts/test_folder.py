import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewhub.domain.drafts.folder import folder_files
from reviewhub.domain.paragraphs import join_lines
from reviewhub.domain.rubric import IssuerInfo, Stack
from reviewhub.domain.rubric_json import content_hash, from_json, to_json
from reviewhub.plugin_api.files import issuer_from_toml, rubrics_in
from tests.rubrics import rubrics, small_rubric

HARBOR = IssuerInfo(
    "harbor", 'Harbor "Skills"', "Noor \\ Haddad", "a@b.example", (Stack("both", "Both", "Two.", ("a", "b")),)
)


def read_back(files):
    with tempfile.TemporaryDirectory() as name:
        for path, text in files.items():
            place = Path(name, path)
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="\n")
        return issuer_from_toml(Path(name)), rubrics_in(Path(name))


@settings(max_examples=40, deadline=None)
@given(rubrics())
def test_what_is_read_from_the_folder_is_what_was_written(rubric):
    tidy = from_json(join_lines(to_json(rubric)))
    issuer, (back,) = read_back(folder_files(HARBOR, [tidy]))
    assert issuer == HARBOR
    assert back == tidy
    assert content_hash(back) == content_hash(tidy)


@settings(deadline=None)
@given(st.text())
def test_any_text_survives_the_file_once_its_lines_are_joined(text):
    said = join_lines("x" + text.replace("\x00", "").replace("\r", ""))
    assert join_lines(said) == said
    small = small_rubric()
    rubric = replace(small, about=replace(small.about, description=said))
    (back,) = read_back(folder_files(HARBOR, [rubric]))[1]
    assert back.about.description == said


def test_a_folder_is_read_by_people_too():
    text = folder_files(HARBOR, [small_rubric()])["rubrics/small.toml"]
    assert '    { id = "absent", name = "Absent", description = "What Absent looks like." },' in text
    assert "points" not in text, "1, 2, 3 … is what a reader fills in"
    assert text.startswith('slug = "small"\nversion = "1.0"\n')
    assert "[policies" not in text, "what holds its default is left out"
