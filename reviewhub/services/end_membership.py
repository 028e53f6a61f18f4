"""A role at an issuer ends: what is not submitted yet is given to others, what was submitted stands."""

from collections.abc import Collection

from sqlmodel import col, func, select

from reviewhub.domain.access import SYSTEM, Action, Actor, Facts, Role, may
from reviewhub.domain.errors import NotFound, Refused
from reviewhub.domain.workflow.review import ReviewState
from reviewhub.models import Issuer, Membership, Person
from reviewhub.services.coordinated import need_reason
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.open_seats import Seat, lock_seats
from reviewhub.services.seats import empty_seat

_NOT_IN_YET = (ReviewState.OFFERED, ReviewState.CLAIMED)


def end_membership(kit: Kit, actor: Actor, issuer_slug: str, person_pid: str, role: str, reason: str) -> int:
    """End a role from now on; gives how many seats were emptied.

    The row stays: whoever knew names stays ineligible.
    NotFound, Refused (the last coordinator), Invalid (reason).
    """
    words = need_reason(reason)
    with kit.write() as tx:
        row = _membership(tx, actor, issuer_slug, person_pid, role)
        seats = _seats_of(tx, row)
        issuer = tx.lock(Issuer, row.issuer_id)
        tx.session.refresh(row)
        if row.ended_at is not None:
            raise NotFound
        if role == Role.COORDINATOR and _coordinators(tx, row.issuer_id) == 1:
            raise Refused("This is the last coordinator. Make somebody else one first.", "last")
        row.ended_at = tx.now
        tx.session.flush()
        about = {"person_id": row.person_id, "role": role, "seats": len(seats)}
        tx.event(issuer, "membership.ended", actor, facts=about, text=words)
        for seat in seats:
            empty_seat(tx, seat.submission, seat.round, seat.review, SYSTEM, Action.TAKE_AWAY, words)
        return len(seats)


def lost_seats(left: Collection[str]) -> frozenset[str]:
    """The roles of a review that need a membership which is not among those `left`."""
    lost = set() if Role.ASSESSOR in left else {"independent", "completeness", "audit"}
    if not {Role.ASSESSOR, Role.LEAD} & set(left):
        lost.add("adjudicator")
    return frozenset(lost)


def _membership(tx: Tx, actor: Actor, slug: str, person_pid: str, role: str) -> Membership:
    row = tx.session.exec(
        select(Membership)
        .join(Issuer, col(Issuer.id) == Membership.issuer_id)
        .join(Person, col(Person.id) == Membership.person_id)
        .where(
            Issuer.slug == slug,
            Person.public_id == person_pid,
            Membership.role == role,
            col(Membership.ended_at).is_(None),
        )
    ).first()
    if row is None or not may(actor, Action.INVITE, Facts(issuer_id=row.issuer_id)):
        raise NotFound
    return row


def _seats_of(tx: Tx, row: Membership) -> tuple[Seat, ...]:
    """Open seats that no role is left for: assessors score, leads or assessors adjudicate."""
    left = set(
        tx.session.exec(
            select(Membership.role).where(
                Membership.person_id == row.person_id,
                Membership.issuer_id == row.issuer_id,
                col(Membership.ended_at).is_(None),
                Membership.id != row.id,
            )
        )
    )
    lost = lost_seats(left)
    return tuple(
        seat
        for seat in lock_seats(tx, row.person_id, row.issuer_id)
        if seat.review.role in lost and seat.review.state in _NOT_IN_YET
    )


def _coordinators(tx: Tx, issuer_id: int) -> int:
    return tx.session.exec(
        select(func.count()).where(
            Membership.issuer_id == issuer_id,
            Membership.role == Role.COORDINATOR.value,
            col(Membership.ended_at).is_(None),
        )
    ).one()
