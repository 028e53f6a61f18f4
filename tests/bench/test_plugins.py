"""What `make bench NAME=plugins` shows at length, with little of each."""

import pytest

from bench.plugins import Wish, plugins


@pytest.mark.slow
def test_every_figure_is_measured_and_an_unchanged_sync_writes_nothing():
    found, _slower_than_hoped = plugins(Wish(issuers=2, rubrics=2, sheets=200))
    figures = {one.what: one for one in found}
    assert figures["what an unchanged sync writes"].value == 0
    for what in ("a cold call", "each of 500 calls at once", "a first sync", "a replayed sheet"):
        assert figures[what].ratio > 0, what
    assert figures["each of 500 calls at once, in cold ones"].ratio < 1
