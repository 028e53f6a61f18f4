"""A person changes what is their own: name, zone, password."""

from reviewhub.domain.access import Actor
from reviewhub.domain.errors import Invalid, NotFound, Problem
from reviewhub.models import Person
from reviewhub.services.account_rules import name_problems, password_problems, zone_problems
from reviewhub.services.kit import Kit
from reviewhub.services.sessions import end_sessions
from reviewhub.services.tokens import end_links


def change_account(kit: Kit, actor: Actor, name: str, zone: str) -> None:
    """Set name and time zone. Invalid: name, zone."""
    problems = name_problems(name) + zone_problems(zone)
    if problems:
        raise Invalid(*problems)
    assert actor.person_id is not None
    with kit.write() as tx:
        person = tx.lock(Person, actor.person_id)
        if person.erased_at is not None:  # while this request was on its way
            raise NotFound
        person.name, person.zone = name.strip(), zone


def change_password(kit: Kit, actor: Actor, old: str, new: str, keep: int) -> None:
    """Set a new password, end all other sessions and every link under way. Invalid: old, new."""
    with kit.read() as session:
        person = session.get(Person, actor.person_id)
    if person is None or person.id is None:
        raise NotFound
    problems = password_problems(new, actor.email, "new")
    if not person.password_hash or not kit.hasher.verify(old, person.password_hash):
        problems.insert(
            0, Problem("old", "This is not your present password. Type it again, or ask for a link.")
        )
    if problems:
        raise Invalid(*problems)
    hashed = kit.hasher.hash(new)
    with kit.write() as tx:
        person = tx.lock(Person, person.id)
        person.password_hash = hashed
        end_sessions(tx, person.id or 0, keep=keep)
        end_links(tx, person.id or 0)
        tx.letter(
            person,
            "password_changed",
            "Your ReviewHub password was changed",
            f"Hello {person.name},\n\nyour password was changed just now, and other devices were signed out. "
            f"If it was not you, ask for a new one at once:\n\n{tx.settings.public_url}/forgotten-password\n",
        )
