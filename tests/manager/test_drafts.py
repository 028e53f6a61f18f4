"""A manager's drafts: from a table to a folder, with everything kept that was typed."""

import io
import zipfile
from urllib.parse import unquote

import pytest
from sqlmodel import select

from reviewhub.authoring.check import check
from reviewhub.domain.drafts.body import look
from reviewhub.domain.errors import NotFound, Stale
from reviewhub.domain.rubric_json import content_hash, from_json
from reviewhub.models import Event, Issuer, RubricDraft, RubricVersion
from reviewhub.queries.drafts import draft_list, draft_page
from reviewhub.services.draft import draft_of_live, save_draft, start_draft
from tests.drafts.filled import filled
from tests.manager.forms import fill, form
from tests.marks import BOTH

HERE = "/manage/harbor/drafts"
TABLE = """Part;Criterion;What to look for;Weak;Good;Excellent
Practice;Order;Description of it: what matters first;Random;Right;Right, with reasons
;Care;Is kind;Rough;Kind;Kind and cléar
"""


def drafts(kit):
    with kit.read() as session:
        return session.exec(select(RubricDraft).order_by(RubricDraft.id)).all()


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


@pytest.fixture
def contact(house, kit):
    with kit.write() as tx:
        row = tx.session.exec(select(Issuer).where(Issuer.slug == "harbor")).one()
        row.contact_name, row.contact_email = "Noor Haddad", "noor@harbor.example"


@pytest.fixture
def aid(max_, kit):
    """A draft that was begun from a table; its address."""
    file = (io.BytesIO(TABLE.encode("cp1252")), "criteria.csv")
    answer = fill(max_, HERE, name="First Aid", file=file)
    assert answer.status_code == 303
    return f"{HERE}/{drafts(kit)[0].public_id}"


def test_from_a_table_to_a_folder_that_passes_check(max_, kit, aid, contact, tmp_path):
    shown = page(max_, f"{aid}/table")
    assert "Right, with reasons" in shown
    assert "cléar" in shown
    fill(max_, f"{aid}/table", act="look", met_from="Excellent")
    assert fill(max_, f"{aid}/table", act="take").status_code == 303
    said = page(max_, aid)
    assert "4 things to mend" in said
    assert "“Evidence 1”" not in said
    fill(max_, f"{aid}/about", **{"about.summary": "Calm help.", "about.description": "What\nis shown."})
    answer = fill(
        max_,
        f"{aid}/evidence",
        **{"requirements[0].name": "Film", "requirements[0].description": "How you do it."},
    )
    assert answer.status_code == 303
    assert "Nothing needs mending." in page(max_, aid)
    order, _care = look(drafts(kit)[0].body).rubric.criteria
    assert (order.met_from, order.requirements) == ("excellent", ("evidence",))

    answer = max_.get(f"{aid}/folder.zip")
    zipfile.ZipFile(io.BytesIO(answer.data)).extractall(tmp_path)
    checked = check(tmp_path / "harbor")
    assert checked.faults == ()
    mine = next(one for one in checked.rubrics if one.slug == "first-aid")
    assert content_hash(mine) == content_hash(look(drafts(kit)[0].body).rubric)
    assert {one.slug for one in checked.rubrics} == {"first-aid", "small"}, "what is live stays in the folder"


def test_every_page_sent_as_it_came_changes_nothing(max_, kit, house):
    draft = draft_of_live(kit, house.max, "harbor", "small")
    before = drafts(kit)[0].body
    assert before["version"] == "1.1"
    for section in ("about", "evidence", "criteria", "rules"):
        assert fill(max_, f"{HERE}/{draft}/{section}").status_code == 303
    assert look(drafts(kit)[0].body) == look(before)


def test_a_table_that_is_none_is_told_and_what_was_typed_stays(max_, kit, house):
    answer = fill(max_, HERE, name="First Aid", pasted='a;b\nc;"d\n')
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert "From row 2" in shown
    assert 'value="First Aid"' in shown
    assert "c;&#34;d" in shown
    answer = fill(max_, HERE, name="", file=(io.BytesIO(b"\x00\x01"), "x.csv"))
    assert answer.status_code == 422
    assert 'href="#f-file"' in answer.get_data(as_text=True)
    assert not drafts(kit)


