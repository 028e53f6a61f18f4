"""Somebody is away until a day: they get no new reviews up to it."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.models import Issuer, Membership, Person, Submission
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.look_again import look_again

LONGEST = timedelta(days=366)


def set_away(kit: Kit, actor: Actor, until: date | None, person_pid: str = "") -> None:
    """Note the last day of an absence, None to end it; one's own, or as coordinator that of `person_pid`.

    What they hold stays theirs; see hand_over. NotFound; Invalid (until).
    """
    with kit.write() as tx:
        person, issuers = _whose(tx, actor, person_pid)
        _check(tx, person, until)
        back = person.away_until is not None and until is None
        person.away_until = until
        person.version += 1
        facts = {"person_id": person.id, "until": until.isoformat() if until else None}
        for issuer in issuers:
            tx.event(tx.lock(Issuer, issuer), "person.away", actor, facts=facts)
        if back:
            look_again(tx, col(Submission.issuer_id).in_(issuers))


def _whose(tx: Tx, actor: Actor, person_pid: str) -> tuple[Person, Sequence[int]]:
    """The person, locked, and the issuers that are concerned, in order."""
    if not person_pid:
        issuers = actor.issuers(Role.ASSESSOR, Role.LEAD)
        if not issuers or actor.person_id is None:
            raise NotFound
        return tx.lock(Person, actor.person_id), issuers
    rows = tx.session.exec(
        select(Person.id, Membership.issuer_id)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(
            Person.public_id == person_pid,
            col(Membership.issuer_id).in_(actor.issuers(Role.COORDINATOR)),
            col(Membership.role).in_([Role.ASSESSOR.value, Role.LEAD.value]),
            col(Membership.ended_at).is_(None),
        )
    ).all()
    if not rows or rows[0][0] is None:
        raise NotFound
    return tx.lock(Person, rows[0][0]), sorted({issuer for _, issuer in rows})


def _check(tx: Tx, person: Person, until: date | None) -> None:
    today = tx.now.astimezone(ZoneInfo(person.zone)).date()
    if until is not None and not today <= until <= today + LONGEST:
        text = "Choose a day from today on, at most a year ahead; or leave it empty."
        raise Invalid(Problem("until", text, until.isoformat()))
