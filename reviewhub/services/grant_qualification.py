"""A coordinator says who may score which micro-credential, and until when."""

from datetime import date, timedelta

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor, Facts, Role, may
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.models import Issuer, Membership, MicroCredential, Person, Qualification, Submission
from reviewhub.services.calendars import calendar_of
from reviewhub.services.coordinated import need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.look_again import look_again

STANDARD_MOST = 300
_MOMENT = timedelta(microseconds=1)


def grant(
    kit: Kit,
    actor: Actor,
    person_pid: str,
    micro_credential_pid: str,
    standard: str,
    until: date | None = None,
) -> None:
    """Qualify a member of the issuer. An earlier qualification for the same is replaced.

    `until` is the last day on which it holds, where the issuer is.

    NotFound; Invalid (micro_credential, standard, until).
    """
    with kit.write() as tx:
        issuer, micro, person_id = _look_up(tx, actor, person_pid, micro_credential_pid)
        calendar = calendar_of(issuer)
        problems = _problems(standard, until, calendar.today(tx.now))
        if not _is_scorer(tx, person_id, micro.issuer_id):
            problems.append(Problem("micro_credential", "Make this person an assessor or a lead first."))
        if problems:
            raise Invalid(*problems)
        assert micro.id is not None
        _end(tx, person_id, micro.id)
        tx.session.add(
            Qualification(
                person_id=person_id,
                micro_credential_id=micro.id,
                standard=standard.strip(),
                from_at=tx.now,
                until_at=calendar.begins(until + timedelta(1)) - _MOMENT if until else None,
                granted_by=actor.person_id,
            )
        )
        about = {
            "person_id": person_id,
            "micro_credential_id": micro.id,
            "until": until.isoformat() if until else None,
        }
        tx.event(issuer, "qualification.granted", actor, facts=about)
        look_again(tx, Submission.micro_credential_id == micro.id)


def revoke(kit: Kit, actor: Actor, person_pid: str, micro_credential_pid: str, reason: str) -> None:
    """End a qualification from now on; open reviews go on. NotFound, Invalid (reason)."""
    words = need_reason(reason)
    with kit.write() as tx:
        issuer, micro, person_id = _look_up(tx, actor, person_pid, micro_credential_pid)
        assert micro.id is not None
        if not _end(tx, person_id, micro.id):
            raise NotFound
        about = {"person_id": person_id, "micro_credential_id": micro.id}
        tx.event(issuer, "qualification.revoked", actor, facts=about, text=words)


def _look_up(tx: Tx, actor: Actor, person_pid: str, micro_pid: str) -> tuple[Issuer, MicroCredential, int]:
    """The locked issuer, its micro-credential and its member. NotFound for whatever is not the actor's."""
    micro = tx.session.exec(select(MicroCredential).where(MicroCredential.public_id == micro_pid)).first()
    if micro is None or not may(actor, Action.GRANT_QUALIFICATION, Facts(issuer_id=micro.issuer_id)):
        raise NotFound
    person_id = tx.session.exec(
        select(Person.id)
        .join(Membership, col(Membership.person_id) == Person.id)
        .where(Person.public_id == person_pid, Membership.issuer_id == micro.issuer_id)
    ).first()
    if person_id is None:
        raise NotFound
    return tx.lock(Issuer, micro.issuer_id), micro, person_id


def _problems(standard: str, until: date | None, today: date) -> list[Problem]:
    problems = []
    if not standard.strip():
        problems.append(Problem("standard", "Say on which standard, such as “agreed with the lead on 10”."))
    elif len(standard) > STANDARD_MOST:
        problems.append(Problem("standard", f"Keep the standard under {STANDARD_MOST} characters.", standard))
    if until and until < today:
        problems.append(Problem("until", "Choose a day to come, or leave it empty.", until.isoformat()))
    return problems


def _is_scorer(tx: Tx, person_id: int, issuer_id: int) -> bool:
    held = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.issuer_id == issuer_id,
        col(Membership.ended_at).is_(None),
        col(Membership.role).in_([Role.ASSESSOR.value, Role.LEAD.value]),
    )
    return tx.session.exec(held).first() is not None


def _end(tx: Tx, person_id: int, micro_id: int) -> bool:
    row = tx.session.exec(
        select(Qualification).where(
            Qualification.person_id == person_id,
            Qualification.micro_credential_id == micro_id,
            col(Qualification.revoked_at).is_(None),
        )
    ).first()
    if row is None:
        return False
    row.revoked_at = tx.now
    tx.session.flush()
    return True
