"""The texts that `rubric new` fills in. What stands in them as a description is for the issuer to replace."""

MANIFEST = """\
api = 1
{code}
[issuer]
slug = "{slug}"     # never changes; yours alone
name = {issuer}
contact_name = {contact_name}
contact_email = {contact_email}
"""

CODE_LINE = 'code = "rule:Rule"\n'

RUBRIC = """\
slug = "{slug}"     # never changes
version = "1.0"     # every change gets a new one
promise_days = 14   # working days until a learner has the result

[about]
name = {name}
summary = "Write one sentence for the catalogue."
description = "Write what is learned and shown."
languages = ["en"]
judged = "Two assessors, without knowing of each other. If they do not agree, a third decides."

[[requirements]]
{evidence}
[[parts]]
id = "all"
name = "What is judged"
description = ""
"""

CRITERION = """
[[parts.criteria]]
id = "{id}"
name = {name}
description = "Write what assessors look for."
met_from = "{met_from}"
requirements = ["evidence"]
levels = [          # lowest first
{levels}
]
"""

LEVEL = '    {{ id = "{id}", name = {name}, description = "Write what evidence on this level looks like." }},'

EVIDENCE = {
    "file": """\
id = "evidence"
kind = "file"
name = "Your evidence"
description = "Write what it should show."
accept = ["application/pdf", "image/*"]
maximum = 3
""",
    "text": """\
id = "evidence"
kind = "text"
name = "In your words"
description = "Write what you want to know."
min_words = 100
max_words = 500
""",
    "link": """\
id = "evidence"
kind = "link"
name = "Your page"
description = "Write what it should show. Assessors judge the capture that is given with the address."
accept = ["application/pdf", "image/*"]
""",
}

TEST = '''\
"""What {name} holds to, as examples. Run them with: pytest {home}"""

from reviewhub.plugin_api.testing import sheet, third


def test_all_met_is_met(rubrics, judge):
    rubric = rubrics["{slug}"]
    assert judge(rubric, sheet(rubric), sheet(rubric)).outcome == "met"


def test_what_both_see_short_is_not_yet_met(rubrics, judge):
    rubric = rubrics["{slug}"]
    short = sheet(rubric, {first}="{low}")
    decision = judge(rubric, short, short)
    assert decision.outcome == "not_yet"
    assert "{first}" not in decision.met


def test_a_third_decides_where_two_disagree(rubrics, judge):
    rubric = rubrics["{slug}"]
    one, other = sheet(rubric), sheet(rubric, {first}="{low}")
    assert judge.agree(rubric, one, other).disputed == ("{first}",)
    assert judge(rubric, one, other, third({first}="{high}")).outcome == "met"
'''

RULE = '''\
"""A rule of our own. A hook that is not written, or answers None, leaves it to the policies."""

from collections.abc import Sequence
from typing import Literal

from reviewhub.plugin_api import (
    Decision,
    Locked,
    Plugin,
    Resolution,
    Rubric,
    standing_levels,
)


class Rule(Plugin):
    """Every criterion is to be met. Write your own: this could be left to the policies."""

    def decide(
        self, rubric: Rubric, resolution: Resolution, history: Sequence[Locked]
    ) -> Decision | None:
        """Met where nothing falls short; what is met stays met."""
        standing = standing_levels(rubric, resolution, history)
        met = tuple(one.id for one in rubric.criteria if one.is_met(standing[one.id]))
        enough = len(met) == len(rubric.criteria)
        outcome: Literal["met", "not_yet"] = "met" if enough else "not_yet"
        return Decision(outcome, met=met, locked=met, rule="all of them")
'''
