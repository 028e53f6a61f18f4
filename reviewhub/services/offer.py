"""A manager chooses who may start a micro-credential: a pilot's learners, everybody, nobody any more."""

from sqlmodel import col, select

from reviewhub.domain.access import Action, Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused
from reviewhub.domain.offering import OFFERING
from reviewhub.models import Issuer, MicroCredential
from reviewhub.services.coordinated import lock_issuer, need_reason
from reviewhub.services.kit import Kit, Tx


def offer(kit: Kit, actor: Actor, issuer_slug: str, slug: str, choice: str, reason: str) -> None:
    """Offer it as `choice` from now on: `pilot`, `live` or `retired`. What has begun goes on regardless.

    NotFound where the actor does not manage it. Invalid (reason, choice). Refused where that cannot follow
    (`state`), or the issuer's plugin does not hold it (`shipped`).
    """
    words = need_reason(reason)
    if choice not in OFFERING:
        raise Invalid(Problem("choice", "Choose who may start it.", choice))
    with kit.write() as tx:
        issuer, row = lock_offered(tx, actor, issuer_slug, slug)
        before = row.state
        if choice not in OFFERING[before]:
            raise Refused("That was changed meanwhile. Look at how it is offered now.", "state")
        if not row.shipped:
            raise Refused("The issuer's plugin does not hold it any more. Ship it again first.", "shipped")
        row.chosen = row.state = choice
        row.version += 1
        if choice == "live":
            row.pilot_link = ""
        facts = {"micro_credential": row.public_id, "slug": row.slug}
        tx.event(
            issuer, "micro_credential.offered", actor, before=before, after=choice, facts=facts, text=words
        )


def lock_offered(tx: Tx, actor: Actor, issuer_slug: str, slug: str) -> tuple[Issuer, MicroCredential]:
    """Take the issuer, and with it the micro-credential. NotFound where the actor does not manage it."""
    issuer = lock_issuer(tx, actor, issuer_slug, Action.MANAGE)
    row = tx.session.exec(
        select(MicroCredential)
        .where(col(MicroCredential.issuer_id) == issuer.id, MicroCredential.slug == slug)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return issuer, row
