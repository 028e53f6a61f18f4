"""What an assessor says is wrong: it stops their day and every result until a coordinator has answered."""

import pytest
from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Action
from reviewhub.domain.calendar import Calendar
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import (
    Artifact,
    Attempt,
    Concern,
    Conflict,
    Event,
    EventText,
    Feedback,
    FileGrant,
    LetterRow,
    Outbox,
    Review,
    Round,
    Submission,
)
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.arrive import arrive
from reviewhub.services.coordinated import facts_of
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.hand_back import hand_back
from reviewhub.services.hold import release_hold
from reviewhub.services.own_work import latest_attempt, rubric_of
from reviewhub.services.raise_concern import Said, raise_concern
from reviewhub.services.release import Said as Words
from reviewhub.services.release import release
from reviewhub.services.resolve import resolve_round
from tests.assessor.desk import GOOD, WEAK
from tests.exits.seats import concern, piece, seated, two
from tests.marks import BOTH
from tests.together.at_once import at_once


def carry_on(desk, cora, said, reply="Score it as it is, please.", **more):
    answer_concern(desk.kit, cora, said.public_id, Answer("carry_on", reply, **more))


def letters(desk, kind):
    return desk.all(LetterRow, LetterRow.kind == kind)


@pytest.fixture
def round_id(desk):
    return desk.seated()


