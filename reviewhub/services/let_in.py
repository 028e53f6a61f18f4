"""Who may start a pilot: addresses that its manager lists, and whoever opens the link they give away."""

import re

from sqlmodel import Session, col, select

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.models import Issuer, LetIn, MicroCredential
from reviewhub.services.account_rules import clean_email, email_problems
from reviewhub.services.ids import token
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.letters.pilot import asked_to_try
from reviewhub.services.offer import lock_offered
from reviewhub.services.scope import stored

MOST = 200
"""Addresses at once."""


def let_in(kit: Kit, actor: Actor, issuer_slug: str, slug: str, listed: str) -> int:
    """Let these addresses in, one a line or with commas, and write to each; how many are new.

    NotFound, Refused (`state`) where it is no pilot now, Invalid (emails).
    """
    emails = _read(listed)
    with kit.write() as tx:
        issuer, row = _pilot(tx, actor, issuer_slug, slug)
        there = set(tx.session.exec(select(LetIn.email).where(LetIn.micro_credential_id == row.id)))
        new = [email for email in emails if email not in there]
        for email in new:
            _add(tx, row, email, actor.person_id)
            tx.letter(*asked_to_try(tx.settings, issuer, row, email, tx.now))
        if new:
            facts = {"micro_credential": row.public_id, "addresses": len(new)}
            tx.event(issuer, "pilot.let_in", actor, facts=facts, text=", ".join(new))
        return len(new)


def shut_out(kit: Kit, actor: Actor, issuer_slug: str, slug: str, email: str) -> None:
    """Take an address from the list; what its person has begun goes on. NotFound."""
    with kit.write() as tx:
        issuer, row = lock_offered(tx, actor, issuer_slug, slug)
        found = tx.session.exec(
            select(LetIn).where(LetIn.micro_credential_id == row.id, LetIn.email == clean_email(email))
        ).first()
        if found is None:
            raise NotFound
        tx.session.delete(found)
        tx.event(issuer, "pilot.shut_out", actor, facts={"micro_credential": row.public_id}, text=found.email)


def open_link(kit: Kit, actor: Actor, issuer_slug: str, slug: str) -> None:
    """Make a link by which whoever has it lets themselves in; one from before ends. NotFound, Refused."""
    with kit.write() as tx:
        issuer, row = _pilot(tx, actor, issuer_slug, slug)
        row.pilot_link = token()
        tx.event(issuer, "pilot.link_opened", actor, facts={"micro_credential": row.public_id})


def close_link(kit: Kit, actor: Actor, issuer_slug: str, slug: str) -> None:
    """End the link; who came by it stays let in. NotFound."""
    with kit.write() as tx:
        issuer, row = lock_offered(tx, actor, issuer_slug, slug)
        if row.pilot_link:
            row.pilot_link = ""
            tx.event(issuer, "pilot.link_closed", actor, facts={"micro_credential": row.public_id})


def by_link(session: Session, secret: str) -> tuple[Issuer, MicroCredential]:
    """The pilot that a link leads to. NotFound for one that never was, has ended, or is a pilot no more."""
    found = session.exec(
        select(Issuer, MicroCredential)
        .join(MicroCredential, col(MicroCredential.issuer_id) == Issuer.id)
        .where(MicroCredential.pilot_link == secret, MicroCredential.state == "pilot")
    ).first()
    if found is None or not secret:
        raise NotFound("This link has ended, or is not complete. Ask whoever gave it to you for a new one.")
    return found


def take_part(kit: Kit, actor: Actor, secret: str) -> tuple[str, str]:
    """Let the signed-in person in by the link; the slugs of issuer and micro-credential. NotFound."""
    try:
        with kit.write() as tx:
            issuer = tx.lock(Issuer, stored(by_link(tx.session, secret)[0].id))
            row = by_link(tx.session, secret)[1]  # it may have ended while this waited for the issuer
            found = select(LetIn.id).where(LetIn.micro_credential_id == row.id, LetIn.email == actor.email)
            if tx.session.exec(found).first() is None:
                _add(tx, row, actor.email, None)
                facts = {"micro_credential": row.public_id, "person_id": actor.person_id}
                tx.event(issuer, "pilot.came_by_link", actor, facts=facts)
            return issuer.slug, row.slug
    except Stale:  # the other of two clicks was faster
        with kit.read() as session:
            issuer, row = by_link(session, secret)
            return issuer.slug, row.slug


def _pilot(tx: Tx, actor: Actor, issuer_slug: str, slug: str) -> tuple[Issuer, MicroCredential]:
    issuer, row = lock_offered(tx, actor, issuer_slug, slug)
    if row.state != "pilot":
        raise Refused("It is no pilot now.", "state")
    return issuer, row


def _add(tx: Tx, row: MicroCredential, email: str, by: int | None) -> None:
    tx.session.add(LetIn(micro_credential_id=stored(row.id), email=email, let_in_at=tx.now, let_in_by=by))


def _read(listed: str) -> list[str]:
    emails = list(dict.fromkeys(clean_email(one) for one in re.split(r"[\s,;]+", listed) if one))
    if not emails:
        raise Invalid(Problem("emails", "Type at least one e-mail address.", listed))
    if len(emails) > MOST:
        raise Invalid(Problem("emails", f"Give at most {MOST} addresses at once.", listed))
    wrong = [problem.message for email in emails for problem in email_problems(email)]
    if wrong:
        raise Invalid(*(Problem("emails", message, listed) for message in wrong[:10]))
    return emails
