"""Who is in the demo: six to become, their colleagues at three issuers, forty learners. All invented."""

import re
from dataclasses import dataclass

from sqlmodel import col, select

from reviewhub.domain.access import Actor, Role
from reviewhub.models import Issuer, LetterRow, Person
from reviewhub.queries.actor import load_actor
from reviewhub.queries.demo import ASSESSOR_A, ASSESSOR_B, COORDINATOR, DOMAIN, LEAD, LEARNER, MANAGER
from reviewhub.services.accept_invitation import accept_with_new_account
from reviewhub.services.choose_password import choose_password
from reviewhub.services.invite import invite
from reviewhub.services.kit import Kit
from reviewhub.services.register import register
from reviewhub.services.setup import first_coordinator, first_manager

PASSWORD = "see blind double scoring"  # noqa: S105  # everybody in the demo has it; the demo is loopback only
_DEVICE = "Demo"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works at one issuer. The first lead adjudicates the staged attempt."""

    coordinator: str
    leads: tuple[str, ...]
    assessors: tuple[str, ...]
    manager: str = ""
    """Nobody where the issuer's rubrics come by the operator alone."""


MARKETING = Staff(
    COORDINATOR,
    (LEAD, "Hamza Qureshi"),
    (
        ASSESSOR_A,
        ASSESSOR_B,
        "Dorte Falk",
        "Emeka Nwosu",
        "Farida Rahimi",
        "Goran Petrov",
        "Hanna Seidel",
    ),
    MANAGER,
)
TEACHING = Staff(
    "Ottilie Marsh",
    ("Priya Raman", "Quentin Dufour"),
    (
        "Rosa Delgado",
        "Samuel Adeyemi",
        "Tove Lund",
        "Ulrich Baum",
        "Vera Sokolova",
        "Wen Zhao",
    ),
)
FIGURES = Staff(
    "Ruth Achterberg",
    ("Stellan Borg",),
    ("Amara Nwachukwu", "Bastian Kruse", "Corinne Vidal", "Dmitri Volkov"),
)

LEARNERS = (
    LEARNER,
    "Adam Kowalczyk",
    "Aisha Bello",
    "Akira Mori",
    "Alma Haugen",
    "Amadou Diallo",
    "Beatriz Rocha",
    "Birgit Thomsen",
    "Carlos Mendes",
    "Chloe Martin",
    "Daniel Osei",
    "Devika Nair",
    "Elif Yilmaz",
    "Emil Lindgren",
    "Esther Cohen",
    "Fatou Sarr",
    "Felix Brunner",
    "Gabriela Popa",
    "Grace Muthoni",
    "Hugo Lefebvre",
    "Ines Carvalho",
    "Ivan Marek",
    "Jamila Haddad",
    "Jonas Weber",
    "Kaito Sato",
    "Karin Holm",
    "Kofi Mensah",
    "Lena Fischer",
    "Luis Ortega",
    "Maja Novak",
    "Mateo Rivas",
    "Nadia Karim",
    "Niamh Kelly",
    "Oskar Dahl",
    "Paula Jansen",
    "Rafael Santos",
    "Sanne de Vries",
    "Tariq Aziz",
    "Yara Costa",
    "Zofia Wrona",
)


def address(name: str) -> str:
    """The e-mail address of somebody in the demo."""
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


class Company:
    """Makes the accounts as people make them, by letter and link, and knows the actor of each name."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._actors: dict[str, Actor] = {}

    def learners(self) -> None:
        """Everybody registers and follows the link of the letter."""
        for name in LEARNERS:
            register(self._kit, name, address(name))
            choose_password(self._kit, self._secret(address(name), "choose-password"), PASSWORD, _DEVICE)

    def staff(self, issuer: Issuer, who: Staff) -> None:
        """First coordinator and manager are made by the server; the others are invited and accept."""
        first_coordinator(self._kit, issuer.slug, address(who.coordinator), who.coordinator, PASSWORD)
        if who.manager:
            first_manager(self._kit, issuer.slug, issuer.name, address(who.manager), who.manager, PASSWORD)
        for role, names in ((Role.LEAD, who.leads), (Role.ASSESSOR, who.assessors)):
            for name in names:
                assert issuer.id is not None
                invite(self._kit, self[who.coordinator], issuer.id, address(name), role.value)
                secret = self._secret(address(name), "invitation")
                accept_with_new_account(self._kit, secret, name, PASSWORD, _DEVICE)

    def __getitem__(self, name: str) -> Actor:
        """The actor of a name, with the memberships that were there when it was first asked for."""
        if name not in self._actors:
            with self._kit.read() as session:
                person_id = session.exec(select(Person.id).where(Person.email == address(name))).one()
                assert person_id is not None
                self._actors[name] = load_actor(session, person_id)
        return self._actors[name]

    def by_id(self, person_id: int) -> Actor:
        """The actor of a person's id."""
        with self._kit.read() as session:
            return self[session.get_one(Person, person_id).name]

    def _secret(self, email: str, path: str) -> str:
        """What the link in the newest letter to this address carries."""
        with self._kit.read() as session:
            body = session.exec(
                select(LetterRow.body)
                .where(LetterRow.to == email)
                .order_by(col(LetterRow.id).desc())
                .limit(1)
            ).one()
        found = re.search(rf"/{path}/(\S+)", body)
        assert found is not None, f"no link in the letter to {email}"
        return found[1]
