"""A job that failed too often reaches the coordinators it concerns, and gets one more try from them."""

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Stale
from reviewhub.models import Hold, LetterRow, Outbox
from reviewhub.services.stuck_job import hold_job, retry_job
from tests.marks import BOTH


def stuck(kit, job="fill_seats", **args):
    with kit.write() as tx:
        tx.later(job, **args)
    with kit.write() as tx:
        hold_job(tx, tx.session.exec(select(Outbox).where(Outbox.job == job)).one(), "OSError")
    with kit.read() as session:
        return session.exec(select(Hold)).one()


@BOTH
def test_it_runs_once_more_and_the_record_says_who_asked(kit, house, log, open_holds):
    case = house.cases.waiting(house.learner, house.micro)
    row = stuck(kit, round_id=case.round.id)
    assert (row.issuer_id, row.submission_id) == (case.submission.issuer_id, case.submission.id)
    assert row.detail == "fill_seats: OSError"
    retry_job(kit, house.cora, row.public_id, "The store is back.")
    with kit.read() as session:
        job = session.get_one(Outbox, row.subject_id)
    assert job.stuck_at is None
    assert job.next_try_at == kit.clock.now()
    assert open_holds() == []
    assert log(case.submission) == [("job.retried", "The store is back.")]


def test_twice_is_stale(kit, house):
    row = stuck(kit, round_id=house.cases.waiting(house.learner, house.micro).round.id)
    retry_job(kit, house.cora, row.public_id, "Again.")
    with pytest.raises(Stale):
        retry_job(kit, house.cora, row.public_id, "Again.")


def test_others_find_nothing_and_a_reason_is_needed(kit, house, strangers, open_holds):
    row = stuck(kit, "check_attempt", attempt_id=house.cases.open(house.learner, house.micro).attempt.id)
    for actor in strangers:
        with pytest.raises(NotFound):
            retry_job(kit, actor, row.public_id, "Again.")
    with pytest.raises(Invalid):
        retry_job(kit, house.cora, row.public_id, " ")
    assert len(open_holds()) == 1


def letter_to(kit, person):
    with kit.write() as tx:
        tx.session.add(
            LetterRow(
                message_id="<1@x>",
                person_id=person and person.id,
                to="x@y.example",
                kind="k",
                subject="s",
                body="b",
                created_at=tx.now,
            )
        )
    with kit.read() as session:
        return session.exec(select(LetterRow.id)).one()


@pytest.mark.parametrize("reader", ["ana", "learner"])
def test_a_letter_concerns_the_issuer_of_its_reader(kit, house, reader):
    case = house.cases.open(house.learner, house.micro)
    row = stuck(kit, "send_letter", letter_id=letter_to(kit, getattr(house, reader)))
    assert (row.issuer_id, row.submission_id) == (case.submission.issuer_id, None)
    retry_job(kit, house.cora, row.public_id, "Mail works again.")


def test_a_letter_to_nobody_known_is_left_to_the_operator(kit, house):
    row = stuck(kit, "send_letter", letter_id=letter_to(kit, None))
    assert row.issuer_id is None
    with pytest.raises(NotFound):
        retry_job(kit, house.cora, row.public_id, "Again.")


def test_files_that_cannot_be_erased_concern_the_issuer_of_their_learner(kit, house):
    case = house.cases.waiting(house.learner, house.micro)
    row = stuck(kit, "erase_files", person_id=house.learner.id)
    assert (row.issuer_id, row.submission_id) == (case.submission.issuer_id, None)
