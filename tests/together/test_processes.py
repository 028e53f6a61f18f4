"""Processes that want the same in the same instant, on real databases: one order or the other, and whole."""

import random
from collections import Counter
from datetime import timedelta
from multiprocessing import get_context

import pytest
from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.models import (
    Attempt,
    DecisionRow,
    Event,
    Feedback,
    Issuer,
    Outbox,
    Person,
    Review,
    Round,
    Scoresheet,
)
from reviewhub.services import hold, score
from reviewhub.services.appeal import appeal
from reviewhub.services.claim_next import claim_next
from reviewhub.services.exclude import declare_known
from reviewhub.services.kit import LEASE
from reviewhub.services.next_attempt import start_next
from reviewhub.services.reassign import reassign
from reviewhub.services.record_conflict import record_conflict
from reviewhub.services.release import Said, release
from reviewhub.services.rescore import rescore
from reviewhub.services.withdraw import withdraw
from tests.marks import BOTH
from tests.together.at_once import WAIT, Ended, in_processes
from tests.together.people import WORDS, begun
from tests.together.results import GOOD, VAGUE
from tests.together.test_all_at_once import anything, is_well

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), BOTH]
GROUNDS = "The second page answers this, and nobody seems to have seen it."
WINDOW = 300


@pytest.fixture
def people(kit, world):
    return begun(kit, world)


@pytest.fixture
def root(people):
    """The first learner's submission, with both seats of its round taken."""
    people.work()
    return people.submission(people.learners[0])


def reviews(people, root):
    of_root = select(Round.id).join(Attempt).where(Attempt.submission_id == root.id)
    return people.all(select(Review).where(col(Review.round_id).in_(of_root)).order_by(col(Review.id)))


def actor(people, review):
    return people.world.actor(people.all(select(Person).where(Person.id == review.assessor_id))[0])


def handing_in(people, review, levels=GOOD):
    who, sheet = actor(people, review), people.sheet(review, levels)
    return lambda: bool(score.submit(people.kit, who, review.public_id, sheet, review.draft_version))


def due(people, job):
    rows = people.all(select(Outbox).where(Outbox.job == job, col(Outbox.done_at).is_(None)))
    return [row.id for row in rows if row.due_at <= people.kit.clock.now()]


def working(people, row):
    return lambda: jobs.run_job(people.kit, row)


def decided(people, levels):
    for person in people.staff:
        people.hand_in(person, levels)
    people.kit.clock.move(seconds=WINDOW)
    people.work()


def releasing(people, root):
    of_root = select(Attempt.id).where(Attempt.submission_id == root.id)
    (row,) = people.all(select(Feedback).where(col(Feedback.attempt_id).in_(of_root)))
    said = {item["criterion"]: Said("What we saw.", "What to do.") for item in row.items}
    who = people.world.actor(people.lena)
    return lambda: release(people.kit, who, row.public_id, row.version, said, "Thank you.")


def told(results):
    """The codes of those who were refused; nothing else went wrong."""
    codes = [one.code for one in results if isinstance(one, Ended)]
    assert not [one for one in results if isinstance(one, Ended) and not one.refused], results
    return codes


def events(people, action):
    return len(people.all(select(Event.id).where(Event.action == action)))


def test_five_claim_the_last_four_seats_and_one_is_told(people):
    with people.kit.write() as tx:
        tx.session.exec(select(Issuer)).one().assignment = "pull"
    people.work()
    actors = [people.world.actor(person) for person in people.assessors]
    results = in_processes(*(lambda who=who: claim_next(people.kit, who) for who in actors))
    assert told(results) == ["empty"]
    seats = Counter((one.round_id, one.seat) for one in people.all(select(Review)))
    assert len(seats) == 4
    assert set(seats.values()) == {1}
    is_well(people)


def test_both_hand_in_at_once_and_two_workers_resolve_it_once(people, root):
    first, second = reviews(people, root)
    assert in_processes(handing_in(people, first), handing_in(people, second)) == [True, True]
    people.kit.clock.move(seconds=WINDOW)
    rows = due(people, "resolve")
    assert len(rows) == 2
    assert True in in_processes(*(working(people, row) for row in rows))
    is_well(people)
    assert len(people.all(select(DecisionRow.id).where(DecisionRow.round_id == first.round_id))) == 1
    assert events(people, "round.agreed") == 1


def test_a_double_click_hands_in_one_sheet(people, root):
    review = reviews(people, root)[0]
    results = in_processes(*[handing_in(people, review)] * 3)
    assert told(results) == ["already_in"] * 2
    assert len(people.all(select(Scoresheet.id))) == 1
    is_well(people)


def test_undo_against_resolve_where_two_clocks_differ(people, root):
    """One process has the last second of the window, the other the first after it."""
    both = reviews(people, root)
    for review in both:
        assert handing_in(people, review)()
    who, rows = actor(people, both[0]), people.all(select(Outbox.id).where(Outbox.job == "resolve"))

    def undoing():
        people.kit.clock.move(seconds=WINDOW - 1)
        score.undo(people.kit, who, both[0].public_id)

    def resolving():
        people.kit.clock.move(seconds=WINDOW + 1)
        return [jobs.run_job(people.kit, row) for row in rows]

    refused = told(in_processes(undoing, resolving))
    people.kit.clock.move(seconds=WINDOW + 1)
    is_well(people)
    assert len(refused) == len(
        people.all(select(DecisionRow.id).where(col(DecisionRow.replaced_at).is_(None)))
    )


