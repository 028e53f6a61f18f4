"""Once on each working day, where something has waited too long: a letter to the issuer's coordinators."""

from sqlmodel import col, select

from reviewhub.domain.access import Role
from reviewhub.domain.deadlines import morning
from reviewhub.models import Issuer
from reviewhub.queries.too_long import too_long
from reviewhub.services.calendars import calendar_of
from reviewhub.services.kit import Job, Kit
from reviewhub.services.letters.waiting import what_waits
from reviewhub.services.renewing import ask_again, next_hour
from reviewhub.services.scope import stored
from reviewhub.services.staff_of import staff_of

WATCH_ISSUERS, MORNING_LETTER = "watch_issuers", "morning_letter"


def watch_issuers(kit: Kit, job: Job) -> None:
    """Job, each hour: where a working day has come to its morning, ask for that day's letter, once.

    Days that nobody lived through have no letters; a day that comes twice has one.
    """
    with kit.write() as tx:
        for issuer in tx.session.exec(select(Issuer).order_by(col(Issuer.id))).all():
            calendar = calendar_of(issuer)
            today = calendar.today(tx.now)
            if calendar.is_open(today) and tx.now >= morning(calendar, today):
                key = f"{MORNING_LETTER}:{issuer.id}:{today.isoformat()}"
                tx.later(MORNING_LETTER, dedup=key, issuer_id=stored(issuer.id))
        tx.done(job)
        ask_again(tx, WATCH_ISSUERS, job.id, next_hour(tx.now))


def morning_letter(kit: Kit, job: Job, issuer_id: int) -> None:
    """Job: a letter to each coordinator with the numbers of what waits for them; none where nothing does."""
    with kit.write() as tx:
        tx.done(job)
        issuer = tx.session.get_one(Issuer, issuer_id)
        for person in staff_of(tx, issuer_id, Role.COORDINATOR):
            counts = too_long(tx.session, issuer_id, stored(person.id), calendar_of(issuer), tx.now)
            if counts:
                tx.letter(person, *what_waits(tx.settings, issuer, person, counts))
