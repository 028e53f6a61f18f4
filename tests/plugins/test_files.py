import pytest

from reviewhub.domain.errors import Invalid
from reviewhub.plugin_api import rubric_from_toml, rubrics_in
from reviewhub.plugin_api.files import issuer_from_toml
from tests.plugins.conftest import RUBRIC


def test_points_count_from_the_lowest_where_they_are_left_out(plugin_folder):
    (rubric,) = rubrics_in(plugin_folder.write("harbor"))
    assert [level.points for level in rubric.criterion("goal").levels] == [1, 2, 3]


def test_lines_of_a_paragraph_are_joined_and_paragraphs_stay(tmp_path):
    path = tmp_path / "rubric.toml"
    text = "'''\nOne\nparagraph.\n\nAnother:\n- one\n- two\n'''"
    path.write_text(RUBRIC.format(slug="s", version="1.0", description="X").replace('"X"', text))
    assert rubric_from_toml(path).about.description == "One paragraph.\n\nAnother:\n- one\n- two"


def test_all_files_are_read_and_all_problems_are_told(plugin_folder):
    folder = plugin_folder.write("harbor", rubrics=("one", "two"))
    for name in ("one", "two"):
        path = folder / "rubrics" / f"{name}.toml"
        path.write_text(path.read_text().replace('met_from = "clear"', 'met_from = "dear"'))
    (folder / "rubrics" / "three.toml").write_text("slug = ")
    with pytest.raises(Invalid) as refused:
        rubrics_in(folder)
    messages = [problem.message for problem in refused.value.problems]
    assert messages[0].startswith("one.toml: parts[0].criteria[0].met_from: ")
    assert messages[1].startswith("three.toml: This is not valid TOML")
    assert messages[2].startswith("two.toml: parts[0].criteria[0].met_from: ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "issuer"),
        ("[issuer]\nslug = 'a'", "issuer.name"),
        ("colour = 'red'", "colour"),
        ("[issuer]\nslug='A!'\nname='A'\ncontact_name='A'\ncontact_email='a@a.example'", "issuer.slug"),
        ("\x00", "plugin.toml"),
    ],
)
def test_a_faulty_manifest_is_told(tmp_path, text, place):
    (tmp_path / "plugin.toml").write_text(text)
    with pytest.raises(Invalid) as refused:
        issuer_from_toml(tmp_path)
    assert refused.value.problems[0].field == place
    assert refused.value.problems[0].message.startswith("plugin.toml: ")


def test_a_missing_manifest_and_no_rubric_are_told(tmp_path):
    for act in (issuer_from_toml, rubrics_in):
        with pytest.raises(Invalid):
            act(tmp_path)
