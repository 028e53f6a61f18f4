"""The first coordinator or manager of an issuer, made by whoever runs the server: nobody can invite yet."""

from datetime import timedelta

from sqlmodel import col, select

from reviewhub.domain.access import SYSTEM, Role
from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.domain.rubric_check import is_slug
from reviewhub.models import Issuer, Membership, Person, Token
from reviewhub.services.account_rules import clean_email, email_problems, name_problems, password_problems
from reviewhub.services.ids import fingerprint, public_id, token
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.open_seats import Seat
from reviewhub.services.sees_names import seats_at_stake, step_aside

LINK_LIVES = timedelta(days=1)


def first_coordinator(
    kit: Kit, issuer_slug: str, email: str, name: str, password: str | None = None, *, issuer_name: str = ""
) -> str | None:
    """Make the person, the issuer where it is missing, and the role. With no password: a link to choose one.

    The link is good for a day. Refused (already) when that person is a coordinator there. Invalid:
    issuer, email, name, password.
    """
    return _first(kit, Role.COORDINATOR, (issuer_slug, issuer_name), (email, name), password)


def first_manager(
    kit: Kit, issuer_slug: str, issuer_name: str, email: str, name: str, password: str | None = None
) -> str | None:
    """The same for who manages an issuer, which needs no plugin yet."""
    return _first(kit, Role.MANAGER, (issuer_slug, issuer_name), (email, name), password)


def _first(
    kit: Kit, role: Role, issuer_said: tuple[str, str], who: tuple[str, str], password: str | None
) -> str | None:
    (issuer_slug, issuer_name), (email, name) = issuer_said, who
    email = clean_email(email)
    problems = email_problems(email) + name_problems(name) + _slug_problems(issuer_slug)
    if password is not None:
        problems += password_problems(password, email)
    if problems:
        raise Invalid(*problems)
    hashed = kit.hasher.hash(password) if password is not None else None
    with kit.write() as tx:
        seats = _seats(tx, issuer_slug, email, role)
        issuer = _issuer(tx, issuer_slug, issuer_name)
        person = _person(tx, email, name.strip())
        person.verified_at = person.verified_at or tx.now
        if hashed:
            person.password_hash = hashed
        assert issuer.id is not None
        assert person.id is not None
        _membership(tx, issuer.id, person.id, role)
        tx.event(issuer, "membership.granted", SYSTEM, facts={"person_id": person.id, "role": role.value})
        step_aside(tx, seats)
        return None if hashed or person.password_hash else _link(tx, person.id)


def _slug_problems(slug: str) -> list[Problem]:
    if is_slug(slug):
        return []
    message = "A short name has lower-case letters, digits and single hyphens between them, at most 64."
    return [Problem("issuer", message, slug)]


def _issuer(tx: Tx, slug: str, name: str) -> Issuer:
    found = tx.session.exec(select(Issuer.id).where(Issuer.slug == slug)).first()
    if found is not None:
        return tx.lock(Issuer, found)
    issuer = Issuer(
        public_id=public_id(),
        slug=slug,
        name=name.strip() or slug.replace("-", " ").title(),
        created_at=tx.now,
    )
    tx.session.add(issuer)
    tx.session.flush()
    return issuer


def _seats(tx: Tx, slug: str, email: str, role: Role) -> tuple[Seat, ...]:
    """What somebody scores there who is to see the names now."""
    person_id = tx.session.exec(select(Person.id).where(Person.email == email)).first()
    issuer_id = tx.session.exec(select(Issuer.id).where(Issuer.slug == slug)).first()
    if person_id is None or issuer_id is None:
        return ()
    return seats_at_stake(tx, person_id, issuer_id, role)


def _person(tx: Tx, email: str, name: str) -> Person:
    person = tx.session.exec(select(Person).where(Person.email == email)).first()
    if person is None:
        person = Person(public_id=public_id(), email=email, name=name, created_at=tx.now)
        tx.session.add(person)
        tx.session.flush()
    return person


def _membership(tx: Tx, issuer_id: int, person_id: int, role: Role) -> None:
    held = tx.session.exec(
        select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.issuer_id == issuer_id,
            Membership.role == role.value,
            col(Membership.ended_at).is_(None),
        )
    ).first()
    if held is not None:
        raise Refused(f"This person is a {role.value} there already.", "already")
    tx.session.add(Membership(person_id=person_id, issuer_id=issuer_id, role=role.value, granted_at=tx.now))


def _link(tx: Tx, person_id: int) -> str:
    secret = token()
    tx.session.add(
        Token(
            token_hash=fingerprint(secret),
            purpose="reset",
            person_id=person_id,
            created_at=tx.now,
            expires_at=tx.now + LINK_LIVES,
        )
    )
    return f"{tx.settings.public_url}/choose-password/{secret}"
