"""The issuer's own check of evidence: a refusal stops, a warning never does, and no answer comes too late."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from sqlmodel import col, select

from reviewhub.domain.errors import Invalid
from reviewhub.models import LetterRow, Outbox, Submission
from reviewhub.services.completeness import still_missing
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.next_attempt import start_next
from tests.learner.browsing import EvidenceForm, sign_in
from tests.learner.story import WHY, fill_linked, pdf, picture, release, score, work_off_checks
from tests.marks import BOTH
from tests.plugins.conftest import PluginFolder

CHECK = """
class Rule(Plugin):
    def check_evidence(self, rubric, requirement, evidence):
        found = []
        if "crash" in evidence.text:
            raise RuntimeError("no")
        if "secret" in evidence.text:
            found.append(Finding("secret", "Take the secret out.", "refuse"))
        if "@" in evidence.text:
            found.append(Finding("address", "There is an address in it.", "warn"))
        if "intranet" in evidence.url:
            found.append(Finding("inside", "Nobody outside can open this page.", "refuse"))
        if evidence.media_type == "image/bmp":
            found.append(Finding("old", "Pictures of this kind are too coarse.", "refuse"))
        if evidence.media_type == "image/gif":
            found.append(Finding("few", "Are you sure that the colours are right?", "warn"))
        return found or None
"""
SECRET, ADDRESS = f"{WHY} The secret is kept here.", f"{WHY} Write to ada@school.example."
SHORT = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}


@pytest.fixture
def digest(kit, tmp_path):
    """The digest of the issuer's stored code."""
    PluginFolder(tmp_path / "issuers").write("harbor", code=CHECK)
    (found,) = kit.plugins.gather([tmp_path / "issuers"])
    assert found.problems == ()
    return found.digest


def ships(story, digest):
    """The story, its submission pinned to this code."""
    with story.kit.write() as tx:
        tx.session.get_one(Submission, story.row.id).code_digest = digest
    return story


@pytest.fixture
def small(story, digest):
    return ships(story, digest)


@pytest.fixture
def large(linked, digest):
    return ships(linked, digest)


def asked(kit):
    with kit.read() as session:
        return session.exec(
            select(Outbox.id).where(Outbox.job == "check_words", col(Outbox.done_at).is_(None))
        ).all()


def messages(story):
    return [item.message for item in still_missing(story.rubric, story.attempt, story.artifacts)]


def said(story, requirement="why"):
    row = next(a for a in story.artifacts if a.requirement_id == requirement)
    return row.issuer_check, row.finding


# ------------------------------------------------------------------ texts


def test_a_warning_about_a_text_is_shown_and_stops_nothing(kit, small):
    small.write("why", ADDRESS)
    small.upload("plan", "plan.pdf", pdf())
    assert said(small) == ("asked", "")
    work_off_checks(kit)
    assert said(small) == ("warn", "There is an address in it.")
    assert said(small, "plan") == ("clear", "")
    assert messages(small) == []
    small.submit()
    work_off_checks(kit)
    assert small.attempt.state == "submitted"


def test_a_refused_text_stops_the_sending_until_it_is_changed(kit, small):
    small.write("why", SECRET)
    small.upload("plan", "plan.pdf", pdf())
    work_off_checks(kit)
    assert messages(small) == ["Why: Take the secret out."]
    with pytest.raises(Invalid, match="Take the secret out"):
        small.submit()
    small.write("why", WHY, was=SECRET)
    assert messages(small) == []
    work_off_checks(kit)
    assert said(small) == ("clear", "")
    small.submit()


def test_what_was_sent_before_the_answer_waits_for_it_and_comes_back(kit, small):
    small.upload("plan", "plan.pdf", pdf())
    work_off_checks(kit)
    small.write("why", SECRET)
    small.submit()
    work_off_checks(kit)
    assert (small.attempt.state, small.row.state) == ("needs_fix", "open")
    with kit.read() as session:
        letter = session.exec(select(LetterRow)).one()
    assert "- Why: Take the secret out." in letter.body
    small.write("why", WHY, was=SECRET)
    small.submit()
    work_off_checks(kit)
    assert small.attempt.state == "submitted"


def test_nothing_is_asked_where_the_issuer_has_no_code(kit, story):
    story.write("why", SECRET)
    assert asked(kit) == []
    assert said(story) == ("none", "")


def test_many_saves_ask_once_and_an_emptied_text_is_forgotten(kit, small):
    was = ""
    for text in (SECRET, ADDRESS, WHY):
        small.write("why", text, was=was)
        was = text
    assert len(asked(kit)) == 1
    small.write("why", "", was=was)
    assert said(small) == ("none", "")
    work_off_checks(kit)
    assert said(small) == ("none", "")


class Meddling:
    """A judge during whose thinking the learner does something: nothing is locked meanwhile."""

    def __init__(self, judge, act):
        self._judge, self._act, self.heard = judge, act, []

    def check_evidence(self, code, rubric, requirement, evidence):
        self.heard.append(evidence.text)
        if len(self.heard) == 1:
            self._act()
        return self._judge.check_evidence(code, rubric, requirement, evidence)


