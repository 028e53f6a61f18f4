"""An issuer's calendar from its row; for services and queries alike."""

from datetime import date

from sqlmodel import Session

from reviewhub.domain.calendar import Calendar
from reviewhub.models import Issuer


def calendar_of(issuer: Issuer) -> Calendar:
    """The working days that the issuer has set."""
    closed = frozenset(date.fromisoformat(one["day"]) for one in issuer.closed)
    return Calendar(frozenset(issuer.week), closed, issuer.zone)


def issuer_calendar(session: Session, issuer_id: int) -> Calendar:
    """The same by the issuer's id; asks the database only when the session does not hold the row yet."""
    return calendar_of(session.get_one(Issuer, issuer_id))
