"""A pilot's new words are for those whom its manager let in, whoever began what was live before."""

import threading

import pytest
from sqlmodel import select

from reviewhub.domain.errors import NotFound, Refused
from reviewhub.models import Issuer, LetIn, MicroCredential, RubricVersion
from reviewhub.services.let_in import close_link, let_in, open_link, take_part
from reviewhub.services.move_rubric import move_rubric
from reviewhub.services.offer import offer
from reviewhub.services.start import start
from tests.manager.test_offer import pilot as pilot_
from tests.manager.test_ship import School, stricter
from tests.marks import BOTH
from tests.rubrics import small_rubric

pilot = pilot_


@pytest.fixture
def school(kit, world):
    return School(kit, world)


def test_who_began_what_was_live_moves_to_the_pilot_only_when_let_in(kit, school):
    draft = school.draft(small_rubric())
    school.ship(draft)
    offer(kit, school.ida, "night", "small", "live", "Ready.")
    person = school.world.person("Lee")
    lee = school.world.actor(person)
    begun = start(kit, lee, "night", "small")
    offer(kit, school.ida, "night", "small", "retired", "To be made better.")
    school.edit(draft, stricter(small_rubric()))
    school.ship(draft, "1.1")
    offer(kit, school.ida, "night", "small", "pilot", "To be tried.")
    newest = school.rows(RubricVersion)[-1].public_id
    with pytest.raises(Refused, match="no newer version"):
        move_rubric(kit, lee, begun, newest)
    let_in(kit, school.ida, "night", "small", person.email)
    move_rubric(kit, lee, begun, newest)


@BOTH
def test_who_opens_a_link_while_it_ends_is_let_in_before_it_or_not_at_all(kit, pilot):
    open_link(kit, pilot.max, "harbor", "small")
    with kit.read() as session:
        secret = session.exec(select(MicroCredential.pilot_link)).one()
        issuer_id = session.exec(select(Issuer.id)).one()
    came = []

    def come():
        try:
            came.append(take_part(kit, pilot.world.actor(pilot.learner), secret))
        except NotFound:
            came.append(None)

    late = threading.Thread(target=come)
    with kit.write() as tx:
        issuer = tx.lock(Issuer, issuer_id)
        late.start()
        late.join(0.5)  # it waits for the issuer, and sees what is chosen meanwhile
        row = tx.session.exec(select(MicroCredential)).one()
        row.pilot_link = ""
        tx.event(issuer, "pilot.link_closed", pilot.max)
    late.join()
    close_link(kit, pilot.max, "harbor", "small")
    with kit.read() as session:
        assert (came, session.exec(select(LetIn)).all()) == ([None], [])