def test_columns_that_were_corrected_are_kept(max_, kit, aid):
    fill(max_, f"{aid}/table", act="look", column2="", header="1", order="highest")
    _where, fields = form(max_, f"{aid}/table")
    assert (fields["column2"], fields["order"]) == ([""], ["highest"])
    answer = fill(max_, f"{aid}/table", act="take", column1="")
    assert answer.status_code == 422
    assert "No criterion comes of it yet" in answer.get_data(as_text=True)


def test_a_table_taken_again_keeps_ids_and_what_it_does_not_say(max_, kit, aid):
    fill(max_, f"{aid}/table", act="take")
    first = drafts(kit)[0].body["parts"]
    place = "parts[0].criteria[1]"
    fill(max_, f"{aid}/criteria", **{f"{place}.name": "Kindness", f"{place}.requirements": [""]})
    changed = TABLE.replace(";Care;", ";Kindness;").replace("Rough", "Very rough")
    fill(max_, f"{aid}/table", "/table/new", pasted=changed)
    fill(max_, f"{aid}/table", act="take")
    care = drafts(kit)[0].body["parts"][0]["criteria"][1]
    assert (care["id"], care["requirements"]) == ("care", [])
    assert care["levels"][0] == {**first[0]["criteria"][1]["levels"][0], "description": "Very rough"}


def test_problems_are_shown_at_their_places(max_, kit, aid):
    fill(max_, f"{aid}/table", act="take")
    fill(max_, f"{aid}/rules", promise_days="soon", **{"policies.decision.tolerance": "7"})
    shown = page(max_, f"{aid}/rules")
    assert shown.count('class="wrong"') == 2
    assert 'value="soon"' in shown, "kept as it was typed"
    assert "Days until the result" in page(max_, aid)


def test_buttons_work_without_scripts(max_, kit, aid):
    fill(max_, f"{aid}/table", act="take")
    answer = fill(max_, f"{aid}/criteria", act="add:parts[0].criteria", **{"parts[0].name": "Doing"})
    assert unquote(answer.location).endswith("#f-parts[0].criteria[2].name")
    part = drafts(kit)[0].body["parts"][0]
    assert (part["name"], len(part["criteria"])) == ("Doing", 3)
    fill(max_, f"{aid}/criteria", act="remove:parts[0].criteria[2]")
    fill(max_, f"{aid}/rules", act="recipe:points")
    shown = page(max_, f"{aid}/criteria")
    assert "parts[0].criteria[0].levels[0].points" in shown
    assert "Say how many points are enough" in page(max_, f"{aid}/rules")


def test_two_who_edit_see_both_texts_and_nothing_is_overwritten(max_, kit, house, aid):
    where, mine = form(max_, f"{aid}/about")
    fill(max_, f"{aid}/about", **{"about.summary": "Theirs."})
    answer = max_.post(where, data={**mine, "about.summary": "Mine."})
    assert answer.status_code == 409
    shown = answer.get_data(as_text=True)
    assert ">Mine.<" in shown
    assert ">Theirs.<" in shown
    assert 'value="Mine."' in shown
    assert drafts(kit)[0].body["about"]["summary"] == "Theirs."


def test_it_is_previewed_as_soon_as_it_can_be(max_, kit, aid):
    assert max_.get(f"{aid}/preview/catalogue").status_code == 303
    fill(max_, f"{aid}/table", act="take")
    for view, words in (("catalogue", "First Aid"), ("evidence", "PDF"), ("assessor", "Kind and cléar")):
        assert words in page(max_, f"{aid}/preview/{view}")
    assert max_.get(f"{aid}/preview/nobody").status_code == 404
    _where, fields = form(max_, f"{aid}/about")
    answer = max_.post(f"{aid}/preview/evidence", data={"csrf_token": fields["csrf_token"]})
    assert answer.status_code == 303


