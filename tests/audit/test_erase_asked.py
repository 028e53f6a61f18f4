"""What stands in the way of an erasure, and the command that asks for one."""

import pytest

from reviewhub import jobs
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Person
from reviewhub.services.erase_person import erase_person
from reviewhub.services.withdraw import withdraw
from tests.audit.erasing import EMAIL, NAME, WHAT, erase, one
from tests.audit.planted import found
from tests.learner.story import WHY, Story


def test_running_work_is_to_be_withdrawn_first(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0])
    with pytest.raises(Refused, match=f"Withdraw it first: {story.id}"):
        erase_person(kit, EMAIL, WHAT)
    withdraw(kit, story.actor, story.id, "")
    erase(kit)
    assert found(kit, NAME, EMAIL) == []


def test_seats_are_to_be_given_to_others_first(kit, world, staff, learner):
    story = Story.begin(kit, world.actor(learner), staff[0]).arrive()
    jobs.run_due(kit)
    with pytest.raises(Refused, match=f"They hold seats. Give them to others first: {story.id}"):
        erase_person(kit, "ana.silva@people.example", WHAT)
    assert one(kit, Person, Person.name == "Ana Silva")


def test_the_last_coordinator_is_not_erased(kit, world, staff):
    with pytest.raises(Refused, match="last coordinator of harbor"):
        erase_person(kit, "cora.cord@people.example", WHAT)
    world.person("Dora Dean", "coordinator")
    erase(kit, "cora.cord@people.example")
    assert found(kit, "Cora Cord") == []


@pytest.mark.parametrize("reason", ["", " ", f"{NAME} wrote to us", "quintilla wrote", f"see {EMAIL}"])
def test_the_reason_is_needed_and_names_nobody(kit, story, reason):
    with pytest.raises(Invalid) as caught:
        erase_person(kit, EMAIL, reason)
    assert [problem.field for problem in caught.value.problems] == ["reason"]


def test_an_address_that_nobody_has(kit, story):
    for address in ("nobody@people.example", ""):
        with pytest.raises(NotFound):
            erase_person(kit, address, WHAT)
    erase(kit, f" {EMAIL.upper()} ")
    with pytest.raises(NotFound):
        erase_person(kit, EMAIL, WHAT)


def test_the_command_asks_before_it_erases(kit, story, run):
    asked = run("person", "erase", EMAIL, "--reason", WHAT, input="n\n")
    assert f"Erase {NAME} <{EMAIL}> (1 submissions, 0 roles) for good?" in asked.output
    assert asked.exit_code == 1
    assert found(kit, NAME)
    done = run("person", "erase", EMAIL, "--reason", WHAT, "--yes")
    assert (done.exit_code, NAME in done.output) == (0, False)
    jobs.run_due(kit)
    assert found(kit, NAME) == []


def test_the_command_says_what_stands_in_the_way(kit, staff, run):
    done = run("person", "erase", "cora.cord@people.example", "--reason", WHAT, "--yes")
    assert done.exit_code == 1
    assert "Make somebody else one first." in done.output
    assert "Traceback" not in done.output


def test_logs_say_nothing_of_them(kit, story, run, caplog):
    with caplog.at_level("DEBUG"):
        run("person", "erase", EMAIL, "--reason", WHAT, "--yes")
        jobs.run_due(kit)
    for word in (NAME, EMAIL, WHY):
        assert word not in caplog.text
