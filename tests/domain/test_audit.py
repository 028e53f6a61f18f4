import hashlib
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.domain.audit import (
    GENESIS,
    Link,
    Seal,
    Sealed,
    canonical,
    commit_to,
    digest,
    first_broken,
    pin,
    tree_over,
)
from reviewhub.domain.merkle import grow, leaf_hash

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
texts = st.sampled_from(["", "offered", "“Äpfel”", "\n"])


@st.composite
def chains(draw, least=0):
    """(links with their hashes, head): whole."""
    chain, previous = [], GENESIS
    for seq in range(1, draw(st.integers(least, 6)) + 1):
        link = Link(
            aggregate="submission",
            aggregate_id=7,
            seq=seq,
            at=AT + timedelta(seconds=seq),
            actor_id=draw(st.one_of(st.none(), st.integers(1, 9))),
            action=draw(st.sampled_from(["review.save", "round.agreed"])),
            from_state=draw(texts),
            to_state=draw(texts),
            facts=draw(st.dictionaries(st.sampled_from("abc"), st.integers(0, 9), max_size=2)),
            commitment=draw(texts),
            previous=previous,
        )
        previous = digest(link)
        chain.append((link, previous))
    return chain, previous


OTHER = {
    "aggregate": "issuer",
    "aggregate_id": 8,
    "seq": 99,
    "at": AT - timedelta(microseconds=1),
    "actor_id": 10,
    "action": "review.undo",
    "from_state": "something else",
    "to_state": "something else",
    "facts": {"d": 1},
    "commitment": "something else",
    "previous": "f" * 64,
}


@given(chains())
def test_a_whole_chain_holds(chain):
    links, head = chain
    assert first_broken(links, head) is None


@given(chains(1), st.data())
@pytest.mark.parametrize("field", [field.name for field in fields(Link)])
def test_any_changed_field_of_any_event_is_found_where_it_is(field, chain, data):
    links, head = chain
    n = data.draw(st.integers(0, len(links) - 1))
    link, stored = links[n]
    links[n] = (replace(link, **{field: OTHER[field]}), stored)
    assert first_broken(links, head) == n + 1


@given(chains(1), st.data())
def test_any_changed_byte_of_a_stored_hash_is_found(chain, data):
    links, head = chain
    n = data.draw(st.integers(0, len(links) - 1))
    at = data.draw(st.integers(0, 63))
    link, stored = links[n]
    links[n] = (link, stored[:at] + ("0" if stored[at] != "0" else "1") + stored[at + 1 :])
    assert first_broken(links, head) == n + 1


@given(chains(1), st.data())
def test_a_changed_event_that_is_hashed_anew_breaks_the_next_one_or_the_head(chain, data):
    links, head = chain
    n = data.draw(st.integers(0, len(links) - 1))
    forged = replace(links[n][0], to_state="forged for good")
    links[n] = (forged, digest(forged))
    assert first_broken(links, head) == n + 2


@given(chains(1), st.data())
def test_a_missing_event_is_found(chain, data):
    links, head = chain
    n = data.draw(st.integers(0, len(links) - 1))
    del links[n]
    assert first_broken(links, head) == n + 1


@given(chains(2), st.data())
def test_events_that_changed_places_are_found(chain, data):
    links, head = chain
    n = data.draw(st.integers(0, len(links) - 2))
    links[n], links[n + 1] = links[n + 1], links[n]
    assert first_broken(links, head) == n + 1


@given(chains(1))
def test_an_event_that_was_added_is_found(chain):
    links, head = chain
    last = links[-1][0]
    added = replace(last, seq=last.seq + 1, previous=links[-1][1])
    assert first_broken([*links, (added, digest(added))], head) == last.seq + 2


def test_an_empty_chain_has_the_genesis_as_its_head():
    assert first_broken([], GENESIS) is None
    assert first_broken([], "f" * 64) == 1


def test_a_commitment_hides_its_text_and_depends_on_the_salt():
    assert commit_to("knows the learner", "s1") != commit_to("knows the learner", "s2")
    assert commit_to("a", "s1") != commit_to("b", "s1")
    assert "knows" not in commit_to("knows the learner", "s1")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


FIRST = Link(
    aggregate="submission",
    aggregate_id=7,
    seq=1,
    at=AT,
    actor_id=None,
    action="review.save",
    from_state="offered",
    to_state="claimed",
    facts={"seat": 2, "review": "Ä-1"},
    commitment="c0ffee",
    previous=GENESIS,
)
FIRST_BYTES = (
    '{"action":"review.save","actor":null,"aggregate":"submission","aggregate_id":7,'
    '"at":"2026-11-02T09:00:00.000000+00:00","commitment":"c0ffee","facts":{"review":"Ä-1","seat":2},'
    '"from":"offered","previous":"' + "0" * 64 + '","seq":1,"to":"claimed"}'
)


def test_what_is_hashed_is_this_and_stays_this():
    """Chains that are stored were hashed so: another byte here, and none of them can be proved."""
    assert GENESIS == "0" * 64
    assert digest(FIRST) == sha256(FIRST_BYTES)
    assert commit_to("why", "salt") == sha256("salt\nwhy")
    assert pin({"b": "Ä", "a": 1}, "salt") == sha256('salt\n{"a":1,"b":"Ä"}')


def test_what_is_sealed_is_this_and_stays_this():
    leaves = [Sealed("submission", 7, 1, "ab"), Sealed("issuer", 3, 2, "cd")]
    bodies = ['["submission",7,1,"ab"]', '["issuer",3,2,"cd"]']
    assert [canonical(leaf.body()).decode() for leaf in leaves] == bodies
    assert tree_over(leaves) == grow([leaf_hash(body.encode()) for body in bodies])
    seal = Seal(2, AT, "r00t", 2, "bef0re", "key1")
    signed = (
        '{"key":"key1","leaves":2,"number":2,"previous":"bef0re","root":"r00t",'
        '"sealed_at":"2026-11-02T09:00:00.000000+00:00","type":"reviewhub checkpoint 1"}'
    )
    assert canonical(seal.body()).decode() == signed
    assert seal.digest() == sha256(signed)


def test_numbers_without_a_gap_from_one_on():
    second = replace(FIRST, seq=2)
    assert first_broken([(second, digest(second))], digest(second)) == 1
    third = replace(FIRST, seq=3, previous=digest(FIRST))
    assert first_broken([(FIRST, digest(FIRST)), (third, digest(third))], digest(third)) == 2
