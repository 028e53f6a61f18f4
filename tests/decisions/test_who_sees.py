"""The page “who sees what”: it says of each person what that person's own pages show, and nothing more."""

import html

import pytest

from reviewhub.domain.blinding import SEES, Field, Viewer, When
from reviewhub.domain.errors import NotFound
from reviewhub.models import Artifact, Attempt
from reviewhub.queries.who_sees import who_sees
from reviewhub.services.ids import public_id
from reviewhub.web.who_sees import FIELDS, VIEWERS, WHENS
from tests.assessor.desk import WEAK
from tests.cases import sign_in
from tests.marks import BOTH

FILE = "quokka-lees-essay.pdf"
COMMENTS = ("heron comment of the first seat", "heron comment of the second seat")


def page_of(bench, actor=None):
    with bench.kit.read() as session:
        return who_sees(session, actor or bench.cora, bench.submission.public_id, bench.kit.clock.now())


def now_of(page):
    """viewer and seat → the fields that are seen now."""
    return {
        (one.viewer, one.seat): {field for field, cells in page.rows if cells[at].now}
        for at, one in enumerate(page.lookers)
    }


@pytest.fixture
def filed(bench):
    """An attempt with a named file, both seats given out."""
    round_id = bench.arrive()
    attempt = bench.one(Attempt)
    bench.world.add(
        Artifact(
            public_id=public_id(),
            attempt_id=attempt.id,
            requirement_id="plan",
            kind="file",
            title=FILE,
            state="checked",
            clean_state="clean",
            created_at=bench.kit.clock.now(),
        )
    )
    bench.run()
    return round_id


def scored(bench, round_id, seat):
    review = bench.seats(round_id)[seat]
    bench.submit(bench.person(review), WEAK, round_id, goal=COMMENTS[seat])


@BOTH
def test_moments_come_one_by_one(bench):
    round_id = bench.seated()
    learner, first, second = (Viewer.LEARNER, 0), (Viewer.ASSESSOR, 1), (Viewer.ASSESSOR, 2)
    lead, coordinator = (Viewer.LEAD, 0), (Viewer.COORDINATOR, 0)
    seen = now_of(page_of(bench))
    assert list(seen) == [learner, first, second, lead, coordinator]
    for who, fields in seen.items():
        assert fields == {field for field in Field if SEES[field][who[0]] is When.ALWAYS}
    scored(bench, round_id, 0)
    assert now_of(page_of(bench)) == seen, "a sheet that can be taken back opens nothing"
    scored(bench, round_id, 1)
    bench.pass_undo()
    decided = now_of(page_of(bench))
    assert decided[first] - seen[first] == {
        field for field in Field if SEES[field][Viewer.ASSESSOR] is When.AFTER_FINAL
    }
    assert Field.OTHER_SHEETS in decided[lead] - seen[lead]
    assert decided[learner] == seen[learner]
    assert Field.RESOLUTION in decided[coordinator]
    assert Field.FEEDBACK not in decided[coordinator]
    bench.release()
    released = now_of(page_of(bench))
    assert {Field.RESOLUTION, Field.FEEDBACK} <= released[learner]
    assert Field.FEEDBACK in released[coordinator]


def test_an_adjudicator_sees_the_others_after_the_own_blind_sheet(bench):
    round_id = bench.disputed()
    third = (Viewer.ADJUDICATOR, 1)
    assert Field.OTHER_SHEETS not in now_of(page_of(bench))[third]
    (review,) = bench.seats(round_id, "adjudicator")
    bench.submit(bench.person(review), WEAK, round_id)
    assert Field.OTHER_SHEETS in now_of(page_of(bench))[third]
    assert Field.EARLIER_LEVELS not in now_of(page_of(bench))[third]


def test_the_coordinator_reads_only_what_is_theirs_to_read(bench, filed):
    for field, cells in page_of(bench).rows:
        theirs = SEES[field][Viewer.COORDINATOR] is When.ALWAYS
        assert theirs or all(cell.shown is None for cell in cells), field
    shown = {cell.shown for _, cells in page_of(bench).rows for cell in cells}
    assert (FILE,) in shown


def test_nobody_else_has_the_page(bench):
    bench.seated()
    for person in (bench.people.lead, bench.learner, bench.assessors[0]):
        with pytest.raises(NotFound):
            page_of(bench, bench.actor(person))


def test_always_four_statements(bench, statements):
    bench.decided()
    with bench.kit.read() as session, statements() as asked:
        who_sees(session, bench.cora, bench.submission.public_id, bench.kit.clock.now())
    assert len(asked) == 4


