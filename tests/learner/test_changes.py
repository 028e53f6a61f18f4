"""What a learner sees of locks and of the difference between two attempts."""

import pytest
from sqlmodel import select

from reviewhub.domain.errors import NotFound
from reviewhub.models import Artifact
from reviewhub.queries.changes import changes_page
from reviewhub.queries.feedback_page import feedback_page
from reviewhub.services.evidence import remove_artifact
from reviewhub.services.next_attempt import start_next
from tests.learner.browsing import sign_in
from tests.learner.story import WHY, pdf, release, score, work_off_checks

SHORT = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}


@pytest.fixture
def second(kit, world, micro_credential, story):
    """Attempt 2 in hand: another plan, another word in the text."""
    world.assessors(micro_credential, "Asa One", "Bo Two")
    story.arrive()
    score(kit, world, story, SHORT, SHORT)
    release(kit, world, story, world.person("Lena Lead", "lead"))
    start_next(kit, story.actor, story.id)
    old = next(a for a in story.artifacts if a.requirement_id == "plan")
    remove_artifact(kit, story.actor, story.id, old.public_id)
    story.upload("plan", "better plan.pdf", pdf(3))
    story.write("why", WHY.replace("walking", "cycling"), was=WHY)
    story.write("Note", "A better plan.")
    work_off_checks(kit)
    return story


def test_the_difference_is_there_before_and_after_sending(kit, second):
    def seen():
        with kit.read() as session:
            page = changes_page(session, second.actor, second.id, 2)
        return {one.name: one for one in page.changes}

    before = seen()
    plan, why = before["Plan"].pieces[0], before["Why"].pieces[0]
    assert (plan.what, plan.before, plan.after) == ("replaced", "plan.pdf", "better plan.pdf")
    assert [(s.kind, s.text.strip()) for s in why.words][1:3] == [
        ("removed", "walking"),
        ("added", "cycling"),
    ]
    second.submit()
    work_off_checks(kit)
    assert seen() == before
    with kit.read() as session, pytest.raises(NotFound):
        changes_page(session, second.actor, second.id, 1)


def test_the_page_names_the_files_and_marks_words_for_ears_too(client, kit, learner, second):
    browser = sign_in(client, kit, learner)
    html = browser.get(f"/work/{second.id}/changes/2").get_data(as_text=True)
    assert "better plan.pdf" in html
    assert "A better plan." in html
    assert "<del>" in html
    assert "[taken out:]" in html
    assert browser.get(f"/work/{second.id}/changes/3").status_code == 404


def test_a_lock_says_what_it_rests_on_even_when_that_was_replaced_since(client, kit, learner, second):
    browser = sign_in(client, kit, learner)
    for path in (f"/work/{second.id}/feedback/1", f"/work/{second.id}/evidence"):
        html = browser.get(path).get_data(as_text=True)
        assert "Met. This stays met; it rests on:" in html, path
        assert ">plan.pdf</a> of attempt 1." in html, path
    with kit.read() as session:
        page = feedback_page(session, second.actor, second.id, 1, kit.clock.now())
    rests = {item.criterion.id: item.rests for item in page.met}
    assert browser.get(f"/files/{rests['audience'].pieces[0].public_id}").status_code == 302, (
        "it is still there"
    )


def test_replacing_what_a_lock_rests_on_deletes_no_object(kit, second):
    with kit.read() as session:
        page = feedback_page(session, second.actor, second.id, 1, kit.clock.now())
        rests = next(item.rests for item in page.met if item.criterion.id == "audience")
        key = session.exec(select(Artifact.key).where(Artifact.public_id == rests.pieces[0].public_id)).one()
    with kit.storage.open(key) as stream:
        assert stream.read(5) == b"%PDF-"
