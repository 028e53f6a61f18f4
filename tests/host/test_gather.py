import os
import sys
import time

import pytest

from reviewhub.host.gather import gather
from reviewhub.host.store import digest
from tests.plugins.conftest import PluginFolder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "issuers").mkdir()
    return PluginFolder(tmp_path / "issuers")


@pytest.fixture
def found(folder, tmp_path):
    """What is gathered, by name."""
    return lambda *folders: {one.name: one for one in gather(tmp_path / "store", folders or (folder.path,))}


def said(one):
    assert one.issuer is None
    assert one.rubrics == ()
    return " ".join(problem.message for problem in one.problems)


def test_a_plugin_is_inspected_and_its_code_kept(folder, found, tmp_path):
    source = folder.write("harbor", code="class Rule(Plugin): pass", rubrics=("one", "two"))
    harbor = found()["harbor"]
    assert (harbor.issuer.slug, harbor.has_code, harbor.problems) == ("harbor", True, ())
    assert [rubric.slug for rubric in harbor.rubrics] == ["one", "two"]
    kept = tmp_path / "store" / "harbor" / harbor.digest
    assert digest(kept) == harbor.digest == digest(source)
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["harbor"]
    assert found()["harbor"].digest == harbor.digest


def test_a_folder_may_be_a_plugin_itself(folder, found):
    assert list(found(folder.write("harbor"))) == ["harbor"]


def test_the_digest_sees_names_and_contents_but_no_caches(folder):
    source = folder.write("harbor", code="class Rule(Plugin): pass")
    before = digest(source)
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "rule.cpython-311.pyc").write_bytes(b"x")
    (source / ".git").mkdir()
    (source / ".git" / "HEAD").write_text("x")
    assert digest(source) == before
    (source / "rule.py").rename(source / "rule2.py")
    assert digest(source) != before


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('not today')\nclass Rule(Plugin): pass", "RuntimeError: not today"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import os; os._exit(0)", "ended without an answer"),
        ("class Rule: pass", "subclass of Plugin"),
        ("class Other(Plugin): pass", "subclass of Plugin"),
        ("class Rule(Plugin):\n  def rubrics(self): return 'none'", "Write a list here"),
        ("class Rule(Plugin):\n  def rubrics(self): return ()", "Ship at least one rubric"),
        ("class Rule(Plugin):\n  def issuer(self): return None", "issuer"),
        (
            "class Rule(Plugin):\n  def issuer(self): return IssuerInfo('../x', 'X', 'X', 'x@x.example')",
            "issuer.slug",
        ),
        (
            "class Rule(Plugin):\n  def agree(self, rubric, sheets, colour): return None",
            "(self, rubric, sheets)`",
        ),
    ],
)
def test_a_faulty_plugin_is_told_and_stops_no_other(folder, found, code, words):
    folder.write("bad", code=code)
    folder.write("good")
    both = found()
    assert words in said(both["bad"])
    assert both["good"].problems == ()


def test_a_stack_of_what_is_not_shipped_is_told(folder, found):
    more = '[[issuer.stacks]]\nslug = "all"\nname = "All"\ndescription = ""\nitems = ["small", "large"]\n'
    folder.write("harbor", more=more)
    assert said(found()["harbor"]) == "stack all: It names 'large', which is not shipped."


def test_a_later_api_is_told(folder, found):
    source = folder.write("harbor")
    (source / "plugin.toml").write_text("api = 2\n" + (source / "plugin.toml").read_text())
    assert "This host speaks version 1" in said(found()["harbor"])


def test_links_out_of_the_plugin_are_refused(folder, found, tmp_path):
    source = folder.write("harbor")
    (tmp_path / "secret").write_text("very secret")
    (source / "rubrics" / "extra.toml").symlink_to(tmp_path / "secret")
    (source / "more").symlink_to(tmp_path)
    text = said(found()["harbor"])
    assert "rubrics/extra.toml: Ship the file itself" in text
    assert "more: Ship the folder itself" in text


def test_an_installed_package_is_found_by_its_entry_point_and_not_imported(
    folder, found, tmp_path, monkeypatch
):
    site = tmp_path / "site"
    source = folder.write("loomtest", code="from loomtest import helper\nclass Rule(Plugin): pass")
    (source / "__init__.py").write_text("")
    (source / "helper.py").write_text("")
    (source / "plugin.toml").write_text(
        (source / "plugin.toml").read_text().replace("rule:", "loomtest.rule:")
    )
    site.mkdir()
    source.rename(site / "loomtest")
    info = site / "loomtest-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loomtest\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[reviewhub.plugins]\nloomtest = loomtest.rule:Rule\n")
    monkeypatch.syspath_prepend(str(site))
    installed = found()["loomtest"]
    assert (installed.problems, installed.has_code) == ((), True)
    assert (tmp_path / "store" / "loomtest" / installed.digest / "loomtest" / "plugin.toml").is_file()
    assert "loomtest" not in sys.modules


def test_stored_code_that_was_harmed_is_replaced_by_the_same_code(folder, found, tmp_path):
    """Half written when the power went, or changed by somebody: the next sync of that code mends it."""
    folder.write("harbor", code="class Rule(Plugin): pass")
    whole = found()["harbor"].digest
    kept = tmp_path / "store" / "harbor" / whole
    (kept / "rule.py").write_text("")
    assert digest(kept) != whole
    assert found()["harbor"].digest == whole
    assert digest(kept) == whole
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["harbor"]


def test_what_a_killed_sync_left_is_removed_a_day_later(folder, found, tmp_path):
    folder.write("harbor")
    old, young = (tmp_path / "store" / f".incoming-{name}" for name in ("old", "young"))
    for left in (old, young):
        (left / "code").mkdir(parents=True)
    os.utime(old, (time.time() - 25 * 3600,) * 2)
    found()
    assert (old.exists(), young.exists()) == (False, True)
