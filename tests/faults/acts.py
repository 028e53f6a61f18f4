"""The loop in acts. Each can be told again from its beginning, as people press again who saw no answer."""

import io
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.domain.errors import Refused, Stale
from reviewhub.models import Artifact, Attempt, Feedback, Outbox, Review, Scoresheet, Submission
from reviewhub.queries.actor import load_actor
from reviewhub.services import score
from reviewhub.services.evidence import Answer, mark, remove_artifact, save_answers
from reviewhub.services.kit import LEASE
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said, release
from reviewhub.services.start import start
from reviewhub.services.submit import submit
from reviewhub.services.upload import Announced, add_file
from tests.assessor.desk import GOOD, WEAK, entries

WHY = "Because the garden should be found by families who live within walking distance of it."
PLAN = b"%PDF-1.4\n%plain words about the garden\n"


@dataclass(frozen=True)
class Cast:
    """Keys of the people and what they work at."""

    learner: int
    assessors: tuple[int, ...]
    lead: int
    issuer: str
    slug: str


@dataclass
class Act:
    """What one of the people does; then whoever works works everything off."""

    kit: Any
    cast: Cast

    def actor(self, person):
        with self.kit.read() as session:
            return load_actor(session, person)

    def all(self, query):
        with self.kit.read() as session:
            return session.exec(query).all()

    @property
    def root(self):
        return self.all(select(Submission))[0]

    @property
    def attempt(self):
        return self.all(select(Attempt).order_by(col(Attempt.number).desc()))[0]

    # ------------------------------------------------------------ the learner

    def evidence(self):
        """Start, write, bring the file."""
        actor = self.actor(self.cast.learner)
        root = start(self.kit, actor, self.cast.issuer, self.cast.slug)
        rows = self.all(select(Artifact).where(Artifact.attempt_id == self.attempt.id))
        was = next((row.body for row in rows if row.kind == "text"), "")
        save_answers(self.kit, actor, root, [Answer("why", WHY, mark(was))])
        for row in rows:
            if row.kind == "file" and row.state == "expected":
                remove_artifact(self.kit, actor, root, row.public_id)
        if not any(row.state in {"arrived", "checked"} for row in rows if row.kind == "file"):
            add_file(self.kit, actor, root, Announced("plan", "plan.pdf", len(PLAN)), io.BytesIO(PLAN))

    def send(self):
        """Send what is there, in the version that the page showed first."""
        with suppress(Refused):
            actor = self.actor(self.cast.learner)
            submit(self.kit, actor, self.root.public_id, self.attempt.version, attested=True)

    def again(self):
        """The next attempt, with a note of what changed; sent."""
        actor, root = self.actor(self.cast.learner), self.root.public_id
        with suppress(Refused):
            start_next(self.kit, actor, root)
        if self.attempt.state == "draft":
            answers = [Answer("Note", "The goal has a figure.", mark(self.attempt.change_note))]
            save_answers(self.kit, actor, root, answers)
        self.send()

    # ------------------------------------------------------------ whoever scores

    def review(self, person):
        found = select(Review).where(Review.assessor_id == person).order_by(col(Review.id).desc())
        return next(iter(self.all(found)), None)

    def _hand_in(self, person, levels):
        """Submit the same sheet until it is in."""
        review = self.review(person)
        with suppress(Refused):
            sheet = entries(levels, goal="We saw it.")
            score.submit(self.kit, self.actor(person), review.public_id, sheet, review.draft_version)

    def first_sheet(self):
        """The first assessor keeps a draft, submits, takes back and submits again."""
        person = self.cast.assessors[0]
        review = self.review(person)
        if review.state == "offered":
            with suppress(Stale):
                score.save_draft(self.kit, self.actor(person), review.public_id, entries(GOOD), 0)
        if not self.all(select(Scoresheet.id).where(col(Scoresheet.undone_at).is_not(None))):
            self._hand_in(person, GOOD)
            with suppress(Refused):
                score.undo(self.kit, self.actor(person), review.public_id)
        self._hand_in(person, GOOD)

    def second_sheet(self):
        """The other sees it otherwise: when the windows have ended, somebody has to adjudicate."""
        self._hand_in(self.cast.assessors[1], WEAK)

    def adjudication(self):
        """The lead's blind sheet; then the final one."""
        self._hand_in(self.cast.lead, WEAK)
        review = self.review(self.cast.lead)
        if review.state == "claimed":
            self._hand_in(self.cast.lead, WEAK)

    def agreed(self):
        """Both see that what was to be mended is mended."""
        for person in self.cast.assessors:
            self._hand_in(person, {"goal": "clear"})

    def feedback(self):
        """The lead confirms it."""
        row = self.all(select(Feedback).order_by(col(Feedback.id).desc()))[0]
        said = {item["criterion"]: Said("What we saw.", "What to do.") for item in row.items}
        with suppress(Refused):
            release(self.kit, self.actor(self.cast.lead), row.public_id, row.version, said, "Thank you.")

    # ------------------------------------------------------------ whoever works

    def work(self, most=300):
        """Ticker and worker in turn, until nothing is open that is due within the hour's half."""
        soon = LEASE * 20 + LEASE
        for _ in range(most):
            while self.kit.queue.rows:
                jobs.run_job(self.kit, self.kit.queue.rows.pop(0))
            open_rows = self.all(select(Outbox).where(col(Outbox.done_at).is_(None)))
            if not any(row.due_at <= self.kit.clock.now() + soon for row in open_rows):
                return
            self.kit.clock.move(seconds=LEASE.total_seconds())
            jobs.tick_once(self.kit)
        raise AssertionError(f"never done: {open_rows}")


ACTS = ("evidence", "send", "first_sheet", "second_sheet", "adjudication", "feedback", "again", "agreed")
