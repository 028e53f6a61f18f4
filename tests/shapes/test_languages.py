"""One rubric in two languages: each reads their own, and what is stored are the ids."""

import html
import re
from pathlib import Path

import pytest

from reviewhub.domain.translation import for_reader
from reviewhub.plugin_api import rubric_from_toml
from tests.cases import sign_in
from tests.rounds.bench import Bench

FILE = Path(__file__).parent / "languages.toml"
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
FRENCH = {"Accept-Language": "fr"}


@pytest.fixture
def bench(world):
    return Bench(world, rubric_from_toml(FILE))


def page(client, address, headers=None):
    answer = client.get(address, headers=headers, follow_redirects=True)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def test_two_assessors_score_in_two_languages_and_the_learner_reads_theirs(bench, client):
    round_id = bench.seated()
    first, second = bench.seats(round_id)
    for review, headers, name, level in [
        (first, GERMAN, '<span lang="de">Die richtige Reihenfolge</span>', "Unklar"),
        (second, FRENCH, "<span>The right order</span>", "Vague"),
    ]:
        sign_in(client, bench.kit, bench.person(review))
        said = page(client, f"/reviews/{review.public_id}", headers)
        assert name in said
        assert level in said
        assert "Nobody stands under a load." in said  # not translated
        sheet = {"level-order": "vague", "level-people": "clear", "comment-order": "Seen on page one."}
        token = said.partition('name="csrf_token" value="')[2].partition('"')[0]
        version = said.partition('id="draft-version" value="')[2].partition('"')[0]
        form = {**sheet, "csrf_token": token, "draft_version": version}
        answer = client.post(f"/reviews/{review.public_id}/submit", data=form, headers=headers)
        assert answer.status_code == 303
    bench.pass_undo()
    assert bench.decision(round_id).outcome == "not_yet"
    assert bench.results(round_id) == {"order": "vague", "people": "clear"}
    bench.release()
    sign_in(client, bench.kit, bench.learner)
    work = f"/work/{bench.submission.public_id}"
    said = page(client, f"{work}/feedback/1", GERMAN)
    assert '<h3 lang="de">Die richtige Reihenfolge</h3>' in said
    assert "1 Unklar → needs 2 Klar" in said
    assert "1 Vague → needs 2 Clear" in page(client, f"{work}/feedback/1")


def test_the_catalogue_is_in_the_readers_language_and_a_choice_is_remembered(bench, client):
    address = "/explore/harbor/languages"
    assert '<h2 lang="de">' in page(client, "/explore", GERMAN)
    assert "Plane ein sicheres Löschen." in page(client, "/explore", GERMAN)
    assert "Plan a safe unloading." in page(client, "/explore", {"Accept-Language": "en,de"})
    said = page(client, address, GERMAN)
    assert '<h1 lang="de">Sicher am Kai</h1>' in said
    token = said.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "language": "en", "next": address}
    answer = client.post("/language", data=form, headers=GERMAN)
    assert (answer.status_code, answer.location) == (303, address)
    assert "<h1>Safe at the quay</h1>" in page(client, address, GERMAN)
    assert "Safe at the quay" in page(client, "/explore", GERMAN)


@pytest.mark.parametrize("chosen", ["", 'de"', "xx", "de-" + "x" * 90])
def test_whatever_a_cookie_says_there_is_a_page(bench, client, chosen):
    client.set_cookie("rh_language", chosen)
    assert "Safe at the quay" in page(client, "/explore")


def test_the_evidence_is_asked_for_in_the_learners_language(bench, client):
    bench.arrive()
    sign_in(client, bench.kit, bench.learner)
    said = page(client, f"/work/{bench.submission.public_id}", GERMAN)
    assert "Menschen zuerst" in said


def test_the_page_for_issuers_shows_what_works(tmp_path):
    pages = Path(__file__).parents[2] / "docs" / "issuers"
    readme, words = ((pages / name).read_text() for name in ("README.md", "languages.md"))
    rubric = re.findall(r"```toml\n(.*?)```", readme, re.DOTALL)[1]
    (said,) = re.findall(r"```toml\n(.*?)```", words, re.DOTALL)
    path = tmp_path / "rubric.toml"
    path.write_text(rubric.replace('languages = ["en"]', "") + said.partition("\n\n")[2])
    seen = for_reader(rubric_from_toml(path), ["de"])
    assert (seen.about.name, seen.criteria[0].levels[1].name) == ("Erste Hilfe", "Klar")
