"""“How we work”, as a browser without scripts uses it."""

from datetime import date, timedelta

import pytest

from reviewhub.jobs import run_due
from reviewhub.models import Attempt, Issuer, Membership
from tests.cases import sign_in
from tests.marks import BOTH
from tests.web.pages import forms_of

PAGE = "/coordinate/practice/harbor"


@pytest.fixture
def cora(client, kit, house):
    return sign_in(client, kit, house.person)


@pytest.fixture
def issuer(kit, house):
    def read():
        with kit.read() as session:
            return session.get_one(Issuer, house.micro.issuer_id)

    return read


def text(answer):
    return answer.get_data(as_text=True)


def filled(client, **typed):
    """What the browser would send, with these fields changed."""
    page = text(client.get(PAGE))
    token = next(f["fields"]["csrf_token"] for f in forms_of(client.get(PAGE)) if "seen" in f["fields"])
    seen = page.split('name="seen" value="')[1].split('"')[0]
    usual = {
        "csrf_token": token,
        "seen": seen,
        "zone": "UTC",
        "week": ["0", "1", "2", "3", "4"],
        "assignment": "push",
        "claim_hours": "8",
        "grace_days": "3",
        "idle_days": "180",
        "appeal_days": "10",
        "audit_percent": "0",
        "reason": "Agreed on Monday.",
    }
    return usual | typed


def test_the_page_says_what_is_set_and_what_each_does(client, cora):
    page = text(client.get(PAGE))
    for words in (
        "Harbor Skills, where it is now Mon 2 Nov.",
        "Here the days begin and end",
        "every count steps over them",
        "So long after its due day an overdue review goes to somebody else",
        "after two letters",
        "may ask once that others score it afresh",
        "What the learner got never changes",
        "Any work on it begins the time anew",
        '<option value="Europe/Lisbon">Europe/Lisbon</option>',
    ):
        assert words in page, words
    assert "given so far" not in page, "nobody waits yet"


def test_the_overview_leads_there_and_one_issuer_needs_no_list(client, cora):
    assert 'href="/coordinate/practice"' in text(client.get("/coordinate"))
    answer = client.get("/coordinate/practice")
    assert (answer.status_code, answer.location) == (303, PAGE)


def test_whoever_coordinates_several_chooses(client, kit, house):
    other = house.world.issuer("other", "Other House")
    both = house.world.person("Bo Both", "coordinator")
    with kit.write() as tx:
        now = kit.clock.now()
        tx.session.add(Membership(person_id=both.id, issuer_id=other.id, role="coordinator", granted_at=now))
    sign_in(client, kit, both)
    page = text(client.get("/coordinate/practice"))
    assert PAGE in page
    assert "/coordinate/practice/other" in page


@BOTH
def test_everything_is_saved_and_told(client, kit, house, cora, issuer):
    answer = client.post(
        PAGE,
        data=filled(
            client,
            zone="Europe/Lisbon",
            week=["0", "1", "2", "3"],
            assignment="both",
            grace_days="5",
            **{
                "closed-day": ["2027-01-01", "2026-12-25", "", ""],
                "closed-name": ["New Year", "Christmas Day", "", ""],
            },
        ),
    )
    assert (answer.status_code, answer.location) == (303, PAGE)
    now = issuer()
    assert (now.zone, now.week, now.assignment, now.grace_days) == ("Europe/Lisbon", [0, 1, 2, 3], "both", 5)
    assert now.closed == [
        {"day": "2026-12-25", "name": "Christmas Day"},
        {"day": "2027-01-01", "name": "New Year"},
    ]
    page = text(client.get(PAGE))
    assert "Saved. It holds from now on." in page
    assert page.index("<h3>2026</h3>") < page.index("Christmas Day") < page.index("<h3>2027</h3>")
    assert "Agreed on Monday." in page
    assert "Cora Cord" in page