@BOTH
def test_an_answer_about_an_earlier_text_is_thrown_away(kit, small):
    small.write("why", SECRET)
    judge = Meddling(kit.judge, lambda: small.write("why", ADDRESS, was=SECRET))
    work_off_checks(replace(kit, judge=judge))
    assert judge.heard == [SECRET, ADDRESS]
    assert said(small) == ("warn", "There is an address in it.")


def test_a_text_that_is_gone_is_forgotten(kit, small):
    small.write("why", SECRET)
    text = small.artifacts[0].public_id
    work_off_checks(
        replace(kit, judge=Meddling(kit.judge, lambda: remove_artifact(kit, small.actor, small.id, text)))
    )
    assert small.artifacts == []
    assert asked(kit) == []


def test_a_check_that_fails_is_a_remark_and_stops_nothing(kit, small):
    small.upload("plan", "plan.pdf", pdf())
    small.write("why", f"{WHY} And then the crash came.")
    work_off_checks(kit)
    check, words = said(small)
    assert check == "warn"
    assert "could not be made" in words
    small.submit()
    work_off_checks(kit)
    assert small.attempt.state == "submitted"


def test_the_next_attempt_keeps_what_was_said(kit, world, micro_credential, small):
    world.assessors(micro_credential, "Asa One", "Bo Two")
    small.write("why", ADDRESS)
    small.upload("plan", "plan.pdf", pdf())
    small.submit()
    work_off_checks(kit)
    score(kit, world, small, SHORT, SHORT)
    release(kit, world, small, world.person("Lena Lead", "lead"))
    start_next(kit, small.actor, small.id)
    assert said(small) == ("warn", "There is an address in it.")


# ------------------------------------------------------------------ files and links


def drawn(kind):
    out = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(out, kind)
    return out.getvalue()


def test_a_file_that_the_issuer_refuses_is_refused(kit, large):
    large.upload("shots", "a.bmp", drawn("BMP"))
    large.upload("shots", "b.gif", drawn("GIF"))
    large.upload("shots", "c.png", picture())
    work_off_checks(kit)
    assert [(a.state, a.issuer_check, a.finding) for a in large.artifacts] == [
        ("refused", "refuse", "Pictures of this kind are too coarse."),
        ("checked", "warn", "Are you sure that the colours are right?"),
        ("checked", "clear", ""),
    ]
    assert large.artifacts[0].key is None
    stored = [p for p in (kit.settings.data / "files/objects").rglob("*") if p.is_file()]
    assert len(stored) == 4
    assert "Shots: “a.bmp” cannot be accepted. Remove it." in messages(large)


def test_our_own_refusal_asks_nobody(kit, small):
    small.upload("plan", "plan.pdf", picture())
    judge = Meddling(kit.judge, lambda: None)
    work_off_checks(replace(kit, judge=judge))
    assert judge.heard == []
    assert small.artifacts[0].state == "refused"
    assert said(small, "plan")[0] == "none"


def test_a_links_address_is_looked_at_whenever_it_changes(kit, large):
    fill_linked(kit, large, film=False)
    work_off_checks(kit)
    assert said(large, "page") == ("clear", "")
    inside = "https://intranet.example.org/"
    large.write("page", inside, was="https://example.org/")
    work_off_checks(kit)
    assert messages(large) == ["Page: Nobody outside can open this page."]
    large.write("page", "https://example.org/", was=inside)
    work_off_checks(kit)
    assert messages(large) == []


def test_an_address_typed_while_its_capture_is_checked_is_not_missed(kit, large):
    large.upload("page", "shot.png", picture(), 0)
    judge = Meddling(kit.judge, lambda: large.write("page", "https://intranet.example.org/"))
    work_off_checks(replace(kit, judge=judge))
    assert said(large, "page") == ("refuse", "Nobody outside can open this page.")


# ------------------------------------------------------------------ the page


@pytest.fixture
def form(client, kit, learner, small):
    return EvidenceForm(sign_in(client, kit, learner), small.id)


def page_text(form):
    return form.client.get(form.url).get_data(as_text=True)


def test_the_page_shows_it_beside_the_piece(kit, form):
    form.post(**{"text.why.0": ADDRESS})
    assert "an address in it" not in page_text(form)
    work_off_checks(kit)
    assert "There is an address in it." in page_text(form).split('id="said-why"')[1].split("</section>")[0]
    assert "Still missing" in page_text(form)
    form.open().post(**{"text.why.0": SECRET})
    work_off_checks(kit)
    page = page_text(form)
    assert "an address in it" not in page
    assert '<a href="#f-why">Why: Take the secret out.</a>' in page


def test_the_poll_brings_it_and_then_ends(kit, form):
    htmx = {"HX-Request": "true"}
    assert "every 2s" not in page_text(form)
    saved = form.client.post(
        form.url,
        data={**form.fields, "text.why.0": ADDRESS, "autosave": "1"},
        headers=htmx,
    ).get_data(as_text=True)
    assert "every 2s" in saved
    assert "every 2s" in form.client.get(form.url, headers=htmx).get_data(as_text=True)
    work_off_checks(kit)
    fragment = form.client.get(form.url, headers=htmx).get_data(as_text=True)
    assert 'id="said-why"' in fragment
    assert "There is an address in it." in fragment
    assert "every 2s" not in fragment
