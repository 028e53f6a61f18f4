import pytest

from tests.learner.browsing import EvidenceForm, sign_in
from tests.learner.story import WHY, pdf, work_off_checks


@pytest.fixture
def ada(client, kit, learner):
    return sign_in(client, kit, learner)


def text(page):
    return page.get_data(as_text=True)


def test_the_whole_way_by_plain_forms(ada, kit, story, micro_credential):
    form = EvidenceForm(ada, story.id)
    assert form.page.status_code == 200
    assert "Plan: 1 file wanted, none yet." in text(form.page)
    from tests.learner.browsing import file

    reply = form.post("save:plan", **{"text.why.0": WHY, "file.plan": file(pdf(), "plan.pdf")})
    assert reply.status_code == 303
    assert reply.headers["Location"].endswith("/evidence#s-plan")
    form.open()
    assert "Being checked" in text(form.page)
    assert form.fields["text.why.0"] == WHY
    work_off_checks(kit)
    form.open()
    assert "Arrived safely" in text(form.page)
    assert "Everything is here" in text(form.page)
    reply = form.submit()
    assert reply.status_code == 303
    work_off_checks(kit)
    page = ada.get(reply.headers["Location"])
    assert "1 file arrived safely" in text(page)
    assert "Fri 20 Nov" in text(page)
    assert story.artifacts[0].sha256 in text(page)
    assert "Being scored" in text(ada.get("/work"))
