import textwrap
from dataclasses import replace

import pytest

from reviewhub.domain import agreement, decision, feedback, resolution
from reviewhub.domain.agreement import Agreement
from reviewhub.domain.decision import Locked
from reviewhub.domain.errors import Invalid, PluginFault
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.feedback import Comment
from reviewhub.domain.rubric import Code
from reviewhub.host import ask
from reviewhub.host.judge import PluginHost
from reviewhub.host.sandbox.confine import landlock_available
from reviewhub.host.sandbox.run import Limits
from reviewhub.services.ports import CodeRef
from tests.plugins.conftest import HEAD, PluginFolder
from tests.rubrics import sheet, small_rubric

RUBRIC = small_rubric()
MET = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}
AGREED = [sheet(1, **MET), sheet(2, **MET)]
ACROSS = [sheet(1, **MET), sheet(2, **MET | {"goal": "vague"})]
RESOLVED = resolution.resolve(RUBRIC, AGREED)
DECIDED = decision.decide(RUBRIC, RESOLVED, ())


@pytest.fixture
def judged_by(tmp_path):
    """A host that holds a plugin with these methods, and the reference to its code."""

    def make(methods, *, module=""):
        folder = PluginFolder(tmp_path / "issuers")
        body = textwrap.indent(textwrap.dedent(methods), "    ") or "    pass\n"
        folder.write("harbor", code="pass")
        (folder.path / "harbor" / "rule.py").write_text(f"{HEAD}{module}\nclass Rule(Plugin):\n{body}")
        host = PluginHost(tmp_path / "plugins")
        (found,) = host.gather([folder.path])
        assert not found.problems, found.problems
        return host, CodeRef("harbor", found.digest)

    return make


def reason(act):
    with pytest.raises(PluginFault) as fault:
        act()
    assert fault.value.plugin == "harbor"
    return fault.value.reason


def test_without_code_the_policies_judge_and_no_process_is_started(tmp_path):
    host, none = PluginHost(tmp_path), CodeRef("harbor", "")
    assert host.agree(none, RUBRIC, ACROSS) == agreement.agree(RUBRIC, ACROSS)
    assert host.resolve(none, RUBRIC, AGREED) == RESOLVED
    assert host.decide(none, RUBRIC, RESOLVED, ()) == DECIDED
    assert host.feedback(none, RUBRIC, RESOLVED, DECIDED, ()) == feedback.compose(
        RUBRIC, RESOLVED, DECIDED, ()
    )
    assert host.check_evidence(none, RUBRIC, RUBRIC.requirements[1], EvidenceFacts("why", "text")) == ()
    assert list(tmp_path.iterdir()) == []


def test_none_from_a_hook_means_the_policies(judged_by):
    host, code = judged_by("")
    assert host.agree(code, RUBRIC, ACROSS) == agreement.agree(RUBRIC, ACROSS)
    assert host.resolve(code, RUBRIC, AGREED) == RESOLVED
    assert host.decide(code, RUBRIC, RESOLVED, ()) == DECIDED
    comments = [Comment("goal", "clear", "Well measured throughout.", 1)]
    expected = feedback.compose(RUBRIC, RESOLVED, DECIDED, comments)
    assert host.feedback(code, RUBRIC, RESOLVED, DECIDED, comments) == expected
    assert host.check_evidence(code, RUBRIC, RUBRIC.requirements[1], EvidenceFacts("why", "text")) == ()
    with pytest.raises(Invalid):
        host.resolve(code, RUBRIC, ACROSS)


def test_the_owners_code_is_heard(judged_by):
    host, code = judged_by(
        """
        def agree(self, rubric, sheets):
            return Agreement(tuple(Verdict(c.id, False, "always ask a third") for c in rubric.criteria))

        def decide(self, rubric, resolution, history):
            met = tuple(c.id for c in reversed(rubric.criteria))
            return Decision("met", met, met, f"{len(history)} locked before")
        """
    )
    assert host.agree(code, RUBRIC, AGREED).disputed == tuple(MET)
    history = [Locked("respect", "yes", 1)]
    decided = host.decide(code, RUBRIC, RESOLVED, history)
    assert (decided.rule, decided.met) == ("1 locked before", tuple(MET))
    # what the plugin disputes needs an adjudicator, although the levels are the same
    with pytest.raises(Invalid):
        host.resolve(code, RUBRIC, AGREED)
    assert (
        host.resolve(code, RUBRIC, [*AGREED, sheet(3, "adjudicator", **MET)]).results[0].rule
        == "expert_final"
    )


