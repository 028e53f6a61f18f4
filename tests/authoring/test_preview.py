"""`reviewhub rubric preview`: what learners and assessors will see, from the files alone, live on save."""

import html
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from reviewhub.authoring.check import check
from reviewhub.authoring.preview import preview_app
from tests.web.pages import without_tokens

ROOT = Path(__file__).parents[2]

PLUGIN = ROOT / "plugins" / "loomfield_teachers"
SLUG = "media-literacy"
PAGE = f"/preview/{SLUG}"
PLACES = re.compile(r'(?:href|src|action|formaction|hx-get|hx-post|data-url|data-here)="([^"]*)"')


@pytest.fixture
def plugin(tmp_path):
    return shutil.copytree(PLUGIN, tmp_path / "loomfield_teachers")


@pytest.fixture
def scratch(tmp_path):
    path = tmp_path / "scratch"
    path.mkdir()
    return path


@pytest.fixture
def look(plugin, scratch):
    return preview_app(plugin, scratch).test_client()


def text(client, place):
    answer = client.get(place)
    assert answer.status_code == 200, place
    return html.unescape(without_tokens(answer))


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def spoil(plugin):
    """A level that is not there, in one rubric; gives the file as it was."""
    file = plugin / "rubrics" / f"{SLUG}.toml"
    good = file.read_text()
    file.write_text(re.sub(r'met_from = "\w+"', 'met_from = "dear"', good, count=1))
    return file, good


def test_every_page_shows_what_the_files_say_and_leads_nowhere_else(look, scratch):
    rubric = next(one for one in check(PLUGIN).rubrics if one.slug == SLUG)
    pages = {view: text(look, f"{PAGE}/{view}") for view in ("catalogue", "evidence", "assessor")}
    for criterion in rubric.criteria:
        assert criterion.name in pages["catalogue"]
        assert f'name="level-{criterion.id}"' in pages["assessor"]
    for requirement in rubric.requirements:
        assert all(requirement.name in page for page in pages.values())
    for page in pages.values():
        own = ("/static/", "/preview/", "#", "mailto:")
        assert [place for place in PLACES.findall(page) if not place.startswith(own)] == []
    assert files_in(scratch) == [], "no database is made"


def test_what_is_sent_is_not_kept_and_says_so(look, scratch):
    evidence = f"{PAGE}/evidence"
    assert look.post(evidence, data={"do": "save"}).status_code == 303
    assert "nothing is kept" in text(look, evidence)
    assert look.post(evidence, data={"autosave": "1"}, headers={"HX-Request": "true"}).status_code == 204
    upload = look.post(evidence, data={"requirement": "x", "size": "3"}, headers={"HX-Request": "true"})
    assert (upload.status_code, "nothing is sent" in upload.json["message"]) == (409, True)
    assert files_in(scratch) == []


def test_it_is_these_pages_alone_and_knows_nobody(look):
    look.set_cookie("rh_session", "of another ReviewHub", domain="localhost")
    assert look.get("/").headers["Location"] == "/preview/"
    assert PAGE in text(look, "/preview/")
    for place in ("/explore", "/sign-in", "/preview/no-such/catalogue", f"{PAGE}/no-such"):
        assert look.get(place).status_code == 404, place


def test_a_problem_is_shown_at_its_place_above_the_last_good_preview(look, plugin):
    before = text(look, f"{PAGE}/catalogue")
    seen = re.search(r'hx-get="([^"]*)"', before)[1]
    assert look.get(seen).status_code == 204
    file, good = spoil(plugin)
    assert look.get(seen).headers["HX-Refresh"] == "true"
    broken = text(look, f"{PAGE}/catalogue")
    line = file.read_text().splitlines().index('met_from = "dear"') + 1
    assert f"{SLUG}.toml:{line}" in broken
    assert 'met_from = "dear"' in broken
    assert before.partition("<main")[2] in broken, "the last good one stays"
    file.write_text(good.replace("Media Literacy", "Literacy of Media"))
    mended = text(look, f"{PAGE}/catalogue")
    assert "dear" not in mended
    assert "Literacy of Media" in mended


def test_a_folder_that_was_broken_from_the_start_says_why_and_has_no_page_yet(plugin, scratch):
    file, good = spoil(plugin)
    look = preview_app(file, scratch).test_client()
    first = text(look, "/preview/")
    assert f"{SLUG}.toml:" in first
    assert "Nothing to show yet" in first
    file.write_text(good)
    assert PAGE in text(look, "/preview/")
    assert "Loomfield" in text(look, f"{PAGE}/catalogue"), "the plugin around the file says whose it is"
    file.unlink()
    assert "not there any more" in text(look, f"{PAGE}/catalogue")


def test_the_command_serves_it_on_this_machine_and_ends_when_told(plugin):
    words = [sys.executable, "-m", "reviewhub", "rubric", "preview", str(plugin), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        try:
            address = re.match(r"http://127\.0\.0\.1:\d+", running.stdout.readline())[0]
            page = _get(f"{address}{PAGE}/assessor")
            spoil(plugin)
            assert "dear" in _get(f"{address}{PAGE}/assessor")
            assert page.count('type="radio"') > 10
        finally:
            running.terminate()
        assert running.wait(20) == 0


def _get(address):
    """As soon as it answers: the address is told a moment before."""
    for _ in range(100_000):
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.read().decode()
        except urllib.error.URLError as refused:
            if not isinstance(refused.reason, ConnectionRefusedError):
                raise
    raise AssertionError(address)