@pytest.mark.parametrize("by", ["assessor", "coordinator", "conflict"])
def test_a_seat_is_taken_away_while_its_sheet_comes_in(people, root, by):
    review = reviews(people, root)[0]
    cora, who = people.world.actor(people.cora), actor(people, review)
    person = people.all(select(Person).where(Person.id == review.assessor_id))[0]
    away = {
        "assessor": lambda: declare_known(people.kit, who, review.public_id) and None,
        "coordinator": lambda: reassign(people.kit, cora, review.public_id, "", WORDS) and None,
        "conflict": lambda: (
            record_conflict(people.kit, cora, root.public_id, person.public_id, WORDS) and None
        ),
    }[by]
    assert len(told(in_processes(away, handing_in(people, review)))) <= 1
    is_well(people)
    assert len(reviews(people, root)) == 3


@pytest.mark.parametrize("other", ["release", "hold", "conflict", "withdraw"])
def test_a_release_against_whatever_stops_it(people, root, other):
    decided(people, VAGUE)
    review = reviews(people, root)[0]
    cora, learner = people.world.actor(people.cora), people.world.actor(people.learners[0])
    person = people.all(select(Person).where(Person.id == review.assessor_id))[0]
    against = {
        "release": releasing(people, root),
        "hold": lambda: hold.hold(people.kit, cora, root.public_id, WORDS) and None,
        "conflict": lambda: (
            record_conflict(people.kit, cora, root.public_id, person.public_id, WORDS) and None
        ),
        "withdraw": lambda: withdraw(people.kit, learner, root.public_id, WORDS) and None,
    }[other]
    refused = told(in_processes(releasing(people, root), against))
    assert len(refused) <= 1
    assert other != "release" or len(refused) == 1
    is_well(people)


@pytest.mark.parametrize("other", ["appeal", "next", "conflict", "rescore", "hold"])
def test_an_appeal_against_whatever_else_follows_a_result(people, root, other):
    decided(people, VAGUE)
    releasing(people, root)()
    review = reviews(people, root)[0]
    cora, learner = people.world.actor(people.cora), people.world.actor(people.learners[0])
    person = people.all(select(Person).where(Person.id == review.assessor_id))[0]

    def appealing():
        appeal(people.kit, learner, root.public_id, GROUNDS)

    against = {
        "appeal": appealing,
        "next": lambda: start_next(people.kit, learner, root.public_id),
        "conflict": lambda: (
            record_conflict(people.kit, cora, root.public_id, person.public_id, WORDS) and None
        ),
        "rescore": lambda: rescore(people.kit, cora, root.public_id, 1, WORDS),
        "hold": lambda: hold.hold(people.kit, cora, root.public_id, WORDS) and None,
    }[other]
    refused = told(in_processes(appealing, against))
    assert len(refused) <= 1
    assert other not in {"appeal", "next"} or len(refused) == 1
    assert events(people, "submission.appeal") <= 1
    is_well(people)


def test_every_job_of_the_loop_by_two_workers_at_once_has_one_effect(people):
    """From the evidence to a result: each row that is due reaches two workers in the same instant."""
    for _ in range(3):
        while rows := people.due():
            for row in rows:
                assert all(one in {True, False} for one in in_processes(*[working(people, row)] * 2))
        for person in people.staff:
            people.hand_in(person, GOOD)
        people.kit.clock.move(seconds=WINDOW)
    is_well(people)
    assert events(people, "attempt.decide") == len(people.all(select(DecisionRow.id))) == 2
    assert events(people, "round.open") == 2


def test_a_worker_slower_than_its_lease_finds_it_done(people, root):
    """It asks the rules while the ticker sends its row again, and another is through before it."""
    for review in reviews(people, root):
        assert handing_in(people, review)()
    people.kit.clock.move(seconds=WINDOW)
    row = due(people, "resolve")[0]
    asking, through = (get_context("fork").Event() for _ in range(2))

    def slow():
        people.kit.judge.meanwhile = lambda: asking.set() or through.wait(WAIT)
        return jobs.run_job(people.kit, row)

    def another():
        asking.wait(WAIT)
        people.kit.clock.move(seconds=2 * LEASE / timedelta(seconds=1))
        done = jobs.run_job(people.kit, row)
        through.set()
        return done

    assert in_processes(slow, another) == [False, True]
    is_well(people)
    assert events(people, "attempt.decide") == 1


def crowd(people, seed, acts):
    """What a process of people does, and now and then the work that is due; its clock runs as it likes."""

    def play():
        dice = random.Random(seed)
        for _ in range(acts):
            anything(people, dice)
            if dice.random() < 0.2:
                people.kit.clock.move(seconds=60)
            due = people.due()
            if due and dice.random() < 0.5:
                jobs.run_job(people.kit, dice.choice(due))

    return play


@pytest.mark.parametrize("seed", range(2))
def test_a_crowd_of_processes_leaves_everything_whole(people, seed):
    people.work()
    assert told(in_processes(*(crowd(people, f"{seed}-{n}", 25) for n in range(4)))) == []
    people.kit.clock.move(hours=1)
    is_well(people)
