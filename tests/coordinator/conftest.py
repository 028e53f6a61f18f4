from types import SimpleNamespace

import pytest
from sqlmodel import col, select

from reviewhub.models import Event, EventText, Hold
from tests.cases import Cases, sign_in


@pytest.fixture
def house(world):
    """An issuer with a coordinator, a lead, three assessors, a learner and one micro-credential."""
    micro = world.micro_credential()
    ana, ben, cleo = world.assessors(micro, "Ana Silva", "Ben Okafor", "Cleo Marsh")
    return SimpleNamespace(
        world=world,
        cases=Cases(world),
        micro=micro,
        ana=ana,
        ben=ben,
        cleo=cleo,
        lead=world.person("Lena Lund", "lead"),
        learner=world.person("Lee Learner"),
        person=(coordinator := world.person("Cora Cord", "coordinator")),
        cora=world.actor(coordinator),
    )


@pytest.fixture
def strangers(house):
    """Everybody who has no say over the case: by role, by issuer, by being the learner."""
    world = house.world
    other = world.issuer("other", "Other House")
    people = [
        house.ana,
        house.lead,
        house.learner,
        world.person("Otto Other", "coordinator", issuer=other),
        world.person("Nora Nobody"),
    ]
    return [world.actor(person) for person in people]


@pytest.fixture
def log(kit):
    """The events of a submission with their texts: [(action, text)], oldest first."""

    def read(submission):
        query = (
            select(Event.action, EventText.text)
            .outerjoin(EventText, col(EventText.event_id) == Event.id)
            .where(Event.aggregate == "submission", Event.aggregate_id == submission.id)
            .order_by(col(Event.seq))
        )
        with kit.read() as session:
            return session.exec(query).all()

    return read


@pytest.fixture
def open_holds(kit):
    """The open holds as (subject, code)."""

    def read():
        with kit.read() as session:
            rows = session.exec(select(Hold).where(col(Hold.closed_at).is_(None)).order_by(col(Hold.id)))
            return [(row.subject, row.code) for row in rows]

    return read


@pytest.fixture
def cora(client, kit, house):
    return sign_in(client, kit, house.person)


@pytest.fixture
def case(house):
    return house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
