"""One attempt whose learner is marked in every hidden place, crawled by everybody in every state.

What each may see is domain/blinding.py; here only what they must not is written down, as marks in bytes.
"""

import re

import pytest

from tests.hostile import evidence
from tests.hostile.cast import DIFFERENT, MENDED, STILL, WEAK
from tests.hostile.house import BLIND, FINAL, FIRST, SECOND


def _round(watch, state, comments, blind, decided, earlier, sheets):
    """Both seats differ, the lead decides; everybody looks at each step. `earlier`: what was said before."""
    cast, (ana_said, ben_said) = watch.cast, comments
    for viewer in ("ana", "ben"):
        watch.seat(f"{state} scoring", viewer, *earlier, guess=viewer == "ana")
    watch.lead(f"{state} scoring", *comments, guess=True)

    cast.hand_in(cast.ana, sheets[0], ana_said)
    watch.seat(f"{state} submitted", "ana", *earlier, ben_said)
    watch.seat(f"{state} submitted", "ben", *earlier, ana_said)
    watch.lead(f"{state} submitted", *comments)

    cast.hand_in(cast.ben, sheets[1], ben_said)
    cast.pass_undo()
    assert cast.round_state() == "adjudicating"
    final = bool(earlier)
    watch.seat(f"{state} adjudicating", "ana", ben_said, final=final)
    watch.seat(f"{state} adjudicating", "ben", ana_said, final=final)
    watch.lead(f"{state} adjudicating", *comments, *earlier, numbers=True, guess=True)
    watch.learner(f"{state} adjudicating", *comments)

    cast.hand_in(cast.lead, sheets[1], blind)
    watch.lead(f"{state} deciding", *earlier, numbers=True)
    cast.hand_in(cast.lead, sheets[0], decided)
    watch.seat(f"{state} decided soon", "ana", ben_said, blind, decided, final=final)
    cast.pass_undo()
    assert cast.round_state() == "resolved"
    for viewer, other in (("ana", ben_said), ("ben", ana_said)):
        watch.seat(f"{state} decided", viewer, other, blind, decided, final=final)
    watch.lead(f"{state} decided")
    watch.coordinator(f"{state} decided", *comments, blind, decided)
    watch.learner(f"{state} decided", *comments, blind, decided)
    watch.outsiders(f"{state} decided")


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("quiet_log")
def test_nobody_meets_more_than_they_may(watch):
    cast = watch.cast
    watch.outsiders("draft")
    watch.lead("draft")
    cast.send()
    assert cast.round_state() == "scoring"
    _round(watch, "first", FIRST, BLIND[0], FINAL[0], (), (WEAK, DIFFERENT))
    cast.release()
    for viewer, other in (("ana", FIRST[1]), ("ben", FIRST[0])):
        watch.seat("released", viewer, other)
    watch.lead("released")
    watch.learner("released", BLIND[0])
    watch.coordinator("released", *FIRST, BLIND[0], FINAL[0])

    cast.again()
    watch.seat("second draft", "ana", FIRST[1])
    watch.lead("second draft")
    cast.send()
    _round(watch, "second", SECOND, BLIND[1], FINAL[1], (*FIRST, BLIND[0], FINAL[0]), (MENDED, STILL))
    cast.release()
    watch.learner("met", *BLIND)
    watch.outsiders("met")
    watch.letters()
    watch.kept()

    assert watch.opened > 1000
    assert not watch.leaks, "\n".join(sorted(set(watch.leaks)))


def test_the_watch_would_notice(watch, crawler):
    """Against a vacuous crawl: the learner's own pages and files hold the marks, and the crawl meets them."""
    seen = crawler(watch.cast.learner).crawl("/work")
    met = [
        mark for mark in (*evidence.HIDDEN, "zebrowitz", "quokkasaying") if any(a.holds(mark) for a in seen)
    ]
    assert set(met) >= {"canaryexif", "canaryxmp", "canarypng", "canarypdf", "canaryfile", "canaryweb"}
    watch.cast.send()
    seen = crawler(watch.cast.ana).crawl("/queue")
    kinds = {line for a in seen for line in re.findall(r"^Content-Type: (\S+?);?\s", a.headers, re.MULTILINE)}
    assert {"image/webp", "image/png", "image/jpeg"} <= kinds
    assert any(a.holds("planted in march") and a.holds("quokkasaying") for a in seen)