GOOD = 'Agreement(tuple(Verdict(c.id, agreed=True, why="same") for c in rubric.criteria))'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('no idea')", "ValueError: no idea"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("import os; os._exit(0)", "It ended without an answer."),
        ("import os; os.write(3, b'[1]'); os._exit(0)", "It answered something that is no answer."),
        ("import os; os.write(3, b'[' * 100000); os._exit(0)", "It ended without an answer."),
        ("return 'yes'", "agree: Write a table of named values here."),
        ("return object()", "TypeError: object has no place in plain data"),
        ("return float('nan')", "TypeError: float has no place in plain data"),
        ("return Agreement(())", "It says nothing about goal, audience, respect, honest."),
        (
            "return Agreement((Verdict('luck', agreed=True, why='x'),))",
            "It names criteria that have no place there: luck.",
        ),
        (f"return Agreement({GOOD}.verdicts * 2)", "It names a criterion twice."),
        (f"return {GOOD.replace('same', '')}", "Every answer names its rule in 1 to 80 characters."),
    ],
)
def test_a_faulty_answer_is_a_fault_and_never_a_judgement(judged_by, body, said):
    host, code = judged_by(f"def agree(self, rubric, sheets):\n    {body}")
    assert reason(lambda: host.agree(code, RUBRIC, AGREED)) == said


@pytest.mark.parametrize("chance", ["os.urandom(9).hex()", "' '.join({str(n) for n in range(20)})"])
def test_an_answer_that_differs_when_it_is_asked_again_is_a_fault(judged_by, chance):
    same = GOOD.replace("'same'", chance).replace('"same"', chance)
    host, code = judged_by(f"def agree(self, rubric, sheets):\n    import os\n    return {same}")
    assert "It answered differently when it was asked again." in reason(
        lambda: host.agree(code, RUBRIC, AGREED)
    )


def test_no_code_lets_opposite_sides_of_met_agree(judged_by):
    host, code = judged_by(f"def agree(self, rubric, sheets): return {GOOD}")
    assert host.agree(code, RUBRIC, AGREED).agreed
    assert reason(lambda: host.agree(code, RUBRIC, ACROSS)) == (
        "It lets levels on opposite sides of met agree on 'goal'."
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "Resolved('goal', 'splendid', Decimal(3), 'x'), *rest",
            "The criterion 'goal' has no level 'splendid'.",
        ),
        ("Resolved('goal', 'clear', Decimal('NaN'), 'x')", "Write a finite number here"),
        ("Resolved('goal', 'clear', 3.5, 'x')", "float has no place"),
        ("Resolved('goal', 'clear', Decimal(3), 'x')", "It says nothing about audience, respect, honest."),
    ],
)
def test_a_faulty_resolution_is_a_fault(judged_by, body, said):
    rest = "rest = [Resolved(c.id, c.met_from, Decimal(1), 'x') for c in rubric.criteria[1:]]"
    host, code = judged_by(
        f"def resolve(self, rubric, sheets):\n    {rest}\n    return Resolution(({body},))"
    )
    assert said in reason(lambda: host.resolve(code, RUBRIC, AGREED))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("'perhaps', (), (), 'x'", "Choose one of 'met', 'not_yet'."),
        ("'met', ('luck',), (), 'x'", "It names criteria that have no place there: luck."),
        (
            "'met', ('goal',), ('goal', 'audience'), 'x'",
            "It names criteria that have no place there: audience.",
        ),
        ("'met', ('goal',), ('goal',), 'x'", "It unlocks what was met before: respect."),
        (
            "'not_yet', tuple(c.id for c in rubric.criteria), tuple(c.id for c in rubric.criteria), 'x'",
            "It says not yet, but locks every criterion: nothing is left to score.",
        ),
    ],
)
def test_a_faulty_decision_is_a_fault(judged_by, body, said):
    host, code = judged_by(f"def decide(self, rubric, resolution, history): return Decision({body})")
    assert said in reason(lambda: host.decide(code, RUBRIC, RESOLVED, [Locked("respect", "yes", 1)]))