def test_a_live_version_is_not_said_otherwise_under_its_name(max_, kit, house):
    draft = draft_of_live(kit, house.max, "harbor", "small")
    assert draft_of_live(kit, house.max, "harbor", "small") == draft, "one draft for each"
    fill(max_, f"{HERE}/{draft}/about", version="1.0", **{"about.summary": "Another."})
    assert "Give the change a version of its own" in page(max_, f"{HERE}/{draft}")


def test_what_the_folder_needs_of_the_issuer_is_told(max_, kit, house):
    draft = draft_of_live(kit, house.max, "harbor", "small")
    with kit.write() as tx:
        tx.session.exec(select(Issuer)).one().contact_email = ""
    answer = max_.get(f"{HERE}/{draft}/folder.zip")
    assert answer.status_code == 303
    assert "address that learners may write to" in page(max_, answer.location)


@BOTH
def test_a_draft_is_its_issuers_alone_and_saves_in_turn(kit, world, house):
    far = world.actor(world.person("Fay Far", "manager", issuer=world.issuer("far", "Far")))
    draft = start_draft(kit, house.max, "harbor", "First Aid")
    assert start_draft(kit, house.max, "harbor", "First Aid") != draft
    assert [row.slug for row in drafts(kit)] == ["first-aid", "first-aid-2"]
    for issuer in ("harbor", "far"):
        with pytest.raises(NotFound):
            save_draft(kit, far, issuer, draft, 1, body={})
        with pytest.raises(NotFound), kit.read() as session:
            draft_page(session, far, issuer, draft)
    save_draft(kit, house.max, "harbor", draft, 1, body={"slug": "other"})
    with pytest.raises(Stale):
        save_draft(kit, house.max, "harbor", draft, 1, body={})
    assert drafts(kit)[0].body == {"slug": "first-aid"}, "the address stays"
    with kit.read() as session:
        started = session.exec(select(Event).where(Event.action == "draft.started")).all()
        assert len(started) == 2


def test_pages_take_a_fixed_number_of_statements(kit, house, statements):
    draft = draft_of_live(kit, house.max, "harbor", "small")
    for more in range(2):
        start_draft(kit, house.max, "harbor", f"More {more}")
    with statements() as seen, kit.read() as session:
        found = draft_page(session, house.max, "harbor", draft)
    assert len(seen) == 5
    assert found.live == from_json(one_version(kit).body)
    with statements() as seen, kit.read() as session:
        assert len(draft_list(session, house.max, "harbor").drafts) == 3
    assert len(seen) == 2


def one_version(kit):
    with kit.read() as session:
        return session.exec(select(RubricVersion)).one()


def test_a_filled_form_holds_all_of_a_draft(max_, kit, house):
    """The pages together hold every field: none of a rubric's texts can be edited only in a file."""
    draft = draft_of_live(kit, house.max, "harbor", "small")
    held = set()
    for section in ("about", "evidence", "criteria", "rules"):
        held |= set(form(max_, f"{HERE}/{draft}/{section}")[1])
    elsewhere = {"slug", "points", "weight", "floor", "codes", "options", "when", "translations"}
    missing = {
        name for name in filled(drafts(kit)[0].body) if name.rpartition(".")[2] not in elsewhere
    } - held
    assert not missing


def test_a_draft_is_discarded_with_its_table_by_whoever_saw_it(max_, kit, aid):
    where, seen = form(max_, aid, "/discard")
    fill(max_, f"{aid}/about", **{"about.summary": "Somebody else's words."})
    told = max_.post(where, data=seen, follow_redirects=True).get_data(as_text=True)
    assert "Somebody saved this draft meanwhile" in told
    assert len(drafts(kit)) == 1
    assert fill(max_, aid, "/discard").headers["Location"] == HERE
    assert "The draft “First Aid” is gone." in page(max_, HERE)
    assert drafts(kit) == []
    assert max_.get(aid).status_code == 404
    with kit.read() as session:
        (event,) = session.exec(select(Event).where(Event.action == "draft.discarded")).all()
    assert event.facts["slug"] == "first-aid"
