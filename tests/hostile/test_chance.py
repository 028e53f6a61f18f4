"""What is drawn by chance tells neither who nor when: names, references, ids, keys, orders of lists."""

import random

import pytest

from reviewhub.services import alias
from reviewhub.services.alias import alias_for
from tests.cases import Cases


@pytest.fixture
def drawn(monkeypatch):
    """Draws that are the same in every run, from a few words."""
    draws = random.Random(11)
    monkeypatch.setattr(alias.secrets, "choice", draws.choice)
    monkeypatch.setattr(alias, "ADJECTIVES", tuple("ABCDEFGHIJKL"))
    monkeypatch.setattr(alias, "BIRDS", ("Finch",))


def test_no_two_viewers_know_one_submission_by_one_name(kit, world, drawn):
    viewers = [world.person(f"Viewer {number}") for number in range(8)]
    case = Cases(world).open(world.person("Lee Learner"), world.micro_credential())
    with kit.write() as tx:
        names = [alias_for(tx, case.submission.id, viewer.id).name for viewer in viewers]
    assert len(set(names)) == len(names)
