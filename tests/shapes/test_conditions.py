"""What is asked for and judged where it depends on a choice, from the form to the decision."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from reviewhub.authoring.simulate import simulate
from reviewhub.domain.errors import Invalid, NotFound
from reviewhub.host.judge import PluginHost
from reviewhub.models import Artifact, Attempt, CleanCopy, Event, Submission
from reviewhub.plugin_api import rubric_from_toml
from reviewhub.queries.own import load_own
from reviewhub.queries.recorded_sheets import recorded_sheets
from reviewhub.queries.timeline import timeline
from reviewhub.services.export_decision import export_decision
from reviewhub.services.ids import public_id
from reviewhub.services.judged import judge, read_question
from reviewhub.services.next_attempt import start_next
from reviewhub.services.object_to_lock import object_to_lock
from reviewhub.services.open_feedback import open_feedback
from reviewhub.services.open_file import open_file
from reviewhub.services.replay_decision import Bench as Desk
from reviewhub.services.replay_decision import replay
from reviewhub.services.submit import submit
from reviewhub.services.verify_audit import verify_all
from tests.cases import sign_in
from tests.learner.story import Story
from tests.rounds.bench import Bench

FILE = Path(__file__).parent / "conditions.toml"
DRILL = "We drilled with all hands on deck."


@pytest.fixture
def bench(world):
    """A learner who has begun."""
    return begun(world, rubric_from_toml(FILE))


def begun(world, rubric):
    made = Bench(world, rubric)
    made.story = Story.begin(world.kit, made.actor(made.learner), made.micro)
    made.submission = made.one(Submission, Submission.public_id == made.story.id)
    return made


def words(client, address):
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))))


def send(bench):
    submit(bench.kit, bench.story.actor, bench.story.id, bench.attempt().version, attested=True)
    bench.run()


def check_and_score(bench, levels, there):
    """Somebody finds everything there, and two score the same."""
    (review,) = bench.seats(bench.rounds()[-1].id, "completeness")
    bench.submit(bench.person(review), dict.fromkeys(there, "there"), review.round_id)
    bench.pass_undo()
    round_id = bench.rounds()[-1].id
    bench.score(round_id, levels, levels)
    return bench.round(round_id)


def sent_from_a_ship(bench):
    bench.story.write("setting", "ship")
    bench.story.write("work", "I mend nets.")
    bench.story.write("drill", DRILL)
    send(bench)


def test_from_a_choice_to_a_decision(bench):
    """Whoever meets all that applies has enough, though the cut is 5 and two criteria give 4."""
    sent_from_a_ship(bench)
    (sent,) = [event for event in bench.all(Event) if event.action == "attempt.submit"]
    assert sent.facts["choices"] == {"setting": "ship"}
    round_ = check_and_score(bench, {"a": "clear", "b": "clear"}, ["work", "drill"])
    decision = bench.decision(round_.id)
    assert (decision.outcome, decision.rule, decision.met) == ("met", "points", ["a", "b"])
    assert verify_all(bench.kit)[0]
    kit = bench.kit
    told = list(replay(Desk(kit.signer, kit.judge, kit.plugins), export_decision(kit, round_.public_id)))
    assert [one for one in told if one.fits is False] == []


def test_another_choice_opens_other_criteria_and_what_is_met_stays(bench):
    sent_from_a_ship(bench)
    check_and_score(bench, {"a": "clear", "b": "vague"}, ["work", "drill"])
    bench.release()
    assert bench.locks() == ["a"]
    start_next(bench.kit, bench.story.actor, bench.story.id)
    bench.story.write("Note", "I moved.")
    bench.story.write("setting", "office", was="ship")
    with pytest.raises(Invalid, match="nothing is left to be scored"):
        send(bench)
    bench.story.write("setting", "dock", was="office")
    send(bench)
    round_ = check_and_score(bench, {"c": "clear"}, ["work"])
    assert bench.decision(round_.id).outcome == "met"
    assert bench.locks() == ["a", "c"]


def test_choosing_nothing_may_leave_nothing_to_be_scored_too(world):
    rubric = rubric_from_toml(FILE)
    free = replace(
        rubric, requirements=(replace(rubric.requirements[0], minimum=0), *rubric.requirements[1:])
    )
    bench = begun(world, free)
    sent_from_a_ship(bench)
    check_and_score(bench, {"a": "clear", "b": "vague"}, ["work", "drill"])
    bench.release()
    start_next(bench.kit, bench.story.actor, bench.story.id)
    bench.story.write("Note", "I moved.")
    bench.story.write("setting", "", was="ship")
    with pytest.raises(Invalid, match="nothing is left to be scored"):
        send(bench)


def test_the_learner_reads_of_as_many_files_as_were_sent(bench):
    sent_from_a_ship(bench)
    with bench.kit.write() as tx:  # as if it were a file
        piece = bench.one(Artifact, Artifact.requirement_id == "drill")
        tx.session.get_one(Artifact, piece.id).key = "final/drill"
    assert files_sent(bench) == [1]
    with bench.kit.write() as tx:  # as if it had been sent with another choice
        tx.session.get_one(Attempt, bench.attempt().id).choices = {"setting": "dock"}
    assert files_sent(bench) == [0]


def files_sent(bench):
    with bench.kit.read() as session:
        steps = timeline(session, load_own(session, bench.story.actor, bench.story.id))
    return [step.files for step in steps if step.code == "sent"]


class Listening(PluginHost):
    """Remembers what the owner's code would be told of what is met before."""

    def decide(self, code, rubric, resolution, history):
        self.told = [(lock.criterion_id, rubric.criterion(lock.criterion_id).name) for lock in history]
        return super().decide(code, rubric, resolution, history)


