"""What a manager's pages are sent that no page of theirs would send: never an error of the house."""

import io
from time import perf_counter

import pytest

from reviewhub.domain.drafts.body import new_body
from reviewhub.domain.drafts.build import build
from reviewhub.domain.drafts.form import read_form
from reviewhub.domain.drafts.mapping import Reading, guess, name_and_points
from reviewhub.domain.naming import unique_ids
from reviewhub.models import RubricDraft
from tests.manager.forms import fill, form
from tests.manager.test_drafts import HERE, TABLE, drafts
from tests.marks import BOTH

DIGITS = "9" * 5_000


@pytest.fixture
def aid(max_, kit):
    """A draft that was begun from a table; its address."""
    fill(max_, HERE, name="First Aid", pasted=TABLE)
    return f"{HERE}/{drafts(kit)[0].public_id}"


BUTTONS = (
    "add:promise_days",
    "add:slug",
    "add:parts\r\nX: y",
    f"add:parts[{DIGITS}].criteria",
    f"remove:parts[{DIGITS}]",
    "up:parts[0].criteria[0].levels[400]",
    "recipe:none",
)


def test_a_button_that_no_page_has_saves_and_does_nothing(max_, aid):
    for button in BUTTONS:
        assert fill(max_, f"{aid}/criteria", act=button).location == f"{aid}/criteria", button


def test_an_id_that_looks_like_a_place_leaves_the_draft_readable(max_, aid):
    where, fields = form(max_, f"{aid}/evidence")
    max_.post(where, data={**fields, "requirements[0].id": f"a.b[{DIGITS}].c"})
    for page in ("", "/evidence", "/criteria", "/ship", "/table"):
        assert max_.get(aid + page).status_code == 200


FILES = {
    "empty.csv": b"",
    "wide.csv": b",".join(b"x%d" % n for n in range(10_000)),
    "nul.csv": b"a,b\nc,\0",
    "surrogate.csv": b"\xff\xfe\x00\xd8,\x00b\x00\n\x00",
    "zip.xlsx": b"PK\x03\x04",
}


@BOTH
def test_a_file_that_is_no_table_is_refused_in_words(max_):
    for name, data in FILES.items():
        answer = fill(max_, HERE, name="First Aid", file=(io.BytesIO(data), name))
        assert answer.status_code in (303, 422), name


@BOTH
def test_a_files_name_is_kept_as_a_database_can_hold_it(max_, kit):
    where, fields = form(max_, HERE)
    token = fields["csrf_token"][0]
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
        '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nFirst \x00Aid\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00b.csv"; '
        f"filename*=UTF-8''a%00b%ED%A0%80.csv\r\n\r\n{TABLE}\r\n--x--\r\n"
    )
    answer = max_.post(where, data=body.encode(), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 303
    (draft,) = drafts(kit)
    assert isinstance(draft, RubricDraft)
    assert draft.source_name.isprintable()


def test_every_rule_is_offered_once(max_, aid):
    shown = max_.get(f"{aid}/rules").get_data(as_text=True)
    assert shown.count('<option value="third_replaces"') == 1


def test_of_two_columns_that_are_said_to_be_the_same_the_one_that_is_not_read_is_named():
    rows = (("A", "B", "C"), ("one", "two", "three"))
    built = build(rows, Reading("wide", 0, ("criterion", "description", "description")))
    assert built.parts[0]["criteria"][0]["description"] == "three"
    (problem,) = built.problems
    assert "B" in problem.message
    assert "C" in problem.message


def test_what_is_slow_to_read_is_not_slow_here():
    """Each took from seconds to hours of a web worker's time."""
    begun = perf_counter()
    assert len(set(unique_ids(["x"] * 3_000, "_", "thing"))) == 3_000
    for head in (f"1{' ' * 4_900}x", f"a(1{' ' * 4_900}x", f"1{' ' * 2_400}pt{' ' * 2_400}x"):
        for _ in range(20):
            name_and_points(head)
    assert perf_counter() - begun < 2


def test_many_criteria_in_one_form_are_read_in_time():
    typed = {"parts": ["list"]}
    for part in range(15):
        typed[f"parts[{part}].criteria"] = ["list"]
        for n in range(200):
            here = f"parts[{part}].criteria[{n}]"
            typed |= {f"{here}.id": [""], f"{here}.name": ["x"], f"{here}.levels": ["list"]}
            typed[f"{here}.levels[0].name"] = ["y"]
    begun = perf_counter()
    read_form(new_body("a", "A"), typed)
    assert perf_counter() - begun < 5


def test_names_with_points_are_read_as_before():
    assert name_and_points("4 - Good") == ("Good", "4")
    assert name_and_points("4 points: Good") == ("Good", "4")
    assert name_and_points("Good (2,5 pts)") == ("Good", "2.5")
    assert guess((("Criterion", "1 pt. Low", "2 pt. High"), ("a", "b", "c"))).met_from == "High"


@BOTH
def test_a_stamp_that_no_page_gave_is_a_stale_one(max_, aid):
    for stamp in ("9" * 30, "-1", "x", DIGITS):
        assert fill(max_, f"{aid}/about", stamp=stamp).status_code == 409
        assert fill(max_, f"{aid}/table", stamp=stamp, act="look").status_code == 409


def test_a_smaller_table_that_came_meanwhile_is_shown_and_nothing_taken(max_, kit, aid):
    where, fields = form(max_, f"{aid}/table")
    fill(max_, f"{aid}/table", "/table/new", pasted="A\tB\nc\td\n")
    late = {**fields, "act": "take", "header": "9", "column5": "part"}
    assert max_.post(where, data=late).status_code in (409, 422)
    (draft,) = drafts(kit)
    assert draft.body["parts"] == []


NAMES = ("\0", "🜁" * 120, "../../etc/passwd", "a\x00b", "\u202egnp.exe", "x" * 121, " ")


@BOTH
def test_any_name_begins_a_draft_with_a_plain_address_or_is_refused(max_, kit):
    for name in NAMES:
        assert fill(max_, HERE, name=name).status_code in (303, 422)
    assert all(set(draft.slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for draft in drafts(kit))


@BOTH
def test_odd_words_in_every_field_of_a_draft_are_kept_or_told(max_, kit, aid):
    odd = "\x00\ud7ff \u202e<b>🜁" + "9" * 400
    for section in ("about", "evidence", "criteria", "rules"):
        where, fields = form(max_, f"{aid}/{section}")
        given = {name: values if name in ("stamp", "csrf_token") else odd for name, values in fields.items()}
        assert max_.post(where, data={**given, "act": "save"}).status_code == 303
        for page in ("", "/about", "/evidence", "/criteria", "/rules", "/ship", "/table"):
            assert max_.get(aid + page).status_code == 200
    assert max_.get(f"{aid}/folder.zip").status_code == 303
    assert max_.get(HERE).status_code == 200


def test_the_list_of_drafts_does_not_read_their_tables(max_, aid, statements):
    """200 drafts with a table each are tens of megabytes."""
    with statements(max_.application.extensions["reviewhub"].db.engine) as seen:
        assert max_.get(HERE).status_code == 200
    assert seen
    assert not [one for one in seen if "rubric_draft.source," in one]