def test_a_closed_day_is_removed_and_past_years_fold_away(client, cora, issuer, kit, house):
    with kit.write() as tx:
        tx.session.get_one(Issuer, house.micro.issuer_id).closed = [
            {"day": "2025-12-25", "name": "Last year"},
            {"day": "2026-12-25", "name": "Christmas Day"},
        ]
    assert "<summary>2025" in text(client.get(PAGE))
    client.post(
        PAGE,
        data=filled(
            client,
            **{
                "closed-day": ["2025-12-25", "2026-12-25"],
                "closed-name": ["Last year", "Christmas Day"],
                "closed-remove": ["0"],
            },
        ),
    )
    assert [one["day"] for one in issuer().closed] == ["2026-12-25"]


def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, cora, issuer):
    answer = client.post(
        PAGE,
        data=filled(
            client,
            zone="Mars/Base",
            week=[],
            grace_days="soon",
            reason="",
            **{"closed-day": ["31.12.", ""], "closed-name": ["Silvester", "Nameless"]},
        ),
    )
    page = text(answer)
    assert answer.status_code == 422
    for words in (
        "“Mars/Base” is not a time zone",
        "at least one day of the week",
        "“31.12.” is no day",
        "Give the day of “Nameless”.",
        'value="soon"',
        'value="Silvester"',
        "Give a number from 0 to 60.",
    ):
        assert words in page, words
    assert issuer().zone == "UTC"
    answer = client.post(PAGE, data=filled(client, reason=""))
    assert "Say why, in a sentence" in text(answer)


def test_who_is_slower_loses_nothing(client, cora, kit, house, issuer):
    mine = filled(client, grace_days="9", appeal_days="20")
    client.post(PAGE, data=filled(client, grace_days="5"))
    answer = client.post(PAGE, data=mine)
    page = text(answer)
    assert answer.status_code == 409
    assert "Nothing was overwritten" in page
    assert "Patience with overdue reviews, in working days, Time for an appeal" in page
    assert 'value="9"' in page
    assert issuer().grace_days == 5
    seen = page.split('name="seen" value="')[1].split('"')[0]
    assert client.post(PAGE, data=mine | {"seen": seen}).status_code == 303
    assert issuer().grace_days == 9


@BOTH
def test_the_tick_says_how_many_days_it_moves(client, cora, kit, house, clock):
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    assert "Also move the 1 promised day and 2 due days given so far" in text(client.get(PAGE))
    clock.move(hours=1)
    closed = {"closed-day": ["2026-11-11"], "closed-name": ["Founders' Day"]}
    client.post(PAGE, data=filled(client, move="yes", **closed))
    run_due(kit)
    with kit.read() as session:
        assert session.get_one(Attempt, case.attempt.id).promised_on == date(2026, 11, 20) + timedelta(3)


def test_others_find_nothing(client, kit, house):
    for person in (house.lead, house.ana, house.learner):
        sign_in(client, kit, person)
        assert client.get(PAGE).status_code == 404
    house.world.issuer("other", "Other House")
    sign_in(client, kit, house.person)
    assert client.get("/coordinate/practice/other").status_code == 404
    assert client.get("/coordinate/practice/nowhere").status_code == 404


def test_days_on_the_coordinators_pages_are_those_of_the_issuer(client, kit, house, cora, clock):
    """Eleven in the morning of the 5th by UTC is the 6th already on Kiritimati."""
    case = house.cases.scoring(house.learner, house.micro, house.ana, house.ben)
    with kit.write() as tx:
        tx.session.get_one(Issuer, house.micro.issuer_id).zone = "Pacific/Kiritimati"
    house.cases.change(case.attempt, promised_on=date(2026, 11, 5))
    clock.move(days=3, hours=2)
    assert "promised for Thu 5 Nov: past" in text(client.get("/coordinate"))
    assert "Thu 5 Nov: past" in text(client.get("/coordinate/submissions"))
