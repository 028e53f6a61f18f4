"""The first coordinator: made once, with a password or by a link."""

import pytest
from sqlmodel import select

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Invalid, Refused
from reviewhub.models import Issuer, Person
from reviewhub.queries.actor import load_actor
from reviewhub.services.choose_password import choose_password
from reviewhub.services.setup import first_coordinator
from reviewhub.services.verify_audit import verify_all

PHRASE = "a long pass phrase"


def made(kit):
    with kit.read() as session:
        person = session.exec(select(Person)).one()
        issuer = session.exec(select(Issuer)).one()
        return person, issuer, load_actor(session, person.id)


def test_with_a_password_they_can_sign_in_at_once(kit):
    assert first_coordinator(kit, "harbor-skills", "Ida@Harbor.example", "Ida Berg", PHRASE) is None
    person, issuer, actor = made(kit)
    assert person.email == "ida@harbor.example"
    assert person.verified_at == kit.clock.now()
    assert kit.hasher.verify("a long pass phrase", person.password_hash)
    assert (issuer.slug, issuer.name) == ("harbor-skills", "Harbor Skills")
    assert actor.issuers(Role.COORDINATOR) == (issuer.id,)
    assert verify_all(kit)[0]


def test_without_one_a_link_lets_them_choose_it(kit):
    link = first_coordinator(kit, "harbor", "ida@harbor.example", "Ida Berg")
    assert link.startswith(kit.settings.public_url + "/choose-password/")
    choose_password(kit, link.rpartition("/")[2], "a long pass phrase", "test")
    assert kit.hasher.verify("a long pass phrase", made(kit)[0].password_hash)


def test_an_issuer_that_is_there_keeps_its_name(kit, world):
    world.issuer("harbor", "Harbor Skills Trust")
    first_coordinator(kit, "harbor", "ida@harbor.example", "Ida Berg", PHRASE, issuer_name="Other")
    assert made(kit)[1].name == "Harbor Skills Trust"


def test_the_same_person_twice_is_refused_and_changes_nothing(kit):
    first_coordinator(kit, "harbor", "ida@harbor.example", "Ida Berg", PHRASE)
    with pytest.raises(Refused) as refused:
        first_coordinator(kit, "harbor", "ida@harbor.example", "Ida Berg", "another long phrase")
    assert refused.value.code == "already"
    assert kit.hasher.verify("a long pass phrase", made(kit)[0].password_hash)


def test_everything_wrong_is_named_at_once(kit):
    with pytest.raises(Invalid) as invalid:
        first_coordinator(kit, "Harbor Skills!", "nobody", "", "short")
    assert [p.field for p in invalid.value.problems] == ["email", "name", "issuer", "password"]


@pytest.mark.parametrize("slug", ["two--hyphens", "-before", "after-", "Upper", "a" * 65, ""])
def test_a_short_name_is_one_that_a_plugin_may_bear(kit, slug):
    with pytest.raises(Invalid, match="A short name has"):
        first_coordinator(kit, slug, "ida@harbor.example", "Ida Berg", PHRASE)
