"""Taking up an offered role: with the account that has the invited address, or with a new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Invitation, Issuer, Membership, Person, Submission
from reviewhub.services.account_rules import name_problems, password_problems
from reviewhub.services.ids import fingerprint, public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.look_again import look_again
from reviewhub.services.sees_names import seats_at_stake, step_aside
from reviewhub.services.sessions import end_sessions, open_session
from reviewhub.services.tokens import end_links

_SCORERS = frozenset({Role.ASSESSOR.value, Role.LEAD.value})


def accept_invitation(kit: Kit, actor: Actor, secret: str) -> None:
    """Give the signed-in person the role. Refused: link_used, link_expired, other_address. NotFound."""
    with kit.write() as tx:
        offer = open_invitation(tx.session, secret, tx.now)
        if actor.email != offer.email:
            raise Refused(
                f"This invitation is for {offer.email}; you are signed in as {actor.email}.", "other_address"
            )
        _take(tx, offer, tx.session.exec(select(Person).where(Person.id == actor.person_id)).one())


def accept_with_new_account(kit: Kit, secret: str, name: str, password: str, device: str) -> str:
    """Make the account of the invited address, which the link proves, and give its session's secret.

    Refused: link_used, link_expired, has_account (sign in first). NotFound. Invalid: name, password.
    """
    with kit.read() as session:
        offer = open_invitation(session, secret, kit.clock.now())
    problems = name_problems(name) + password_problems(password, offer.email)
    if problems:
        raise Invalid(*problems)
    hashed = kit.hasher.hash(password)
    with kit.write() as tx:
        offer = open_invitation(tx.session, secret, tx.now)
        person = tx.session.exec(select(Person).where(Person.email == offer.email)).first()
        if person is not None and person.verified_at is not None:
            raise Refused("This address has an account. Sign in to accept.", "has_account")
        if person is None:
            person = Person(public_id=public_id(), email=offer.email, created_at=tx.now)
        person.name, person.password_hash, person.verified_at = name.strip(), hashed, tx.now
        tx.session.add(person)
        tx.session.flush()
        assert person.id is not None
        end_sessions(tx, person.id)
        end_links(tx, person.id)
        _take(tx, offer, person)
        return open_session(tx, person, device)


def open_invitation(session: Session, secret: str, now: datetime) -> Invitation:
    """The invitation of a link that can still be used, else Refused (link_used, link_expired) or NotFound."""
    offer = session.exec(select(Invitation).where(Invitation.token_hash == fingerprint(secret))).first()
    if offer is None:
        raise NotFound("This link is not complete. Open it again from the letter, or copy all of it.")
    if offer.used_at is not None:
        raise Refused("This invitation was already accepted. Sign in to go on.", "link_used")
    if offer.expires_at <= now:
        raise Refused("This invitation has expired. Ask whoever invited you for a new one.", "link_expired")
    return offer


def _take(tx: Tx, offer: Invitation, person: Person) -> None:
    assert person.id is not None
    seats = seats_at_stake(tx, person.id, offer.issuer_id, offer.role)
    issuer = tx.lock(Issuer, offer.issuer_id)
    used: CursorResult[Any] = tx.session.execute(  # type: ignore[assignment]  # an UPDATE gives one
        update(Invitation)
        .where(col(Invitation.id) == offer.id, col(Invitation.used_at).is_(None))
        .values(used_at=tx.now, used_by=person.id)
    )
    if used.rowcount == 0:
        raise Refused("This invitation was already accepted. Sign in to go on.", "link_used")
    held = tx.session.exec(
        select(Membership).where(
            Membership.person_id == person.id,
            Membership.issuer_id == offer.issuer_id,
            Membership.role == offer.role,
            col(Membership.ended_at).is_(None),
        )
    ).first()
    if held is not None:
        return
    tx.session.add(
        Membership(
            person_id=person.id,
            issuer_id=offer.issuer_id,
            role=offer.role,
            granted_at=tx.now,
            granted_by=offer.invited_by,
        )
    )
    tx.event(
        issuer,
        "membership.granted",
        Actor(person_id=person.id),
        facts={"person_id": person.id, "role": offer.role},
    )
    step_aside(tx, seats)
    if offer.role in _SCORERS:
        tx.session.flush()
        look_again(tx, Submission.issuer_id == offer.issuer_id)