def test_it_says_what_the_pages_show(app, bench, filed):
    """Each person's own pages are read at each point; what is marked there agrees with the page."""
    checked = set()
    for step in (
        lambda: None,
        lambda: scored(bench, filed, 0),
        lambda: (scored(bench, filed, 1), bench.pass_undo()),
        bench.release,
    ):
        step()
        page = page_of(bench)
        for (viewer, seat), seen in now_of(page).items():
            text = read_as(app, bench, filed, viewer, seat)
            for field, marks in marked(bench, filed, seat).items():
                found = [mark for mark in marks if mark in text]
                if field not in seen:
                    assert found == [], (viewer, seat, field)
                    checked.add((viewer, field, False))
                elif found:
                    checked.add((viewer, field, True))
    seen_and_found = {(viewer, field) for viewer, field, shown in checked if shown}
    assert seen_and_found >= {
        (Viewer.LEARNER, Field.LEARNER_NAME),
        (Viewer.LEARNER, Field.FILE_NAME),
        (Viewer.LEARNER, Field.FEEDBACK),
        (Viewer.ASSESSOR, Field.OWN_SHEET),
        (Viewer.LEAD, Field.OTHER_SHEETS),
        (Viewer.LEAD, Field.FEEDBACK),
        (Viewer.COORDINATOR, Field.LEARNER_NAME),
        (Viewer.COORDINATOR, Field.FILE_NAME),
        (Viewer.COORDINATOR, Field.ASSESSOR_NAMES),
    }
    assert {(viewer, field) for viewer, field, shown in checked if not shown} >= {
        (Viewer.LEARNER, Field.FEEDBACK),
        (Viewer.LEARNER, Field.ASSESSOR_NAMES),
        (Viewer.ASSESSOR, Field.OTHER_SHEETS),
        (Viewer.ASSESSOR, Field.LEARNER_NAME),
        (Viewer.LEAD, Field.LEARNER_NAME),
        (Viewer.COORDINATOR, Field.OTHER_SHEETS),
    }


def marked(bench, round_id, seat):
    """Things that can be told by their bytes. In the learner's feedback comments are nobody's."""
    others = [text for at, text in enumerate(COMMENTS, 1) if seat and at != seat]
    return {
        Field.LEARNER_NAME: ("Lee Learner", bench.learner.email),
        Field.FILE_NAME: (FILE,),
        Field.ASSESSOR_NAMES: [bench.person(one).name for one in bench.seats(round_id) if one.seat != seat],
        Field.OWN_SHEET: [COMMENTS[seat - 1]] if seat else [],
        Field.OTHER_SHEETS: others or (COMMENTS if not seat else ()),
        Field.FEEDBACK: ("What we saw here.",),
    }


def read_as(app, bench, round_id, viewer, seat):
    """All that this person's own pages of the submission say."""
    name, feedback = bench.submission.public_id, bench.feedback()
    own = f"/work/{name}"
    person, paths = {
        Viewer.LEARNER: (bench.learner, [own, f"{own}/evidence", f"{own}/feedback/1"]),
        Viewer.LEAD: (bench.people.lead, ["/feedback", *(f"/feedback/{one.public_id}" for one in feedback)]),
        Viewer.COORDINATOR: (bench.people.cora, [f"/coordinate/submissions/{name}"]),
    }.get(viewer) or _seat(bench, round_id, seat)  # fmt: skip
    client = app.test_client()
    sign_in(client, bench.kit, person)
    return "".join(client.get(path, follow_redirects=True).get_data(as_text=True) for path in paths)


def _seat(bench, round_id, seat):
    review = bench.seats(round_id)[seat - 1]
    return bench.person(review), ["/reviews", f"/reviews/{review.public_id}"]


def test_the_rule_is_open_to_all_and_the_whole_table(client):
    page = client.get("/who-sees-what")
    assert page.status_code == 200
    assert page.text.count("<tr>") == len(SEES) + 1
    for words in (*FIELDS.values(), *VIEWERS.values()):
        assert str(words) in html.unescape(page.text)
    assert set(FIELDS) == set(Field)
    assert set(WHENS) == set(When)
    assert set(VIEWERS) == set(Viewer)


def test_the_coordinators_page(app, bench, filed):
    client = app.test_client()
    sign_in(client, bench.kit, bench.people.cora)
    own = f"/coordinate/submissions/{bench.submission.public_id}"
    assert f"{own}/who-sees-what" in client.get(own).text
    page = client.get(f"{own}/who-sees-what").text
    assert FILE in page
    assert "after the release" in page
    assert bench.person(bench.seats(filed)[0]).name in page
