"""A person with a story, who is erased, and what is read afterwards."""

import io

from sqlmodel import select

from reviewhub import jobs
from reviewhub.services import seal
from reviewhub.services.erase_person import erase_person
from reviewhub.services.export_audit import export_record
from reviewhub.services.export_audit_check import check_export
from reviewhub.services.verify_audit import verify_all, verify_new
from tests.learner.story import Story, release, score

NAME, EMAIL = "Quintilla Quaver", "quintilla.quaver@people.example"
WHAT = "They asked for it by letter."
MET = {"goal": "clear", "audience": "clear", "respect": "yes", "honest": "yes"}


def tell(kit, world, staff, learner):
    """A submission that was met, released and sealed."""
    micro, lead = staff
    story = Story.begin(kit, world.actor(learner), micro).arrive()
    score(kit, world, story, MET, MET)
    release(kit, world, story, lead)
    jobs.run_due(kit)
    while seal.seal(kit):
        pass
    return story


def erase(kit, email=EMAIL):
    """Erase and work off what follows, to the end."""
    erase_person(kit, email, WHAT)
    jobs.run_due(kit)
    kit.clock.move(hours=2)
    jobs.run_due(kit)


def one(kit, table, *where):
    with kit.read() as session:
        return session.exec(select(table).where(*where)).one()


def rows(kit, table, *where):
    with kit.read() as session:
        return session.exec(select(table).where(*where).order_by(table.id)).all()


def whole(kit):
    """The record is whole, as it is, sealed on, and handed out."""
    for verify in (verify_new, verify_all):
        result, said = verify(kit)
        assert result, said
    while seal.seal(kit):
        pass
    out = io.StringIO()
    export_record(kit, 0, out)
    assert check_export(kit.signer, out.getvalue().splitlines(), kit.signer.known())[0]
    assert verify_all(kit)[0]