def test_code_hears_of_no_lock_whose_criterion_is_hidden(bench, tmp_path):
    """It has no such criterion in its rubric, and could neither keep it locked nor leave it out."""
    sent_from_a_ship(bench)
    check_and_score(bench, {"a": "vague", "b": "clear"}, ["work", "drill"])
    bench.release()
    assert bench.locks() == ["b"]
    start_next(bench.kit, bench.story.actor, bench.story.id)
    bench.story.write("Note", "I moved.")
    bench.story.write("setting", "dock", was="ship")
    send(bench)
    round_ = check_and_score(bench, {"a": "vague", "c": "clear"}, ["work"])
    with bench.kit.read() as session:
        question = read_question(session, round_.id)
    (seat, _) = bench.seats(round_.id)
    with pytest.raises(NotFound):  # nor can an assessor find out that there is one
        object_to_lock(bench.kit, bench.actor(bench.person(seat)), seat.public_id, "b", "I doubt it.")
    owner = Listening(tmp_path)
    assert judge(owner, question).decision.locked == ("c",)
    assert owner.told == []
    assert bench.locks() == ["b", "c"]


def test_what_changed_says_nothing_of_what_a_choice_hides(bench, client):
    """Words that were never sent are nobody's to read: not the lead's, not an assessor's."""
    sent_from_a_ship(bench)
    check_and_score(bench, {"a": "vague", "b": "vague"}, ["work", "drill"])
    bench.release()
    start_next(bench.kit, bench.story.actor, bench.story.id)
    bench.story.write("Note", "I moved.")
    bench.story.write("drill", "Call me Lee Learner.", was=DRILL)
    bench.story.write("setting", "dock", was="ship")
    send(bench)
    round_ = check_and_score(bench, {"a": "clear", "c": "vague"}, ["work"])
    (feedback,) = bench.feedback("draft")
    open_feedback(bench.kit, bench.actor(bench.people.lead), feedback.public_id)
    sign_in(client, bench.kit, bench.people.lead)
    pages = [words(client, f"/feedback/{feedback.public_id}")]
    seat = bench.seats(round_.id)[0]
    sign_in(client, bench.kit, bench.person(seat))
    pages.append(words(client, f"/reviews/{seat.public_id}"))
    assert "What came before" in pages[1]
    for page in pages:
        assert "Call me" not in page
        assert " drill" not in page


