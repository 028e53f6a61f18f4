"""What an assessor says is wrong: it stops their day and every result until a coordinator has answered."""

import pytest
from sqlmodel import select

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Concern, Conflict, Event, EventText, Feedback, LetterRow, Review
from reviewhub.services.answer_concern import Answer, answer_concern
from reviewhub.services.hand_back import hand_back
from reviewhub.services.raise_concern import Said, raise_concern
from reviewhub.services.release import Said as Words
from reviewhub.services.release import release
from reviewhub.services.resolve import resolve_round
from tests.assessor.desk import GOOD, WEAK
from tests.exits.seats import carry_on, concern, letters, piece, seated, two
from tests.marks import BOTH
from tests.together.at_once import at_once


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
