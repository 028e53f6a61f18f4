from datetime import timedelta

from reviewhub.domain.access import STAFF, Action, Actor, Facts, Role, may
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.models import Invitation, Issuer, Person
from reviewhub.services.account_rules import clean_email, email_problems
from reviewhub.services.ids import fingerprint, public_id, token
from reviewhub.services.kit import Kit

LIVES = timedelta(days=14)


def invite(kit: Kit, actor: Actor, issuer_id: int, email: str, role: str) -> str:
    """Offer a role at an issuer by a link that is sent to the address; gives the invitation's public id.

    NotFound where the actor may not invite. Invalid: email, role.
    """
    if not may(actor, Action.INVITE, Facts(issuer_id=issuer_id)):
        raise NotFound
    email = clean_email(email)
    problems = email_problems(email)
    # Nobody gives more than they hold: managers are made by managers.
    managers = (issuer_id, Role.MANAGER) in actor.memberships
    if role not in (STAFF if managers else STAFF - {Role.MANAGER}):
        problems.append(Problem("role", f"“{role}” is no role. Choose one from the list.", role))
    if problems:
        raise Invalid(*problems)
    secret, shown = token(), public_id()
    with kit.write() as tx:
        issuer = tx.lock(Issuer, issuer_id)
        tx.session.add(
            Invitation(
                public_id=shown,
                token_hash=fingerprint(secret),
                issuer_id=issuer_id,
                role=role,
                email=email,
                invited_by=actor.person_id,
                created_at=tx.now,
                expires_at=tx.now + LIVES,
            )
        )
        tx.event(issuer, "membership.invited", actor, facts={"role": role}, text=email)
        # Somebody without an account yet: a person for the envelope alone, not added to the session.
        guest = Person(public_id="", email=email, created_at=tx.now)
        tx.letter(
            guest,
            "invitation",
            f"{issuer.name} invites you to ReviewHub",
            f"Hello,\n\n{issuer.name} would like you to take part as {role}. "
            f"To accept, open this link within two weeks:\n\n{tx.settings.public_url}/invitation/{secret}\n\n"
            f"Questions: {issuer.contact_email}\n",
        )
    return shown
