"""What issuers' own tests judge by is what the host judges by."""

import subprocess
import sys
import textwrap

import pytest

from reviewhub.authoring.judging import Judge, loaded, sheet, third
from reviewhub.domain.errors import Invalid, PluginFault
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.feedback import Comment
from reviewhub.host.answers import Misfit
from reviewhub.host.judge import PluginHost
from reviewhub.plugin_api import Locked
from reviewhub.services.ports import CodeRef


@pytest.fixture
def asked(plugin_folder):
    """(judge, rubric) of a plugin with this code."""

    def make(code=""):
        with loaded(plugin_folder.write("mine", code=code)) as plugin:
            return Judge(plugin), plugin.rubrics()[0]

    return make


def test_the_policies_judge_where_there_is_no_code(asked):
    judge, small = asked()
    assert judge(small, sheet(small), sheet(small)).outcome == "met"
    short = sheet(small, goal="vague")
    assert judge.agree(small, sheet(small), short).disputed == ("goal",)
    assert judge(small, sheet(small), short, third(goal="vague")).outcome == "not_yet"
    with pytest.raises(Invalid):
        judge(small, sheet(small), short)


def test_what_an_earlier_attempt_locked_is_not_on_the_sheet(asked, pytestconfig):
    with loaded(pytestconfig.rootpath / "plugins" / "loomfield_teachers") as plugin:
        rubric, judge = plugin.rubrics()[0], Judge(plugin)
    *locked, last = rubric.criteria
    history = [Locked(one.id, one.met_from, 1) for one in locked]
    done = sheet(rubric, without=[one.id for one in locked])
    assert list(done.ratings) == [last.id]
    assert judge(rubric, done, done, history=history).outcome == "met"


@pytest.mark.parametrize("plugin", ["harbor_skills", "loomfield_teachers"])
def test_it_says_what_the_host_says(tmp_path, pytestconfig, plugin):
    folder = pytestconfig.rootpath / "plugins" / plugin
    host = PluginHost(tmp_path)
    (found,) = (one for one in host.gather([folder]) if one.name == plugin)
    code = CodeRef(found.issuer.slug, found.digest)
    rubric = found.rubrics[0]
    with loaded(folder) as mine:
        judge = Judge(mine)
    first, second = rubric.criteria[:2]
    for one, other in zip(first.levels, second.levels, strict=False):
        made = sheet(rubric, **{first.id: one.id, second.id: other.id})
        seats = [made, made]
        results = host.resolve(code, rubric, seats)
        assert judge.resolve(rubric, *seats) == results
        assert judge(rubric, *seats) == host.decide(code, rubric, results, ())
    comments = [Comment(first.id, first.levels[0].id, "Seen.", 1)]
    assert judge.feedback(rubric, *seats, comments=comments) == host.feedback(
        code, rubric, results, host.decide(code, rubric, results, ()), comments
    )


@pytest.mark.parametrize(
    ("hook", "act", "error"),
    [
        (
            "decide(self, rubric, resolution, history): return Decision('met', ('x',), (), 'r')",
            "",
            PluginFault,
        ),
        ("decide(self, rubric, resolution, history): raise KeyError('mine')", "", KeyError),
        ("decide(self, rubric, resolution, history): return 3", "", PluginFault),
        ("feedback(self, rubric, resolution, decision, comments): return FeedbackDraft((), '')", "f", Misfit),
        ("check_evidence(self, rubric, requirement, evidence): return [Finding('c', ' ')]", "c", Misfit),
    ],
)
def test_what_a_server_would_hold_or_leave_out_fails_the_test(asked, hook, act, error):
    judge, small = asked(f"class Rule(Plugin):\n  def {hook}")
    acts = {
        "": lambda: judge(small, sheet(small), sheet(small)),
        "f": lambda: judge.feedback(small, sheet(small), sheet(small)),
        "c": lambda: judge.check_evidence(small, EvidenceFacts("plan", "file")),
    }
    with pytest.raises(error):
        acts[act]()


def test_an_answer_that_differs_when_asked_again_fails_the_test(asked):
    judge, small = asked("""
    class Rule(Plugin):
        times = 0
        def check_evidence(self, rubric, requirement, evidence):
            self.times += 1
            return [Finding("c", f"{self.times}", "warn")]
    """)
    with pytest.raises(PluginFault, match="asked twice"):
        judge.check_evidence(small, EvidenceFacts("plan", "file"))


def test_plugins_whose_modules_have_the_same_name_do_not_meet(plugin_folder):
    code = "class Rule(Plugin):\n  def issuer(self): return IssuerInfo('{0}', '{0}', 'x', 'x@x.example')"
    path = list(sys.path)
    for name in ("one", "two"):
        with loaded(plugin_folder.write(name, code=code.format(name))) as plugin:
            assert plugin.issuer().slug == name
    assert "rule" not in sys.modules
    assert sys.path == path


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (('met_from = "clear"', 'met_from = "dear"'), "Name one of the levels"),
        (('slug = "small"', 'slug = "small"'), "1 passed"),
    ],
)
def test_the_fixtures_find_the_plugin_above_the_test(plugin_folder, pytestconfig, edit, words):
    folder = plugin_folder.write("mine")
    rubric = folder / "rubrics" / "small.toml"
    rubric.write_text(rubric.read_text().replace(*edit))
    assert words in on_its_own(folder / "deep" / "down", pytestconfig)


def test_a_test_outside_of_a_plugin_is_told_so(tmp_path, pytestconfig):
    assert "holds a plugin.toml" in on_its_own(tmp_path / "nowhere", pytestconfig)


def on_its_own(folder, pytestconfig):
    """What pytest says of a test in this folder that asks for the rubrics."""
    folder.mkdir(parents=True)
    text = "def test_it(rubrics, judge): assert list(rubrics) == ['small']"
    (folder / "test_it.py").write_text(textwrap.dedent(text))
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "reviewhub.plugin_api.testing", folder]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={"PYTHONPATH": str(pytestconfig.rootpath)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