@BOTH
def test_nothing_is_resolved_until_it_is_answered_and_then_it_goes_on_by_itself(desk, cora, round_id):
    first, second, _ = two(desk, round_id)
    said = concern(desk, first, round_id)
    desk.submit(first, GOOD, round_id)
    desk.submit(second, GOOD, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "scoring"
    assert seated(desk, round_id) == {first.id: "submitted", second.id: "submitted"}
    carry_on(desk, cora, said)
    desk.run()
    assert desk.round(round_id).state == "resolved"


def test_the_other_seat_sees_nothing_of_it(desk, cora, round_id):
    first, second, _ = two(desk, round_id)
    before = desk.review(second, round_id)
    concern(desk, first, round_id)
    assert desk.review(second, round_id) == before
    assert not [row for row in desk.all(LetterRow) if "concern" in row.kind and row.to == second.email]


def test_the_due_day_moves_by_the_working_days_it_took(desk, cora, round_id):
    """Raised on Tuesday, answered on the Monday after: four working days."""
    first, second, _ = two(desk, round_id)
    desk.kit.clock.move(days=1)
    before = desk.review(first, round_id).due_on
    said = concern(desk, first, round_id)
    desk.kit.clock.move(days=6)
    carry_on(desk, cora, said)
    assert Calendar().working_days_between(before, desk.review(first, round_id).due_on) == 4
    assert desk.review(second, round_id).due_on == before


def test_two_concerns_at_once_move_the_day_once(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    before = desk.review(first, round_id).due_on
    one = concern(desk, first, round_id, "copying")
    desk.kit.clock.move(days=1)
    other = concern(desk, first, round_id, "other")
    desk.kit.clock.move(days=1)
    carry_on(desk, cora, one)
    desk.kit.clock.move(days=1)
    carry_on(desk, cora, other)
    assert Calendar().working_days_between(before, desk.review(first, round_id).due_on) == 3


def test_the_answer_reaches_the_assessor_and_is_on_record(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    carry_on(desk, cora, said, "Compare it with nothing; score what is there.")
    (letter,) = letters(desk, "concern_answered")
    assert letter.to == first.email
    assert "Compare it with nothing" in letter.body
    assert desk.review(first, round_id).public_id in letter.body
    with desk.kit.read() as session:
        texts = {row.text for row in session.exec(select(EventText))}
    assert {"The same garden stood in a book.", "Compare it with nothing; score what is there."} <= texts
    actions = [action for action, *_ in desk.actions()]
    assert {"review.raise_concern", "concern.answer"} <= set(actions)
    assert all("garden" not in str(event.facts) for event in desk.all(Event))


def test_words_that_tell_the_assessor_who_it_is_want_a_second_look(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    piece(desk)
    said = concern(desk, first, round_id)
    for reply in ("I asked Lee, all is well.", "lee.learner@people.example says so", "See HOLIDAY-LEE.pdf."):
        with pytest.raises(Invalid) as wrong:
            carry_on(desk, cora, said, reply)
        assert {problem.field for problem in wrong.value.problems} == {"reply", "gives_away"}
    assert not letters(desk, "concern_answered")
    carry_on(desk, cora, said, "A lee is the side away from the wind.", anyway=True)
    assert len(letters(desk, "concern_answered")) == 1


def test_danger_is_told_to_every_coordinator_at_once_without_what_was_seen(desk, cora, round_id):
    more = desk.world.person("Dora Cord", "coordinator")
    desk.world.person("Otto Else", "coordinator", issuer=desk.world.issuer("else", "Else"))
    first, *_ = two(desk, round_id)
    concern(desk, first, round_id, "danger", "He writes that he will hurt himself.")
    assert {row.to for row in letters(desk, "concern_danger")} == {desk.people.cora.email, more.email}
    assert all("hurt" not in row.body and "Lee" not in row.body for row in letters(desk, "concern_danger"))
    concern(desk, first, round_id, "other", "A blank page.")
    assert len(letters(desk, "concern_danger")) == 2


def test_a_name_shown_may_tell_who_it_is(desk, cora, round_id):
    first, second, third = two(desk, round_id)
    concern(desk, first, round_id, "name_shown", "The last page is signed.", knows=True)
    desk.run()
    assert set(seated(desk, round_id)) == {second.id, third.id}
    assert desk.one(Conflict).kind == "declared"
    assert desk.one(Concern).answered_at is None, "somebody still has to mend it"
    assert not letters(desk, "review_over"), "they did it themselves"


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        (Said("boredom", "So dull."), {"kind"}),
        (Said("copying", "  "), {"note"}),
        (Said("copying", "x" * 2_001), {"note"}),
        (Said("cannot_open", "It is black."), {"piece"}),
        (Said("copying", "As in a book.", piece=7), {"piece"}),
        (Said("nothing", "", piece=-1), {"kind", "note", "piece"}),
    ],
)
def test_what_has_to_be_said(desk, round_id, said, fields):
    first, *_ = two(desk, round_id)
    review = desk.review(first, round_id)
    with pytest.raises(Invalid) as wrong:
        raise_concern(desk.kit, desk.actor(first), review.public_id, said)
    assert {problem.field for problem in wrong.value.problems} == fields
    assert desk.all(Concern) == []


def test_a_second_press_is_no_second_concern(desk, round_id):
    first, *_ = two(desk, round_id)
    plan = piece(desk)
    assert concern(desk, first, round_id, "cannot_open", "Black.", piece=1).artifact_id == plan.id
    with pytest.raises(Refused) as no:
        concern(desk, first, round_id, "cannot_open", "Black.", piece=1)
    assert no.value.code == "already"


def test_only_whoever_scores_it_and_has_not_handed_it_in(desk, round_id):
    first, second, third = two(desk, round_id)
    review = desk.review(first, round_id).public_id
    for person in (second, third, desk.people.lead, desk.people.cora, desk.learner):
        with pytest.raises(NotFound):
            raise_concern(desk.kit, desk.actor(person), review, Said("other", "Hm."))
    desk.submit(first, GOOD, round_id)
    with pytest.raises(Refused):
        raise_concern(desk.kit, desk.actor(first), review, Said("other", "Hm."))


def test_only_a_coordinator_of_the_issuer_answers_and_once(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    far = desk.world.person("Otto Else", "coordinator", issuer=desk.world.issuer("else", "Else"))
    for person in (first, desk.people.lead, desk.learner, far):
        with pytest.raises(NotFound):
            carry_on(desk, desk.actor(person), said)
    carry_on(desk, cora, said)
    with pytest.raises(Refused) as no:
        carry_on(desk, cora, said)
    assert no.value.code == "answered"


def test_it_stays_open_when_whoever_raised_it_is_gone(desk, cora, round_id):
    """Danger to somebody is not over because an assessor has left."""
    first, second, third = two(desk, round_id)
    said = concern(desk, first, round_id)
    hand_back(desk.kit, desk.actor(first), desk.review(first, round_id).public_id)
    desk.run()
    desk.submit(second, GOOD, round_id)
    desk.submit(third, GOOD, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "scoring"
    carry_on(desk, cora, said)
    desk.run()
    assert desk.round(round_id).state == "resolved"
    (letter,) = letters(desk, "concern_answered")
    assert "not yours to score any more" in letter.body


# ------------------------------------------------------------ given back


@BOTH
def test_given_back_it_is_the_same_attempt_and_costs_nothing(desk, cora, round_id):
    first, second, _ = two(desk, round_id)
    said = concern(desk, first, round_id)
    desk.submit(second, GOOD, round_id)
    answer = Answer("given_back", "It went back to be mended.", "The plan shows a name: cover it.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    desk.run()
    attempt = desk.one(Attempt)
    assert (attempt.state, attempt.number, attempt.submitted_at) == ("needs_fix", 1, None)
    assert desk.one(Submission).state == "open"
    assert desk.round(round_id).state == "void"
    assert seated(desk, round_id) == {}
    (letter,) = letters(desk, "evidence_given_back")
    assert letter.to == desk.learner.email
    assert "cover it" in letter.body
    assert "does not count as an attempt" in letter.body
    assert {row.to for row in letters(desk, "review_over")} == {first.email, second.email}
    assert desk.one(Concern).mend == "The plan shows a name: cover it."


def test_what_the_learner_reads_names_no_assessor(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    for mend in (f"{first.name} could not open it.", f"As {first.email} says."):
        with pytest.raises(Invalid) as wrong:
            answer_concern(desk.kit, cora, said.public_id, Answer("given_back", "It went back.", mend))
        assert {problem.field for problem in wrong.value.problems} == {"mend", "gives_away"}
    with pytest.raises(Invalid) as wrong:
        answer_concern(desk.kit, cora, said.public_id, Answer("given_back", "It went back.", " "))
    assert {problem.field for problem in wrong.value.problems} == {"mend"}


def test_sent_again_it_gets_a_fresh_round(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answer = Answer("given_back", "It went back.", "Cover the name.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    with desk.kit.write() as tx:
        root = tx.lock(Submission, desk.submission.id)
        attempt = latest_attempt(tx, root)
        attempt.state = "checking"  # as the learner's sending and the checks leave it
        tx.move(root, attempt, Action.PASSED, SYSTEM, facts_of(root))
        arrive(tx, root, attempt, SYSTEM, rubric_of(tx, root))
    desk.run()
    old, new = desk.all(Round)
    assert [(r.number, r.state) for r in (old, new)] == [(1, "void"), (2, "scoring")]
    assert old.attempt_id == new.attempt_id
    for person in two(desk, new.id)[:2]:
        assert desk.review(person, new.id).draft == {}
        desk.submit(person, WEAK, new.id)
    desk.pass_undo()
    assert desk.round(new.id).state == "resolved"


def test_after_a_result_nothing_is_given_back(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    with desk.kit.write() as tx:
        tx.session.get_one(Round, round_id).kind = "appeal"
    with pytest.raises(Refused):
        answer_concern(desk.kit, cora, said.public_id, Answer("given_back", "No.", "No."))
    assert desk.one(Concern).answered_at is None


# ------------------------------------------------------------ held


def test_held_it_waits_for_the_coordinator_and_then_goes_on(desk, cora, round_id):
    first, second, _ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answer_concern(desk.kit, cora, said.public_id, Answer("held", "We look into it."))
    assert desk.one(Submission).state == "held"
    desk.submit(first, GOOD, round_id)
    desk.submit(second, GOOD, round_id)
    desk.pass_undo()
    assert desk.round(round_id).state == "scoring"
    release_hold(desk.kit, cora, desk.submission.public_id, "It is their own work.")
    desk.run()
    assert desk.round(round_id).state == "resolved"


@pytest.mark.parametrize("let_go_first", [True, False])
def test_what_was_held_can_still_be_given_back(desk, cora, round_id, let_go_first):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answer_concern(desk.kit, cora, said.public_id, Answer("held", "We look into it."))
    if let_go_first:
        release_hold(desk.kit, cora, desk.submission.public_id, "It is clear now.")
    answer = Answer("given_back", "It went back.", "Say which words are not yours.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    assert desk.one(Submission).state == "open"
    assert desk.one(Attempt).state == "needs_fix"
    with pytest.raises(Refused):
        answer_concern(desk.kit, cora, said.public_id, answer)


# ------------------------------------------------------------ while it is open


def test_feedback_is_not_released_while_one_is_open(desk, cora, round_id):
    for person in two(desk, round_id)[:2]:
        desk.submit(person, WEAK, round_id)
    desk.pass_undo()
    feedback, lena = desk.one(Feedback), desk.actor(desk.people.lead)
    review = desk.all(Review)[0]
    desk.world.add(
        Concern(
            public_id="late",
            issuer_id=desk.micro.issuer_id,
            submission_id=desk.submission.id,
            review_id=review.id,
            kind="copying",
            raised_at=desk.kit.clock.now(),
        )
    )
    said = {item["criterion"]: Words("Saw.", "Do.") for item in feedback.items}
    with pytest.raises(Refused) as no:
        release(desk.kit, lena, feedback.public_id, feedback.version, said, "")
    assert no.value.code == "concern"
    answer_concern(desk.kit, cora, "late", Answer("carry_on", "All is well."))
    release(desk.kit, lena, feedback.public_id, feedback.version, said, "")
    assert desk.one(Feedback).state == "released"


@BOTH
def test_a_concern_and_a_resolution_never_both_win(desk, cora):
    """The last sheet is taken back and doubted while a worker resolves: whoever is first decides."""
    for number in range(4):
        round_id = desk.seated(learner=desk.world.person(f"Learner {number}"))
        first, second, _ = two(desk, round_id)
        said = concern(desk, first, round_id)
        for person in (first, second):
            desk.submit(person, GOOD, round_id)
        desk.pass_undo()
        job = desk.job("resolve", round_id=round_id)
        at_once(
            lambda said=said: carry_on(desk, cora, said),
            lambda job=job, round_id=round_id: resolve_round(desk.kit, job, round_id),
        )
        desk.run()
        assert desk.round(round_id).state == "resolved"
        assert len(desk.all(Feedback)) == number + 1


@BOTH
def test_it_is_answered_once_and_given_back_once(desk, cora, round_id):
    first, *_ = two(desk, round_id)
    said = concern(desk, first, round_id)
    answers = [
        Answer("given_back", "It went back.", "Cover it."),
        Answer("carry_on", "Go on."),
        Answer("held", "Wait."),
    ]
    results = at_once(
        *(lambda one=one: answer_concern(desk.kit, cora, said.public_id, one) for one in answers)
    )
    # A hold that came first may still become a return; nothing else follows an answer.
    outcome = desk.one(Concern).outcome
    assert results.count(None) == 1 or outcome == "given_back"
    assert (
        desk.one(Submission).state
        == {"given_back": "open", "carry_on": "under_review", "held": "held"}[outcome]
    )
    open_jobs = desk.all(Outbox, col(Outbox.stuck_at).is_not(None))
    assert open_jobs == []


# ------------------------------------------------------------ mending it


def test_a_piece_that_was_seen_can_be_taken_out_and_stays_on_record(desk, cora, round_id):
    """The rows go; the record keeps whom they were shown to, and the concern keeps its words."""
    first, *_ = two(desk, round_id)
    plan = piece(desk, sha256="f" * 64)
    desk.world.add(FileGrant(person_id=first.id, artifact_id=plan.id, granted_at=desk.kit.clock.now()))
    said = concern(desk, first, round_id, "name_shown", "The last page is signed.", piece=1)
    answer = Answer("given_back", "It went back.", "Cover the signature.")
    answer_concern(desk.kit, cora, said.public_id, answer)
    remove_artifact(desk.kit, desk.actor(desk.learner), desk.submission.public_id, plan.public_id)
    assert desk.all(Artifact, Artifact.id == plan.id) == []
    row = desk.one(Concern)
    assert (row.artifact_id, row.note) == (None, "The last page is signed.")
    (gone,) = desk.all(Event, Event.action == "artifact.removed")
    assert gone.facts == {"artifact": plan.public_id, "sha256": "f" * 64, "opened_by": [first.id]}
