"""A small world to kill things in: an issuer whose rules are code, assessors, leads, many learners."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from reviewhub.models import Issuer, Membership, MicroCredential, Person, Qualification
from reviewhub.services.ids import public_id
from reviewhub.services.kit import Kit, Tx
from reviewhub.services.sessions import open_session

ISSUER, SLUG = "ferry", "small"
LEVELS = ("no", "part", "yes")
ASSESSORS, LEADS = 6, 2
AUDITED = 20
"""Of a hundred results, so many are scored once more."""
_LOAD = 100_000
_PLUGIN = f"""
api = 1
code = "rule:Ferry"
[issuer]
slug = "{ISSUER}"
name = "Ferry"
contact_name = "Fay"
contact_email = "fay@ferry.example"
"""
_RULE = '''
from reviewhub.plugin_api import Plugin


class Ferry(Plugin):
    """Leaves every judgement to the policies: what matters here is that a process is asked for each."""
'''
_RUBRIC = f"""
slug = "{SLUG}"
version = "1.0"
[about]
name = "Small"
summary = "A small one."
description = "To be sent in again and again."
[[requirements]]
id = "plan"
kind = "file"
name = "Plan"
description = "The plan as plain text."
accept = ["text/plain"]
[[requirements]]
id = "why"
kind = "text"
name = "Why"
description = "In your own words."
min_words = 3
max_words = 100
[[parts]]
id = "all"
name = "All of it"
description = ""
"""
_CRITERION = """
[[parts.criteria]]
id = "{id}"
name = "{id}"
description = "About {id}."
met_from = "yes"
requirements = ["plan", "why"]
levels = [
    {{ id = "no", name = "No", description = "Not there." }},
    {{ id = "part", name = "Part", description = "In part." }},
    {{ id = "yes", name = "Yes", description = "There." }},
]
"""
CRITERIA = ("goal", "audience", "honest")


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person who is signed in: key and the secret of their cookie."""

    id: int
    secret: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, by what they do."""

    learners: tuple[Somebody, ...]
    assessors: tuple[Somebody, ...]
    leads: tuple[Somebody, ...]


def write_plugin(folder: Path) -> Path:
    """The issuer's plugin, as a folder that the house syncs at its start."""
    home = folder / ISSUER
    (home / "rubrics").mkdir(parents=True)
    (home / "plugin.toml").write_text(_PLUGIN)
    (home / "rule.py").write_text(_RULE)
    rubric = _RUBRIC + "".join(_CRITERION.format(id=name) for name in CRITERIA)
    (home / "rubrics" / f"{SLUG}.toml").write_text(rubric)
    return home


def people(kit: Kit, learners: int) -> Cast:
    """Rows for everybody, each signed in once."""
    with kit.write() as tx:
        issuer = tx.session.exec(select(Issuer).where(Issuer.slug == ISSUER)).one()
        issuer.audit_percent = AUDITED
        micro = tx.session.exec(select(MicroCredential).where(MicroCredential.issuer_id == issuer.id)).one()
        assert issuer.id is not None
        assert micro.id is not None
        staff = {"assessor": ASSESSORS, "lead": LEADS}
        made = {role: [_person(tx, f"{role}-{n}") for n in range(count)] for role, count in staff.items()}
        for role, persons in made.items():
            for person, _ in persons:
                _member(tx, person, issuer.id, role)
        for person, _ in made["assessor"]:
            _qualify(tx, person, micro.id)
        first = [_person(tx, f"learner-{n}") for n in range(learners)]
    return Cast(*(tuple(Somebody(p.id or 0, s) for p, s in group) for group in (first, *made.values())))


def _person(tx: Tx, name: str) -> tuple[Person, str]:
    person = Person(
        public_id=public_id(),
        name=name,
        email=f"{name}@people.example",
        verified_at=tx.now,
        created_at=tx.now,
        load_cap=_LOAD,
    )
    tx.session.add(person)
    tx.session.flush()
    return person, open_session(tx, person, "benchmark")


def _member(tx: Tx, person: Person, issuer_id: int, role: str) -> None:
    assert person.id is not None
    tx.session.add(Membership(person_id=person.id, issuer_id=issuer_id, role=role, granted_at=tx.now))


def _qualify(tx: Tx, person: Person, micro_id: int) -> None:
    assert person.id is not None
    begun = tx.now - timedelta(days=1)
    tx.session.add(
        Qualification(person_id=person.id, micro_credential_id=micro_id, standard="all", from_at=begun)
    )
