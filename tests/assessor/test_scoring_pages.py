"""Scoring through plain requests: without scripts, with htmx, on stale pages, and with bad input."""

import re

import pytest

from reviewhub.models import Round
from tests.assessor.desk import GOOD, WEAK
from tests.assessor.pages import address, fields, post, text_of
from tests.web.pages import forms_of, submit, without_tokens


def test_score_and_undo_and_score_by_plain_forms(desk, browse, seat):
    client = browse(desk.people.ana)
    saved = post(client, seat, "draft", level__goal="clear", comment__goal="Say by when.")
    assert saved.status_code == 303
    html = text_of(client.get(address(seat)))
    assert "Saved." in html
    assert re.search(r'value="clear"[^>]* checked', html)
    assert "Say by when." in html
    assert "1 of 4 rated" in html
    done = post(client, seat, "submit", **fields(GOOD), comment__goal="Say by when.")
    assert done.status_code == 303
    html = text_of(client.get(address(seat)))
    assert "Submitted" in html
    assert "You can take them back for 5 minutes." in html
    assert submit(client, address(seat), "/undo").status_code == 303
    assert "Taken back." in text_of(client.get(address(seat)))
    post(client, seat, "submit", **fields(GOOD))
    desk.kit.clock.move(minutes=5)
    html = text_of(client.get(address(seat)))
    assert "Final" in html
    assert "/undo" not in html
    assert "<textarea" not in html


def test_a_final_sheet_looks_the_same_whether_or_not_the_other_seat_is_in(desk, browse, seat):
    client = browse(desk.people.ana)
    post(client, seat, "submit", **fields(GOOD))
    desk.pass_undo()
    token_ = re.compile(r"(csrf[-_]token\" (?:content|value)=\")[^\"]+")
    pages = [token_.sub(r"\1", text_of(client.get(path))) for path in (address(seat), "/queue", "/reviews")]
    desk.submit(desk.people.ben, WEAK)
    desk.pass_undo()
    assert desk.one(Round).state == "adjudicating"
    again = [token_.sub(r"\1", text_of(client.get(path))) for path in (address(seat), "/queue", "/reviews")]
    assert again == pages


def test_missing_levels_are_named_and_nothing_typed_is_lost(desk, browse, seat):
    answer = post(
        browse(desk.people.ana), seat, "submit", level__goal="clear", comment__audience="Who is it for?"
    )
    html = text_of(answer)
    assert answer.status_code == 422
    assert "Audience: choose a level." in html
    assert "Honest: choose a level." in html
    assert "Goal: choose a level." not in html
    assert "Who is it for?" in html
    assert re.search(r'value="clear"[^>]* checked', html)


def test_a_second_press_is_told_and_changes_nothing(desk, browse, seat):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    data = {**form["fields"], **{f"level-{cid}": level for cid, level in GOOD.items()}}
    for _ in range(2):
        assert client.post(address(seat, "submit"), data=data).status_code == 303
    assert "already in" in text_of(client.get(address(seat)))


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"level-goal": "nonsense"}, 422),
        ({"level-nonsense": "clear"}, 422),
        ({"comment-goal": "x" * 9_000}, 422),
        ({"draft_version": "x"}, 303),
        ({"draft_version": "٣"}, 303),
        ({"level-goal": "clear\x00"}, 303),
    ],
)
def test_tampered_fields_get_a_clear_answer(desk, browse, seat, typed, status):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    answer = client.post(address(seat, "draft"), data={**form["fields"], **typed})
    assert answer.status_code == status if "draft_version" not in typed else answer.status_code in {303, 409}
    assert "Traceback" not in text_of(answer)


def test_without_its_token_a_form_is_refused_and_what_was_typed_is_shown(desk, browse, seat):
    answer = browse(desk.people.ana).post(address(seat, "draft"), data={"comment-goal": "Say by when."})
    assert answer.status_code == 400
    assert "Say by when." in text_of(answer)


@pytest.mark.parametrize("verb", ["draft", "submit"])
def test_a_stale_page_gets_both_versions_and_may_insist(desk, browse, seat, verb):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    post(client, seat, "draft", level__goal="clear", comment__goal="From the other window.")
    data = {
        **form["fields"],
        **{f"level-{cid}": level for cid, level in WEAK.items()},
        "comment-goal": "From here.",
    }
    answer = client.post(address(seat, verb), data=data)
    html = text_of(answer)
    assert answer.status_code == 409
    assert "From the other window." in html
    assert html.count("From here.") == 2
    assert desk.review(desk.people.ana).draft["goal"]["comment"] == "From the other window."
    version = re.search(r'name="overwrite" value="(\d+)"', html).group(1)
    insisted = client.post(address(seat, "draft"), data={**data, "overwrite": version})
    assert insisted.status_code == 303
    assert desk.review(desk.people.ana).draft["goal"]["comment"] == "From here."


def test_autosave_answers_with_its_state_and_the_next_version(desk, browse, seat):
    client = browse(desk.people.ana)
    answer = post(client, seat, "draft", {"HX-Request": "true"}, level__goal="clear")
    html = text_of(answer)
    assert answer.status_code == 200
    assert "Saved" in html
    assert 'value="1" hx-swap-oob="true"' in html
    assert "<html" not in html


def test_autosave_on_a_stale_page_puts_the_difference_above_the_form(desk, browse, seat):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    post(client, seat, "draft", comment__goal="From the other window.")
    answer = client.post(
        address(seat, "draft"),
        data={**form["fields"], "comment-goal": "From here."},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == "#conflict"
    assert "From the other window." in text_of(answer)
    assert "<form" not in text_of(answer)


def test_autosave_after_submitting_elsewhere_says_why_it_did_not_save(desk, browse, seat):
    client = browse(desk.people.ana)
    form = next(f for f in forms_of(client.get(address(seat))) if f["action"].endswith("/submit"))
    desk.submit(desk.people.ana)
    answer = client.post(
        address(seat, "draft"), data={**form["fields"], "level-goal": "vague"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert "Not saved" in text_of(answer)


def test_knowing_the_person_is_one_click_and_thanks(desk, browse, seat):
    client = browse(desk.people.ana)
    assert submit(client, address(seat), "/exclude").status_code == 303
    assert "You will not be asked to score" in text_of(client.get("/queue"))
    gone = client.get(address(seat))
    assert gone.status_code == 404
    assert "There is nothing here" in text_of(gone)


def test_an_adjudicator_sees_no_sheet_before_the_blind_one_is_in(desk, browse, seat):
    desk.submit(desk.people.ana, GOOD, goal="There is a figure.")
    desk.submit(desk.people.ben, WEAK, goal="There is no date.")
    desk.pass_undo()
    client = browse(desk.people.lead)
    review = desk.review(desk.people.lead)
    assert "To decide" in text_of(client.get("/queue"))
    html = without_tokens(client.get(address(review)))
    assert "Blind first" in html
    for secret in ("There is a figure.", "There is no date.", "Seat A", "they differ", "Ana", "Ben", "Lee"):
        assert secret not in html
    post(client, review, "submit", **fields(WEAK), comment__goal="Name the day.")
    html = without_tokens(client.get(address(review)))
    for shown in ("There is a figure.", "There is no date.", "Seat A", "Seat B", "Name the day."):
        assert shown in html
    assert html.count("they differ") == 1
    assert re.search(r'name="level-goal" value="vague"[^>]* checked', html)
    for secret in ("Ana", "Ben", "Lee"):
        assert secret not in html
    post(client, review, "submit", **fields(WEAK), comment__goal="Name the day.")
    assert "Submitted" in text_of(client.get(address(review)))
