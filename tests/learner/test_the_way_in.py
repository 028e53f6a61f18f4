"""From the first click to the arrival."""

import pytest
from sqlmodel import col, select

from reviewhub.domain.errors import Invalid, NotFound, Refused, Stale
from reviewhub.models import CleanCopy, Event, Hold, LetterRow, Outbox, Round
from reviewhub.services.start import start
from tests.learner.story import WHY, Story, pdf, picture, work_off_checks
from tests.marks import BOTH


@BOTH
def test_a_learner_starts_fills_submits_and_everything_arrives(kit, story, clock):
    story.arrive()
    assert (story.row.state, story.attempt.state) == ("under_review", "submitted")
    assert story.attempt.promised_on.isoformat() == "2026-11-20"
    with kit.read() as session:
        opened = session.exec(select(Round)).one()
        assert (opened.state, opened.kind, opened.number) == ("waiting", "initial", 1)
        job = session.exec(select(Outbox).where(Outbox.job == "fill_seats")).one()
        assert job.args == {"round_id": opened.id}
        letter = session.exec(select(LetterRow)).one()
        assert "2 pieces of evidence" in letter.body
        assert "Friday 20 November 2026" in letter.body
        assert [e.action for e in session.exec(select(Event).order_by(col(Event.seq)))] == [
            "submission.start", "artifact.checked", "attempt.submit", "attempt.passed", "submission.arrive",
        ]
        pages = session.exec(select(CleanCopy)).all()
        assert len(pages) == 2
        for page in pages:
            with kit.storage.open(page.key) as stream:
                assert len(stream.read()) == page.size


def test_the_final_copy_is_what_was_hashed_and_the_staging_key_is_gone(kit, story):
    data = pdf()
    story.upload("plan", "C:\\fakepath\\my plan.pdf", data)
    staging = story.artifacts[0].staging_key
    work_off_checks(kit)
    file = story.artifacts[0]
    assert (file.state, file.title, file.size, file.staging_key) == ("checked", "my plan.pdf", len(data), None)
    with kit.storage.open(file.key) as stream:
        assert stream.read() == data
    assert kit.storage.head(staging) is None
    assert file.key.startswith("final/")
