"""The date at each of a person's issuers: a day is past where the issuer is, not where the server is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.sql import false
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.calendar import Calendar
from reviewhub.models import Issuer

_TODAY = timedelta(0)
_Column = Any
"""A table's attribute, whose type checkers know as that of its values."""


@dataclass(frozen=True, slots=True)
class Todays:
    """The date at each issuer, by its id, at one moment."""

    days: Mapping[int, date]
    zones: Mapping[int, str]

    def of(self, issuer_id: int) -> date:
        """The date at this issuer. KeyError for one that the person has no role at."""
        return self.days[issuer_id]

    def day_of(self, issuer_id: int, moment: datetime) -> date:
        """The date at this issuer at another moment."""
        return Calendar(zone=self.zones[issuer_id]).today(moment)

    def before(self, issuer: _Column, day: _Column, ahead: timedelta = _TODAY) -> ColumnElement[bool]:
        """Whether the column `day` lies before the date at the issuer in column `issuer`, plus `ahead`."""
        groups: dict[date, list[int]] = defaultdict(list)
        for issuer_id, today in self.days.items():
            groups[today].append(issuer_id)
        return or_(
            false(), *(and_(col(issuer).in_(ids), col(day) < today + ahead) for today, ids in groups.items())
        )


def todays(session: Session, actor: Actor, now: datetime, *roles: Role) -> Todays:
    """For the issuers where the actor has one of these roles, in one statement."""
    rows = session.exec(select(Issuer.id, Issuer.zone).where(col(Issuer.id).in_(actor.issuers(*roles)))).all()
    zones = {issuer_id: zone for issuer_id, zone in rows if issuer_id is not None}
    return Todays({key: Calendar(zone=zone).today(now) for key, zone in zones.items()}, zones)
