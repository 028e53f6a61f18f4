"""Days that go by at an issuer, and what was written on them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reviewhub.models import Issuer, LetterRow, Outbox, Person


@dataclass
class Days:
    """Moves the clock to hours of the issuer's days, with the jobs at work on every one."""

    desk: Any
    clock: Any
    zone: str = "UTC"

    def practice(self, **columns):
        """Set columns of the issuer."""
        with self.desk.kit.write() as tx:
            issuer = tx.lock(Issuer, self.desk.micro.issuer_id)
            for name, value in columns.items():
                setattr(issuer, name, value)
        self.zone = columns.get("zone", self.zone)

    def moment(self, day, hour=0, minute=0):
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.zone)).astimezone(UTC)

    def jump(self, day, hour=12, minute=0):
        """Set the clock, forward or back, and work off what is due then."""
        self.clock.move(seconds=(self.moment(day, hour, minute) - self.clock.now()).total_seconds())
        self.desk.run()

    def pass_to(self, day, hour=12):
        """Live until then: from each moment at which a job is due to the next."""
        end = self.moment(day, hour)
        while self.clock.now() < end:
            due = [row.due_at for row in self.desk.all(Outbox, Outbox.done_at.is_(None))]
            then = min((at for at in due if at > self.clock.now()), default=end)
            self.clock.move(seconds=(min(then, end) - self.clock.now()).total_seconds())
            self.desk.run()

    def today(self):
        return self.clock.now().astimezone(ZoneInfo(self.zone)).date()

    def letters(self, person, *kinds):
        """(kind, day at the issuer) of the letters to somebody, oldest first."""
        with self.desk.kit.read() as session:
            address = session.get_one(Person, person.id).email
        rows = self.desk.all(LetterRow, LetterRow.to == address)
        return [
            (row.kind, row.created_at.astimezone(ZoneInfo(self.zone)).date())
            for row in rows
            if not kinds or row.kind in kinds
        ]

    def bodies(self, *kinds):
        return [row.subject + "\n" + row.body for row in self.desk.all(LetterRow) if row.kind in kinds]

    def waiting(self, name):
        return self.desk.all(Outbox, Outbox.job == name, Outbox.done_at.is_(None))


def day(text):
    return date.fromisoformat(text)


DAY = timedelta(1)
