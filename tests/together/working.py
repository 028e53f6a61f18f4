"""The workers, in whatever order the queue brings the jobs, and time that goes by."""

from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.models import Outbox
from reviewhub.services.kit import Job
from tests.together.acting import Acting


class Working(Acting):
    """Among People."""

    def live(self, time):
        """Let time go by from one thing that is due to the next."""
        end = self.kit.clock.now() + time
        while self.kit.clock.now() < end:
            self.work()
            due = self.all(
                select(Outbox.due_at)
                .where(col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None))
                .where(col(Outbox.due_at) > self.kit.clock.now())
                .order_by(col(Outbox.due_at))
                .limit(1)
            )
            then = min([end, *due])
            self.kit.clock.move(seconds=(then - self.kit.clock.now()).total_seconds())
        self.work()

    def due(self):
        return self.all(
            select(Outbox.id)
            .where(col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None))
            .where(col(Outbox.due_at) <= self.kit.clock.now())
            .order_by(col(Outbox.due_at), col(Outbox.id))
        )

    def work(self, most=200):
        """What is due, oldest first, until nothing is left."""
        for _ in range(most):
            due = self.due()
            if not due:
                return
            if not any(jobs.run_job(self.kit, row) for row in due):
                return

    def work_one(self, number):
        """One of those that are due, in whatever order the queue brings them."""
        due = self.due()
        if due:
            jobs.run_job(self.kit, due[number % len(due)])

    def work_twice(self, number):
        """A job whose row is done already reaches a worker once more, past the look that run_job takes."""
        done = self.all(
            select(Outbox).where(col(Outbox.done_at).is_not(None)).order_by(col(Outbox.id).desc())
        )
        if done:
            row = done[number % len(done)]
            self.attempt(jobs.JOBS[row.job], Job(row.id), **row.args)