def test_no_code_calls_met_what_was_given_no_level(judged_by):
    """Locked with it, it could never be scored again, and nothing would ever make up for it."""
    silent = Code("silent", "No sound", "Record it again.")
    coded = tuple(replace(one, codes=(silent,)) for one in RUBRIC.parts[0].criteria)
    rubric = small_rubric(criteria=coded)
    given = MET | {"goal": "silent"}
    resolved = resolution.resolve(rubric, [sheet(1, **given), sheet(2, **given)])
    host, code = judged_by(
        "def decide(self, rubric, resolution, history): return Decision('not_yet', ('goal',), ('goal',), 'x')"
    )
    assert "It calls met what was given no level: goal." in reason(
        lambda: host.decide(code, rubric, resolved, ())
    )


def test_an_endless_loop_is_a_fault_in_bounded_time(judged_by, monkeypatch):
    monkeypatch.setattr(ask, "LIMITS", Limits(cpu_seconds=1, wall_seconds=3))
    host, code = judged_by("def agree(self, rubric, sheets):\n    while True: pass")
    assert reason(lambda: host.agree(code, RUBRIC, AGREED)) == "It used more than 1 s of processor time."


def test_checks_and_feedback_fall_back_instead_of_holding(judged_by, caplog):
    host, code = judged_by(
        """
        def check_evidence(self, rubric, requirement, evidence): raise OSError("broken")
        def feedback(self, rubric, resolution, decision, comments): return FeedbackDraft((), "nothing")
        """
    )
    (finding,) = host.check_evidence(code, RUBRIC, RUBRIC.requirements[1], EvidenceFacts("why", "text"))
    assert (finding.code, finding.severity) == ("not_checked", "warn")
    assert host.feedback(code, RUBRIC, RESOLVED, DECIDED, ()) == feedback.compose(
        RUBRIC, RESOLVED, DECIDED, ()
    )
    assert "It says nothing about goal" in caplog.text


@pytest.mark.parametrize("message", ["", "  ", "long " * 500])
def test_a_finding_that_nobody_could_read_is_a_fault(judged_by, message):
    host, code = judged_by(
        f"""
        def check_evidence(self, rubric, requirement, evidence):
            return [Finding("one", "Said.", "refuse"), Finding("two", {message!r}, "refuse")]
        """
    )
    (finding,) = host.check_evidence(code, RUBRIC, RUBRIC.requirements[1], EvidenceFacts("why", "text"))
    assert (finding.code, finding.severity) == ("not_checked", "warn")


def test_missing_or_changed_code_is_a_fault(judged_by, tmp_path):
    host, code = judged_by("")
    assert "not stored" in reason(lambda: host.agree(CodeRef("harbor", "0" * 64), RUBRIC, AGREED))
    (tmp_path / "plugins" / "harbor" / code.digest / "rule.py").write_text("import nothing")
    assert "was changed" in reason(lambda: host.agree(code, RUBRIC, AGREED))


def test_running_work_goes_on_from_the_stored_code(judged_by, tmp_path):
    host, code = judged_by(f"def agree(self, rubric, sheets): return {GOOD}")
    for path in (tmp_path / "issuers" / "harbor").rglob("*.*"):
        path.unlink()
    assert isinstance(host.agree(code, RUBRIC, AGREED), Agreement)


def test_a_plugin_sees_no_other_plugin_and_nothing_of_ours(judged_by, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("very secret")
    host, code = judged_by(
        f"""
        def agree(self, rubric, sheets):
            import os
            seen = [name for name in os.environ if name.startswith("REVIEWHUB")]
            text = open({str(secret)!r}).read()
            raise ValueError(text)
        """
    )
    if landlock_available():
        assert "Permission denied" in reason(lambda: host.agree(code, RUBRIC, AGREED))