def test_what_a_choice_hides_is_kept_and_neither_shown_nor_sent(bench, client):
    bench.story.write("setting", "ship")
    bench.story.write("work", "I load crates.")
    bench.story.write("drill", DRILL)
    bench.story.write("setting", "dock", was="ship")
    sign_in(client, bench.kit, bench.learner)
    address = f"/work/{bench.story.id}/evidence"
    assert DRILL not in words(client, address)
    send(bench)
    (review,) = bench.seats(bench.rounds()[-1].id, "completeness")
    sign_in(client, bench.kit, bench.person(review))
    said = words(client, f"/reviews/{review.public_id}")
    assert "Setting: On a dock (the learner's choice)" in said
    assert "I load crates." in said
    assert "drill" not in said.lower()
    round_ = check_and_score(bench, {"a": "vague", "c": "vague"}, ["work"])
    seat = bench.seats(round_.id)[0]
    sign_in(client, bench.kit, bench.person(seat))
    said = words(client, f"/reviews/{seat.public_id}")
    assert "On the dock" in said
    assert "On board" not in said
    bench.release()
    assert start_next(bench.kit, bench.story.actor, bench.story.id) == 2
    assert bench.attempt().choices == {"setting": "dock"}
    bench.story.write("setting", "ship", was="dock")
    sign_in(client, bench.kit, bench.learner)
    assert DRILL in words(client, address)


def test_the_form_shows_again_after_a_choice_and_names_what_it_then_asks(bench, client):
    sign_in(client, bench.kit, bench.learner)
    address = f"/work/{bench.story.id}/evidence"
    said = client.get(address).get_data(as_text=True)
    assert "Setting: choose one." in said
    assert 'name="text.drill.0"' not in said
    token = said.partition('name="csrf_token" value="')[2].partition('"')[0]
    was = re.search(r'name="was.choice.setting.0" value="(\w*)"', said)[1]
    form = {"csrf_token": token, "choice.setting.0": "ship", "was.choice.setting.0": was}
    answer = client.post(address, data={**form, "do": "save:setting"})
    assert (answer.status_code, answer.location) == (303, f"{address}#s-setting")
    said = client.get(address).get_data(as_text=True)
    assert 'name="text.drill.0"' in said
    assert re.search(r'value="ship" checked', said)
    stale = client.post(address, data={**form, "choice.setting.0": "dock"})
    assert stale.status_code == 409
    wrong = client.post(address, data={**form, "choice.setting.0": "moon"})
    assert wrong.status_code == 422
    assert bench.attempt().choices == {"setting": "ship"}
    whole = client.post(address, data={**form, "whole": "1"}, headers={"HX-Request": "true"})
    assert '<form id="evidence"' in whole.get_data(as_text=True)


def test_something_is_always_chosen_before_sending(bench):
    bench.story.write("work", "I mend nets.")
    with pytest.raises(Invalid, match="Setting: choose one"):
        send(bench)


def test_the_page_for_issuers_shows_what_works(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "issuers" / "conditions.md").read_text()
    (asked,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "conditions.toml"
    head, parts, rest = FILE.read_text().partition("[[parts]]")
    about, requirement, given = head.partition("[[requirements]]")
    work = requirement + given.split("[[requirements]]")[1]
    path.write_text(about + asked + work + parts + rest)
    assert [one.kind for one in rubric_from_toml(path).requirements] == ["choice", "text", "text"]


def test_no_copy_of_what_a_choice_hides_is_opened(bench):
    sent_from_a_ship(bench)
    (review,) = bench.seats(bench.rounds()[-1].id, "completeness")
    actor = bench.actor(bench.person(review))
    copy = add_copy(bench, "drill")
    assert open_file(bench.kit, actor, copy.public_id)
    with bench.kit.write() as tx:  # as if it had been sent with another choice
        tx.session.get_one(Attempt, bench.attempt().id).choices = {"setting": "dock"}
    with pytest.raises(NotFound):
        open_file(bench.kit, actor, copy.public_id)


def add_copy(bench, requirement):
    piece = bench.one(Artifact, Artifact.requirement_id == requirement)
    return bench.world.add(
        CleanCopy(
            public_id=public_id(),
            artifact_id=piece.id,
            position=0,
            kind="text",
            media_type="text/plain",
            key="copies/one",
            size=1,
            sha256="0" * 64,
        )
    )


def test_a_simulation_asks_the_rubric_as_it_was_for_the_choice(bench):
    sent_from_a_ship(bench)
    check_and_score(bench, {"a": "clear", "b": "clear"}, ["work", "drill"])
    with bench.kit.read() as session:
        told = simulate(rubric_from_toml(FILE), recorded_sheets(session, "harbor", "conditions"))
    assert (told.scorings, told.no_fit.count, told.to_not_yet.count) == (1, 0, 0)
