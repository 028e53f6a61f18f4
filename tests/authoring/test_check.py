import pytest

from tests.authoring.editing import edit, line_of
from tests.plugins.wheels import parts_of, write_wheel


def test_what_is_shipped_has_nothing_to_mend(run, pytestconfig):
    done = run("check", pytestconfig.rootpath / "plugins")
    assert done.exit_code == 0, done.output
    assert done.output.count("Nothing to mend.") == 13


def test_every_problem_is_told_with_its_file_and_line(run, plugin_folder):
    folder = plugin_folder.write("harbor", rubrics=("one", "two"))
    one, two = (folder / "rubrics" / f"{name}.toml" for name in ("one", "two"))
    edit(
        one, ('met_from = "clear"', 'met_from = "dear"'), ('requirements = ["plan"]', 'requirements = ["x"]')
    )
    edit(two, ('kind = "file"', 'kind = "fax"'), ('name = "Small"\n', ""))
    edit(folder / "plugin.toml", ("ada@harbor.example", "ada"))
    done = run("check", folder)
    assert done.exit_code == 1
    told = done.output.splitlines()
    assert f"{folder / 'plugin.toml'}:{line_of(folder / 'plugin.toml', 'contact_email')}: issuer." in told[0]
    assert f"{one}:{line_of(one, 'met_from')}: parts[0].criteria[0].met_from: Name one of the" in told[1]
    assert told[1].endswith("(found: dear)")
    assert f"{one}:{line_of(one, 'goal')}: criterion goal: It points at evidence 'x'" in told[2]
    assert f"{one}:{line_of(one, 'plan')}: requirement plan: No criterion is judged on it." in told[3]
    assert f"{two}:{line_of(two, '[about]')}: about.name: This is missing. Add it." in told[4]
    assert f"{two}:{line_of(two, 'fax')}: requirements[0].kind: Choose one of 'file', 'link'" in told[5]
    assert told[6:] == ["6 to mend."]


def test_a_file_alone_is_checked(run, plugin_folder):
    path = plugin_folder.write("harbor") / "rubrics" / "small.toml"
    assert run("check", path).output == "small 1.0: 1 criteria. Nothing to mend.\n"
    edit(path, ("[[parts]]", "[[parts]"))
    done = run("check", path)
    assert done.exit_code == 1
    assert f"{path}:{line_of(path, '[[parts]')}: This is not valid TOML" in done.output


def test_ids_used_twice_are_told_where_they_come_again(run, plugin_folder):
    folder = plugin_folder.write("harbor")
    path = folder / "rubrics" / "small.toml"
    edit(path, ('id = "vague"', 'id = "absent"'))
    vague = line_of(path, "Vague")
    assert f"{path}:{vague}: parts[0].criteria[0].levels: The id 'absent' is" in run("check", folder).output


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('not today')\nclass Rule(Plugin): pass", "RuntimeError: not today"),
        ("import os; os._exit(0)", "ended without an answer"),
        ("class Rule(Plugin):\n  def agree(self, rubric, sheets, colour): return None", "`def agree("),
        ("class Rule(Plugin):\n  def rubrics(self): return ()", "Ship at least one rubric"),
    ],
)
def test_code_is_asked_in_the_sandbox(run, plugin_folder, code, words):
    done = run("check", plugin_folder.write("bad", code=code))
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output


def test_a_plugin_whose_code_gives_the_rubrics_needs_no_file(run, plugin_folder):
    code = """
    class Rule(Plugin):
        def rubrics(self):
            return [rubric_from_toml(self.folder / "more" / "only.toml")]
    """
    folder = plugin_folder.write("harbor", code=code)
    (folder / "rubrics").rename(folder / "more")
    (folder / "more" / "small.toml").rename(folder / "more" / "only.toml")
    done = run("check", folder)
    assert (done.exit_code, done.output) == (0, "small 1.0: 1 criteria. Nothing to mend.\n")


def test_what_code_gives_counts_and_not_the_files(run, plugin_folder):
    code = """
    class Rule(Plugin):
        def issuer(self):
            return IssuerInfo("harbor", "Harbor", "Ada", "ada@harbor.example")
        def rubrics(self):
            return [rubric_from_toml(self.folder / "rubrics" / "small.toml")]
    """
    folder = plugin_folder.write("harbor", code=code)
    (folder / "plugin.toml").write_text('code = "rule:Rule"\n')
    (folder / "rubrics" / "draft.toml").write_text("slug = ")
    assert run("check", folder).exit_code == 0
    edit(folder / "rule.py", ("ada@harbor.example", "ada"))
    done = run("check", folder)
    assert done.exit_code == 1
    assert "issuer.contact_email: Give the address" in done.output
    assert "draft.toml:1: This is not valid TOML" in done.output


def test_a_wheel_is_checked_as_it_is_taken_in(run, plugin_folder, tmp_path):
    folder = plugin_folder.write("harbor")
    wheel = tmp_path / "harbor-1.0-py3-none-any.whl"
    write_wheel(wheel, parts_of(folder, entry=False))
    assert run("check", wheel).output == "small 1.0: 1 criteria. Nothing to mend.\n"
    edit(folder / "rubrics" / "small.toml", ('met_from = "clear"', 'met_from = "dear"'))
    other = tmp_path / "other" / wheel.name
    other.parent.mkdir()
    write_wheel(other, parts_of(folder, entry=False))
    done = run("check", other)
    assert done.exit_code == 1
    assert f"{other}: small.toml: parts[0].criteria[0].met_from: Name one of" in done.output


def test_what_hangs_together_across_files_is_told(run, plugin_folder):
    more = '[[issuer.stacks]]\nslug = "all"\nname = "All"\ndescription = ""\nitems = ["small", "large"]\n'
    folder = plugin_folder.write("harbor", more=more)
    line = line_of(folder / "plugin.toml", 'slug = "all"')
    assert f"plugin.toml:{line}: stack all: It names 'large'" in run("check", folder).output


def test_two_rubrics_of_one_slug_are_told_at_the_second(run, plugin_folder):
    folder = plugin_folder.write("harbor", rubrics=("one", "two"))
    edit(folder / "rubrics" / "two.toml", ('slug = "two"', 'slug = "one"'))
    place = folder / "rubrics" / "two.toml"
    assert (
        f"{place}:{line_of(place, 'slug')}: one: Two rubrics have this slug." in run("check", folder).output
    )


def test_what_code_makes_of_a_file_is_told_in_that_file(run, plugin_folder):
    code = """
    from dataclasses import replace
    class Rule(Plugin):
        def rubrics(self):
            return [replace(one, promise_days=400) for one in super().rubrics()]
    """
    folder = plugin_folder.write("harbor", code=code, rubrics=("one", "two"))
    first, second = run("check", folder).output.splitlines()[:2]
    assert first.startswith(f"{folder / 'rubrics' / 'one.toml'}:2: one: promise_days: Promise a result")
    assert second.startswith(f"{folder / 'rubrics' / 'two.toml'}:2: two: promise_days: Promise a result")


def test_a_folder_that_is_no_plugin_is_told(run, tmp_path):
    done = run("check", tmp_path)
    assert done.exit_code == 1
    assert "plugin.toml: This file is missing" in done.output
