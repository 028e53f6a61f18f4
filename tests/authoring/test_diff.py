import shutil

import pytest

from tests.authoring.editing import edit
from tests.plugins.wheels import parts_of, write_wheel

VERSION = ('version = "1.0"', 'version = "1.1"')


@pytest.fixture
def pair(plugin_folder):
    """A plugin and a copy of it, edited: (old folder, new folder)."""

    def make(*swaps, code=""):
        old = plugin_folder.write("harbor", code=code)
        new = plugin_folder.path / "new" / "harbor"
        shutil.copytree(old, new)
        edit(new / "rubrics" / "small.toml", *swaps)
        return old, new

    return make


def test_equal_plugins_do_not_differ(run, pair):
    done = run("diff", *pair())
    assert (done.exit_code, done.output) == (0, "harbor/small 1.0: nothing changed\n")


def test_wording_is_told_word_by_word_and_touches_nothing_that_is_met(run, pair):
    done = run("diff", *pair(VERSION, ("Sets a goal.", "Sets a clear goal.")))
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "harbor/small 1.0 → 1.1: only wording",
        "  Only worded differently:",
        "    Goal: reworded.",
        "      Description: Sets a {+clear+} goal.",
        "  For whom:",
        "    New learners: begin with 1.1.",
        "    Learners who have begun: keep 1.0, and may move to 1.1 by choice. What they have met stays met.",
        "    Assessors: judge the same, in other words; on each submission by the words of its own version.",
    ]


def test_another_cut_is_structure_and_says_who_shows_what_anew(run, pair):
    done = run("diff", *pair(VERSION, ('met_from = "clear"', 'met_from = "vague"')))
    assert "1.0 → 1.1: how it is judged" in done.output
    assert "Goal: changed. Counts as met from: was “Clear”, is “Vague”." in done.output
    assert "Who moves: nothing that they have met stays met." in done.output


def test_what_is_added_is_named_and_the_rest_stays_met(run, pair):
    more = """
[[parts.criteria]]
id = "more"
name = "One more"
description = "Another."
met_from = "yes"
requirements = ["plan", "why"]
levels = [{ id = "no", name = "No", description = "N." }, { id = "yes", name = "Yes", description = "Y." }]
[[requirements]]
id = "why"
kind = "text"
name = "Reasons"
description = "Why."
"""
    old, new = pair(VERSION)
    with (new / "rubrics" / "small.toml").open("a") as file:
        file.write(more)
    told = run("diff", old, new).output
    assert "Who moves: everything that they have met and that is still judged stays met." in told
    assert "Who moves: is judged on these too: One more." in told
    assert "Who moves: gives in addition: Reasons." in told


def test_policies_alone_are_for_the_coordinator_to_decide(run, pair):
    head = ("[about]", "[policies.eligibility]\nagain = 'other'\n[about]")
    told = run("diff", *pair(VERSION, head)).output
    assert "1.0 → 1.1: the policies, not what is judged" in told
    assert "Who scores the next attempt: changed. Was anybody who may, is other people." in told
    assert "are judged by the new ones, or are scored afresh." in told


def test_with_other_seats_nothing_is_judged_anew_from_the_sheets(run, pair):
    head = ("[about]", "[policies.eligibility]\nseats = 3\n[about]")
    assert "sheets cannot be judged anew" in run("diff", *pair(VERSION, head)).output


def test_a_change_under_the_same_version_is_refused_in_the_words_of_sync(run, pair):
    done = run("diff", *pair(("Sets a goal.", "Sets a clear goal.")))
    assert done.exit_code == 1
    assert (
        "harbor/small 1.0: The rubric changed, but its version is still 1.0. Learners rely on what a version "
        "says: give the change a version of its own." in done.output
    )
    assert "{+clear+}" in done.output
    assert "For whom" not in done.output


def test_the_catalogues_words_are_told(run, pair):
    told = run("diff", *pair(VERSION, ("A small one.", "A small one!"))).output
    assert "In the catalogue: summary." in told


def test_a_new_version_of_the_very_same_is_told(run, pair):
    assert "  Nothing but the version.\n" in run("diff", *pair(VERSION)).output


def test_another_order_is_told(run, plugin_folder):
    old = plugin_folder.write("harbor")
    file = old / "rubrics" / "small.toml"
    more = '[[requirements]]\nid = "why"\nkind = "text"\nname = "Why"\ndescription = "Why."\n'
    edit(file, ('requirements = ["plan"]', 'requirements = ["plan", "why"]'))
    first = file.read_text()
    file.write_text(first + more)
    other = plugin_folder.path / "other.toml"
    other.write_text(first.replace("[[requirements]]", f"{more}[[requirements]]", 1))
    edit(other, VERSION)
    assert "  The order of parts, criteria or evidence.\n" in run("diff", file, other).output


def test_what_comes_and_goes_is_told(run, pair, plugin_folder):
    old = plugin_folder.write("harbor", rubrics=("one", "two"))
    new = plugin_folder.path / "new"
    shutil.copytree(old, new)
    edit(new / "rubrics" / "two.toml", ('slug = "two"', 'slug = "three"'))
    told = run("diff", old, new).output
    assert "harbor/three 1.0: new\n" in told
    assert "harbor/two 1.0: no longer shipped\n" in told
    assert "New learners: can no longer begin it." in told


def test_files_are_compared_and_a_file_with_its_rubric_in_a_plugin(run, pair):
    old, new = pair(VERSION, ("Sets a goal.", "Sets a clear goal."))
    file = old / "rubrics" / "small.toml"
    assert run("diff", file, new / "rubrics" / "small.toml").output.startswith(
        "small 1.0 → 1.1: only wording"
    )
    assert run("diff", file, new).output.startswith("harbor/small 1.0 → 1.1: only wording")


def test_wheels_are_compared(run, pair):
    wheels = []
    for folder in pair(VERSION, ("Sets a goal.", "Sets a clear goal.")):
        wheels.append(folder.parent / "harbor-1.0-py3-none-any.whl")
        write_wheel(wheels[-1], parts_of(folder, entry=False))
    assert run("diff", *wheels).output.startswith("harbor/small 1.0 → 1.1: only wording")


def test_code_and_the_issuers_words_are_told(run, pair):
    old, new = pair(code="class Rule(Plugin): pass")
    edit(new / "rule.py", ("pass", "colour = 1"))
    edit(new / "plugin.toml", ("Ada", "Bea"))
    told = run("diff", old, new).output
    assert "plugin.toml: contact_name changed." in told
    assert "Other files changed: rule.py." in told


def test_what_cannot_be_read_is_told_as_by_check(run, pair):
    old, new = pair(('met_from = "clear"', 'met_from = "dear"'))
    done = run("diff", old, new)
    assert done.exit_code == 1
    assert f"{new / 'rubrics' / 'small.toml'}:22: parts[0].criteria[0].met_from: Name one of" in done.output


def test_a_folder_of_several_plugins_is_refused(run, plugin_folder):
    plugin_folder.write("harbor")
    plugin_folder.write("loom")
    done = run("diff", plugin_folder.path, plugin_folder.path)
    assert done.exit_code == 1
    assert "Several plugins lie here. Name one of them." in done.output
