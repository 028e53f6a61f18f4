"""The coordinator's pages about people."""

from sqlmodel import select

from reviewhub.models import Membership, Qualification
from tests.coordinator.browsing import send, text, the_form
from tests.marks import BOTH
from tests.web.pages import letters


@BOTH
def test_people_and_one_person(client, kit, house, cora, case):
    page = text(client, "/coordinate/people")
    for words in ("Ana Silva", "1 of 20", "Lena Lund", "coordinator"):
        assert words in page
    assert "Lee Learner" not in page
    person = text(client, f"/coordinate/people/{house.ana.public_id}")
    for words in ("ana.silva@people.example", "Small", "calibrated on 10 seeds", "Lee Learner", "not begun"):
        assert words in person


@BOTH
def test_people_in_pages(client, house, cora, monkeypatch):
    monkeypatch.setattr("reviewhub.queries.coordinator_people.PAGE", 2)
    seen, url = [], "/coordinate/people"
    while url:
        page = text(client, url)
        seen += [
            n for n in ("Ana Silva", "Ben Okafor", "Cleo Marsh", "Cora Cord<", "Lena Lund") if f">{n}" in page
        ]
        url = f"/coordinate/people?after={page.split('after=')[1][:26]}" if "after=" in page else ""
    assert [n for n in seen if n != "Cora Cord<"] == ["Ana Silva", "Ben Okafor", "Cleo Marsh", "Lena Lund"]


@BOTH
def test_qualified_and_revoked_by_their_pages(client, kit, house, cora):
    person = f"/coordinate/people/{house.lead.public_id}"
    fields = the_form(client, f"{person}/qualify")
    bad = {**fields, "micro_credential": "", "standard": "Agreed.", "until": "tomorrow"}
    for change in ({}, {"micro_credential": house.micro.public_id}, {"until": "", "standard": ""}):
        answer = client.post(f"{person}/qualify", data={**bad, **change})
        assert answer.status_code == 422
    good = {**fields, "micro_credential": house.micro.public_id, "standard": "Agreed.", "until": "2027-01-31"}
    assert client.post(f"{person}/qualify", data=good).status_code == 303
    page = text(client, person)
    assert "Agreed." in page
    assert "31 Jan 2027" in page
    send(client, f"{person}/qualifications/{house.micro.public_id}/revoke", reason="Drifted.")
    with kit.read() as session:
        rows = session.exec(select(Qualification).where(Qualification.person_id == house.lead.id)).all()
    assert rows[0].revoked_at is not None
    assert client.get(f"{person}/qualifications/{house.micro.public_id}/revoke").status_code == 404


def test_a_role_ends_by_its_page_and_the_last_coordinator_stays(client, kit, house, cora, case):
    url = f"/coordinate/people/{house.ana.public_id}/roles/harbor/assessor/end"
    assert send(client, url, reason="").status_code == 422
    answer = send(client, url, reason="Left.")
    assert answer.status_code == 303
    assert "No role any more" in text(client, f"/coordinate/people/{house.ana.public_id}")
    own = f"/coordinate/people/{house.person.public_id}/roles/harbor/coordinator/end"
    refused = send(client, own, reason="Tired of it.")
    assert refused.status_code == 409
    assert "Tired of it." in refused.get_data(as_text=True)
    assert client.get(f"/coordinate/people/{house.ben.public_id}/roles/harbor/lead/end").status_code == 404


def test_invited_by_a_link(client, kit, house, cora):
    page = "/coordinate/people/invite"
    for typed in ({"email": "nobody", "role": "lead"}, {"email": "new@x.example", "role": "king"}):
        answer = send(client, page, **typed)
        assert answer.status_code == 422
        assert typed["email"] in answer.get_data(as_text=True)
    assert send(client, page, email="new@x.example", role="lead").status_code == 303
    assert "/invitation/" in letters(kit, "new@x.example")[0].body
    assert "new@x.example" in text(client, "/coordinate/people")


def test_who_coordinates_two_issuers_says_which(client, kit, house, cora):
    other = house.world.issuer("other", "Other House")
    house.world.add(
        Membership(
            person_id=house.person.id, issuer_id=other.id, role="coordinator", granted_at=kit.clock.now()
        )
    )
    page = "/coordinate/people/invite"
    assert send(client, page, email="new@x.example", role="lead").status_code == 422
    assert send(client, page, email="new@x.example", role="lead", issuer="nowhere").status_code == 422
    assert send(client, page, email="new@x.example", role="lead", issuer="other").status_code == 303
    assert "Other House invites" in letters(kit, "new@x.example")[0].subject
