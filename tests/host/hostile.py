"""Hostile plugins, as their issuers would write them: what each does, and what is said about it.

`AT_SYNC` do harm when they are read. `AT_JUDGE` look well then, and do it when they judge: theirs is the
body of `agree`. A reason of None means that it does no harm, so that the judgement stands.
"""

from dataclasses import dataclass
from typing import NamedTuple


class AtSync(NamedTuple):
    """The code of rule.py, and words of the reason."""

    code: str
    said: str


def rule(hook, body, *, before=""):
    """A class Rule with one hook."""
    lines = "\n".join(f"        {line}" for line in body.splitlines())
    return f"{before}\nclass Rule(Plugin):\n    def {hook}:\n{lines}\n"


RUBRICS = "rubrics(self)"
MORE = "more = super().rubrics()[0]"

AT_SYNC = {
    "raises-on-import": AtSync("raise RuntimeError('not today')", "RuntimeError: not today"),
    "raises-when-asked": AtSync(rule(RUBRICS, "raise KeyError('lost')"), "KeyError: 'lost'"),
    "raises-when-made": AtSync(rule("__init__(self, folder)", "raise OSError('no')"), "OSError: no"),
    "raises-what-cannot-be-told": AtSync(
        rule(
            RUBRICS, "raise Odd", before="class Odd(Exception):\n  def __str__(self): raise ValueError('odd')"
        ),
        "Odd",
    ),
    "exits": AtSync("import sys; sys.exit(3)", "SystemExit: 3"),
    "exits-when-asked": AtSync(rule(RUBRICS, "import sys; sys.exit(0)"), "SystemExit: 0"),
    "exits-hard": AtSync("import os; os._exit(0)", "ended without an answer"),
    "crashes": AtSync("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
    "loops": AtSync("while True: pass", "more than 1 s of processor time"),
    "loops-deaf": AtSync(
        "import signal\nfor n in (signal.SIGXCPU, signal.SIGTERM, signal.SIGALRM):\n"
        "    signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        "",
    ),
    "waits": AtSync("import threading; threading.Event().wait()", "It ran longer than 6 s."),
    "takes-10-gb": AtSync("hog = bytearray(10 * 1024**3)", "MemoryError"),
    "recurses": AtSync(rule(RUBRICS, "return self.rubrics()"), "RecursionError"),
    "nests": AtSync(
        rule(RUBRICS, "deep = []\nfor _ in range(100_000): deep = [deep]\nreturn deep"), "RecursionError"
    ),
    "answers-with-a-text": AtSync(rule(RUBRICS, "return 'none'"), "Write a list here"),
    "answers-with-itself": AtSync(rule("issuer(self)", "return self"), "no place in plain data"),
    "answers-later": AtSync("class Rule(Plugin):\n    async def rubrics(self): return ()", "Write it as"),
    "answers-without-end": AtSync(rule(RUBRICS, "return ('x' * 9_000_000,)"), "larger than 8 MB"),
    "not-a-number": AtSync(
        rule(
            RUBRICS,
            f"import dataclasses\n{MORE}\nobject.__setattr__(more, 'promise_days', float('nan'))\n"
            "return (more,)",
        ),
        "float has no place",
    ),
    "points-without-end": AtSync(
        rule(
            RUBRICS,
            f"{MORE}\nobject.__setattr__(more.criteria[0].levels[2], 'points', Decimal('1e999'))\n"
            "return (more,)",
        ),
        "Write a finite number here",
    ),
    "half-a-character": AtSync(
        rule(RUBRICS, f"{MORE}\nobject.__setattr__(more.about, 'summary', 'x\\ud800')\nreturn (more,)"),
        "half of a character",
    ),
    "unknown-level": AtSync(
        rule(
            RUBRICS,
            f"{MORE}\nobject.__setattr__(more.criteria[0], 'met_from', 'splendid')\nreturn (more,)",
        ),
        "met_from",
    ),
    "misspelt-hook": AtSync(
        rule("decde(self, rubric, resolution, history)", "return None"),
        "Rule.decde: No hook has this name. Did you mean decide?",
    ),
    "wrong-signature": AtSync(
        rule("agree(self, sheets, rubric)", "return None"),
        "Rule.agree: Write it as `def agree(self, rubric, sheets)`.",
    ),
    "too-few-arguments": AtSync(
        rule("decide(self, rubric)", "return None"),
        "Rule.decide: Write it as `def decide(self, rubric, resolution, history)`.",
    ),
    "no-function": AtSync("class Rule(Plugin):\n    decide = 3", "Rule.decide: Write it as"),
    "hook-of-its-instance": AtSync(
        rule("__init__(self, folder)", "super().__init__(folder)\nself.decide = lambda *given: None"),
        "decide: It would never be asked",
    ),
    "two-rubrics-of-one-slug": AtSync(
        rule(RUBRICS, f"{MORE}\nreturn (more, more)"), "Two rubrics have this slug"
    ),
    "path-for-a-slug": AtSync(
        rule("issuer(self)", "return IssuerInfo('../good-a', 'X', 'X', 'x@x.example')"), "issuer.slug"
    ),
    "stack-of-anothers-rubrics": AtSync(
        rule(
            "issuer(self)",
            "return IssuerInfo('stacker', 'X', 'X', 'x@x.example', "
            "(Stack('all', 'All', '', ('good-a/small', 'theirs')),))",
        ),
        "which is not shipped",
    ),
    "address-that-takes-for-ever": AtSync(
        rule("issuer(self)", "return IssuerInfo('slow', 'X', 'X', 'a@' + '.' * 400_000 + '@')"),
        "Shorten this to 5000 characters",
    ),
    "lists-without-end": AtSync(
        rule(
            RUBRICS,
            f"{MORE}\nobject.__setattr__(more.about, 'topics', tuple(map(str, range(9999))))\nreturn (more,)",
        ),
        "Write at most 1000 of these",
    ),
    "answers-by-chance": AtSync(
        rule(
            RUBRICS,
            f"import os, dataclasses\n{MORE}\nname = os.urandom(9).hex()\n"
            "return (dataclasses.replace(more, about=dataclasses.replace(more.about, name=name)),)",
        ),
        "It answered differently when it was asked again",
    ),
    "answers-by-hash": AtSync(
        rule(
            RUBRICS,
            f"import dataclasses\n{MORE}\nname = ' '.join({{str(n) for n in range(99)}})[:90]\n"
            "return (dataclasses.replace(more, about=dataclasses.replace(more.about, name=name)),)",
        ),
        "It answered differently when it was asked again",
    ),
    "shouts-at-the-terminal": AtSync(
        rule(
            RUBRICS,
            "raise Invalid(*[Problem('x', '\\x1b[2J\\ud800\\x00all is well ' + 'x' * 2000)] * 300)",
        ),
        "all is well",
    ),
}
"""By the name of the plugin's folder, which is its issuer's slug where it gets so far."""


@dataclass(frozen=True)
class AtJudge:
    """The body of `agree`, and what is said of it; what code outside of the class it needs."""

    body: str
    said: str | None
    before: str = ""


GOOD = "Agreement(tuple(Verdict(c.id, agreed=True, why='same') for c in rubric.criteria))"
SAME = f"return {GOOD}"

AT_JUDGE = {
    "raises": AtJudge("raise ValueError('no idea')", "ValueError: no idea"),
    "exits": AtJudge("import sys; sys.exit(0)", "SystemExit: 0"),
    "exits-hard": AtJudge("import os; os._exit(0)", "It ended without an answer."),
    "crashes": AtJudge("import ctypes; ctypes.string_at(0)", "It was stopped by SIGSEGV"),
    "loops": AtJudge("while True: pass", "It used more than 1 s of processor time."),
    "waits": AtJudge("import threading; threading.Event().wait()", "It ran longer than 6 s."),
    "takes-10-gb": AtJudge("return bytearray(10 * 1024**3)", "MemoryError"),
    "recurses": AtJudge("return self.agree(rubric, sheets)", "RecursionError"),
    "wrong-type": AtJudge("return 'yes'", "agree: Write a table of named values here."),
    "not-a-number": AtJudge("return float('nan')", "float has no place"),
    "nothing-said": AtJudge("return Agreement(())", "It says nothing about goal"),
    "unknown-criterion": AtJudge(
        "return Agreement((Verdict('luck', agreed=True, why='x'),))", "no place there: luck"
    ),
    "half-a-character": AtJudge(f"return {GOOD.replace('same', chr(92) + 'udfff')}", "half of a character"),
    "no-words-of-ours": AtJudge("raise ValueError('\\x1b[2J\\ud800\\x00done')", "ValueError: ?[2J??done"),
    "mutates-its-input": AtJudge("rubric.slug = 'mine'", "FrozenInstanceError"),
    "mutates-by-force": AtJudge(
        "for c in rubric.criteria: object.__setattr__(c, 'met_from', c.levels[0].id)\n"
        "object.__setattr__(sheets[1], 'ratings', dict(sheets[0].ratings))\n" + SAME,
        "It lets levels on opposite sides of met agree on 'goal'.",
    ),
    "mutates-our-code": AtJudge(
        "import reviewhub.host.answers as answers, reviewhub.domain.agreement as rules\n"
        "answers.across_met = rules.across_met = lambda *_: False\n" + SAME,
        "It lets levels on opposite sides of met agree on 'goal'.",
    ),
    "answers-by-chance": AtJudge(
        f"import os; return {GOOD.replace(repr('same'), 'os.urandom(9).hex()')}",
        "It answered differently when it was asked again",
    ),
    "forges-an-answer": AtJudge(
        "import os; os.write(3, b'[{\"value\": true}]'); os._exit(0)", "Write a table of named values here."
    ),
    "spoils-its-answer": AtJudge("import os; os.write(3, b'{'); return None", "ended without an answer"),
    "prints-a-megabyte": AtJudge("print('x' * 10**6)", None),
    "leaves-a-thread": AtJudge(
        "import threading; threading.Thread(target=threading.Event().wait).start()", None
    ),
    "leaves-a-child": AtJudge(
        "import os, signal\n"
        "if os.fork() == 0:\n"
        "    signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "    while True: signal.pause()",
        None,
    ),
    "leaves-an-endless-child": AtJudge(
        "import os\nif os.fork() == 0:\n    os.close(3)\n    while True: pass", None
    ),
    "leaves-deep-folders": AtJudge(
        "import os\nfor _ in range(1200):\n    os.mkdir('deeper'); os.chdir('deeper')", None
    ),
    "leaves-closed-folders": AtJudge(
        "import os\nos.makedirs('a/b'); open('a/b/c', 'w').close(); os.mkdir('d', 0); os.mkfifo('e')\n"
        "os.symlink('/', 'f'); os.symlink('a', 'g')",
        None,
    ),
}
"""By name. They judge levels that are the same, but for `ACROSS`, where None means that the policy judges."""

ACROSS = ("mutates-by-force", "mutates-our-code")
