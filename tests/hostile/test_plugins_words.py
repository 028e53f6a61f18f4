"""What an issuer's code says when it fails may repeat what it was given; no log may."""

import logging
import textwrap

from reviewhub.domain import decision, resolution
from reviewhub.domain.evidence import EvidenceFacts
from reviewhub.domain.feedback import Comment
from reviewhub.host.judge import PluginHost
from reviewhub.services.ports import CodeRef
from tests.plugins.conftest import HEAD, PluginFolder
from tests.rubrics import sheet, small_rubric

RUBRIC = small_rubric()
MET = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}
TALKATIVE = """
    def check_evidence(self, rubric, requirement, evidence):
        print("quokka on stdout", evidence.text)
        raise ValueError("cannot read: " + evidence.text)

    def feedback(self, rubric, resolution, decision, comments):
        raise KeyError(comments[0].text)
"""


def test_the_log_names_the_fault_and_not_the_words(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    folder = PluginFolder(tmp_path / "issuers")
    folder.write("harbor", code="pass")
    code = f"{HEAD}\nclass Rule(Plugin):\n{textwrap.indent(textwrap.dedent(TALKATIVE), '    ')}"
    (folder.path / "harbor" / "rule.py").write_text(code)
    host = PluginHost(tmp_path / "plugins")
    (found,) = host.gather([folder.path])
    assert not found.problems, found.problems
    ref = CodeRef("harbor", found.digest)

    facts = EvidenceFacts("why", "text", text="I am quokka and this is my life.")
    assert [f.code for f in host.check_evidence(ref, RUBRIC, RUBRIC.requirements[1], facts)] == [
        "not_checked"
    ]
    resolved = resolution.resolve(RUBRIC, [sheet(1, **MET), sheet(2, **MET)])
    decided = decision.decide(RUBRIC, resolved, ())
    host.feedback(ref, RUBRIC, resolved, decided, [Comment("goal", "clear", "quokka's goal is clear.", 1)])

    assert "check_evidence" in caplog.text
    assert "ValueError" in caplog.text
    assert "KeyError" in caplog.text
    assert "quokka" not in caplog.text
