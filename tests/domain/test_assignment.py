from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.assignment import Bar, Candidate, adjudicators_rule, bars, choose, explain

flags = st.booleans()
AGAIN = st.sampled_from(["same", "other", "any", "unread"])


@st.composite
def pools(draw):
    """Up to eight people, most of them eligible."""
    people = draw(st.lists(st.integers(1, 99), unique=True, max_size=8))
    rare = st.integers(0, 5).map(lambda n: n == 0)
    return [
        Candidate(
            person_id=pid,
            load=draw(st.integers(0, 5)),
            cap=draw(st.integers(0, 6)),
            active=not draw(rare),
            away=draw(rare),
            qualified=not draw(rare),
            conflict=draw(rare),
            knows_identity=draw(rare),
            is_learner=draw(rare),
            seated=draw(rare),
            scored_before=draw(flags),
            read_before=draw(flags),
        )
        for pid in people
    ]


def eligible(one, again):
    """Said once more, the other way round."""
    return (
        one.active
        and not one.away
        and one.qualified
        and not (one.conflict or one.knows_identity or one.is_learner or one.seated)
        and one.load < one.cap
        and not (again == "other" and one.scored_before)
        and not (again == "unread" and (one.scored_before or one.read_before))
    )


@given(pools(), st.integers(0, 4), AGAIN)
def test_never_somebody_ineligible_never_twice_and_as_many_as_there_are(pool, seats, again):
    chosen = choose(pool, seats, lottery="x", again=again)
    able = {c.person_id for c in pool if eligible(c, again)}
    assert set(chosen) <= able
    assert len(set(chosen)) == len(chosen) == min(seats, len(able))


@given(pools(), st.integers(1, 4), AGAIN, st.randoms())
def test_the_order_of_the_input_changes_nothing(pool, seats, again, random):
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert choose(pool, seats, lottery="x", again=again) == choose(shuffled, seats, lottery="x", again=again)


@given(pools(), st.integers(1, 4))
def test_nobody_is_chosen_while_somebody_with_less_work_is_not(pool, seats):
    chosen = choose(pool, seats, lottery="x")
    loads = {c.person_id: c.load for c in pool if eligible(c, "any")}
    left = [load for pid, load in loads.items() if pid not in chosen]
    assert not chosen or not left or max(loads[pid] for pid in chosen) <= min(left)


@given(pools(), st.integers(1, 4))
def test_with_same_whoever_scored_before_comes_first(pool, seats):
    chosen = choose(pool, seats, lottery="x", again="same")
    before = {c.person_id: c.scored_before for c in pool}
    flags_ = [before[pid] for pid in chosen]
    assert flags_ == sorted(flags_, reverse=True)
    waiting = {c.person_id for c in pool if eligible(c, "same") and c.scored_before} - set(chosen)
    assert not waiting or all(flags_)


def test_equals_are_drawn_by_the_lottery_so_pairs_vary():
    pool = [Candidate(pid) for pid in range(1, 9)]
    pairs = {frozenset(choose(pool, 2, lottery=f"round {n}")) for n in range(200)}
    assert len(pairs) > 20
    counts = {pid: sum(pid in pair for pair in pairs) for pid in range(1, 9)}
    assert min(counts.values()) > 0


@given(pools(), AGAIN)
def test_whoever_is_out_has_a_reason_and_whoever_is_in_has_none(pool, again):
    for one in pool:
        assert bool(bars(one, again=again)) != eligible(one, again)


@given(pools(), AGAIN)
def test_the_explanation_counts_each_bar(pool, again):
    counts = explain(pool, again=again)
    assert sum(counts.values()) == sum(len(bars(c, again=again)) for c in pool)
    assert 0 not in counts.values()


def test_each_bar_has_its_own_cause():
    fine = Candidate(1, load=1, cap=2)
    assert bars(fine) == ()
    causes = {
        Bar.INACTIVE: {"active": False},
        Bar.AWAY: {"away": True},
        Bar.LEARNER: {"is_learner": True},
        Bar.UNQUALIFIED: {"qualified": False},
        Bar.IDENTITY: {"knows_identity": True},
        Bar.CONFLICT: {"conflict": True},
        Bar.SEATED: {"seated": True},
        Bar.FULL: {"load": 2},
    }
    for bar, change in causes.items():
        assert bars(replace(fine, **change)) == (bar,)
    assert bars(replace(fine, scored_before=True)) == ()
    assert bars(replace(fine, scored_before=True), again="other") == (Bar.EARLIER,)
    for known in ({"scored_before": True}, {"read_before": True}):
        assert bars(replace(fine, **known), again="unread") == (Bar.READ,)
    assert bars(replace(fine, read_before=True), again="other") == ()
    assert set(causes) | {Bar.EARLIER, Bar.READ} == set(Bar)


def test_who_is_said_nothing_of_is_free_and_able():
    nobody = Candidate(1)
    assert bars(nobody, again="unread") == ()
    assert (nobody.load, nobody.cap, nobody.scored_before, bars(nobody)) == (0, 20, False, ())
    assert {bar.value for bar in Bar if " " not in bar} == {"away"}


def test_load_decides_among_those_who_scored_before_and_among_the_others():
    pool = [Candidate(pid, load=pid % 3, scored_before=pid > 6) for pid in range(1, 13)]
    assert [pid % 3 for pid in choose(pool, 12, lottery="x", again="same")] == [0, 0, 1, 1, 2, 2] * 2
    assert [pid % 3 for pid in choose(pool, 12, lottery="x")] == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]


@pytest.mark.parametrize("again", ["any", "other", "same"])
def test_unless_a_rubric_says_so_having_scored_before_counts_for_nothing(again):
    pool = [Candidate(pid, scored_before=pid % 2 == 0) for pid in range(1, 9)]
    plain = [Candidate(pid) for pid in range(1, 9)]
    counted = again != "any"
    assert (choose(pool, 8, lottery="x", again=again) != choose(plain, 8, lottery="x")) == counted
    assert choose(pool, 8, lottery="x") == choose(plain, 8, lottery="x")
    assert explain(pool) == explain(plain) == {}


@given(pools())
def test_whoever_knows_a_result_adjudicates_only_where_nobody_else_is_left(pool):
    rule = adjudicators_rule(pool)
    unread = [one for one in pool if eligible(one, "unread")]
    assert rule == ("unread" if unread else "any")
    chosen = choose(pool, 1, lottery="x", again=rule)
    if unread:
        assert chosen[0] in {one.person_id for one in unread}
    assert bool(chosen) == any(eligible(one, "any") for one in pool)
