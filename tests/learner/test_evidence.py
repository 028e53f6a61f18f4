"""Words, files and links of a draft: nothing is lost, nothing is overwritten, what is wrong is said."""

import shutil
from contextlib import contextmanager

import pytest
from sqlmodel import select

from reviewhub.domain.errors import Invalid, NotFound, Refused
from reviewhub.models import Artifact, CleanCopy, FileGrant
from reviewhub.services.completeness import CHANGE_NOTE, still_missing
from reviewhub.services.evidence import Answer, mark, remove_artifact, save_answers
from reviewhub.services.open_file import open_file
from reviewhub.services.ports import StorageDown
from reviewhub.services.upload import Announced, TooLarge, allow_upload, confirm_upload, file_name
from tests.learner.story import WHY, pdf, picture, work_off_checks


def codes(story):
    return [missing.code for missing in still_missing(story.rubric, story.attempt, story.artifacts)]


@contextmanager
def storage_down(kit):
    """The folder of the files is away for a while."""
    files, away = kit.settings.data / "files", kit.settings.data / "away"
    shutil.move(files, away)
    try:
        yield
    finally:
        shutil.rmtree(files, ignore_errors=True)
        shutil.move(away, files)


# ------------------------------------------------------------------ words


def test_words_are_kept_as_typed_with_line_ends_made_equal(story):
    story.write("why", "First.\r\n\r\n  Second\x00 line.  ")
    assert story.artifacts[0].body == "First.\n\n  Second line.  "


def test_a_stale_window_overwrites_nothing_and_the_rest_is_saved(kit, story):
    story.write("why", "Mine.")
    outcome = save_answers(
        kit,
        story.actor,
        story.id,
        [Answer("why", "Typed in an old window.", mark("")), Answer(CHANGE_NOTE, "N", mark(""))],
    )
    assert [answer.requirement_id for answer in outcome.stale] == ["why"]
    assert story.artifacts[0].body == "Mine."
    assert story.attempt.change_note == "N"


def test_saving_what_is_there_already_is_no_conflict_and_no_change(story):
    version = story.write("why", "Same.").version
    assert story.write("why", "Same.", was="something older").version == version


@pytest.mark.parametrize(
    "answer",
    [
        Answer("nothing", "x", mark("")),
        Answer("plan", "x", mark("")),
        Answer("why", "x", mark(""), 1),
        Answer("why", "x" * 50_001, mark("")),
    ],
)
def test_a_tampered_or_endless_field_is_refused_and_nothing_saved(kit, story, answer):
    with pytest.raises(Invalid):
        save_answers(kit, story.actor, story.id, [Answer(CHANGE_NOTE, "Note.", mark("")), answer])
    assert story.attempt.change_note == ""


def test_words_cannot_change_once_sent(kit, story):
    story.arrive()
    with pytest.raises(Refused):
        story.write("why", "Better words.", was=WHY)


# ------------------------------------------------------------------ links


def test_a_link_needs_its_address_and_a_capture(kit, linked):
    linked.write("page", " https://example.org/garden ")
    assert linked.artifacts[0].url == "https://example.org/garden"
    assert "no_capture" in codes(linked)
    linked.upload("page", "shot.png", picture(), 0)
    work_off_checks(kit)
    link = next(a for a in linked.artifacts if a.kind == "link")
    assert (link.state, link.clean_state, link.url) == ("checked", "clean", "https://example.org/garden")
    assert {"no_capture", "no_url", "links"}.isdisjoint(codes(linked))
    with pytest.raises(Invalid, match="has its capture"):
        linked.upload("page", "other.png", picture(), 0)


def test_a_capture_without_an_address_says_so(kit, linked):
    linked.upload("page", "shot.png", picture(), 1)
    assert "no_url" in codes(linked)


def test_an_emptied_link_without_capture_is_gone(linked):
    linked.write("page", "https://example.org/")
    linked.write("page", "", was="https://example.org/")
    assert linked.artifacts == []


# ------------------------------------------------------------------ files


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("run.exe", b"MZ", "program"),
        ("page.html", b"<html>", "web page"),
        ("all.zip", b"PK", "archive"),
        ("shot.png", picture(), "please send a PDF"),
    ],
)
def test_a_wrong_file_is_refused_before_it_is_sent(story, name, data, code):
    with pytest.raises(Invalid, match=code):
        story.upload("plan", name, data)
    assert story.artifacts == []


def test_a_huge_file_is_refused_by_its_announced_size(kit, story):
    with pytest.raises(TooLarge):
        allow_upload(kit, story.actor, story.id, Announced("plan", "film.pdf", 50 * 1024 * 1024 + 1))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("plan.pdf", picture(), "inside it is a PNG picture"),
        ("plan", picture(), "please send a PDF"),
        ("plan.pdf", b"#!/bin/sh\nrm -rf /\n", "code"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_its_content(kit, story, name, data, says):
    story.upload("plan", name, data)
    work_off_checks(kit)
    file = story.artifacts[0]
    assert (file.state, file.key) == ("refused", None)
    assert says in file.finding
    assert list((kit.settings.data / "files").rglob("final/*")) == []
    assert "refused" in codes(story)


def test_not_more_files_than_are_wanted(kit, linked):
    for n in range(3):
        linked.upload("shots", f"{n}.png", picture())
    with pytest.raises(Invalid, match="takes 3 files"):
        linked.upload("shots", "4.png", picture())
    work_off_checks(kit)
    remove_artifact(kit, linked.actor, linked.id, linked.artifacts[0].public_id)
    linked.upload("shots", "4.png", picture())


def test_refused_files_do_not_pile_up_without_end(kit, story):
    for n in range(11):
        story.upload("plan", f"{n}.pdf", b"not a PDF")
        work_off_checks(kit)
    with pytest.raises(Invalid, match="Remove them"):
        story.upload("plan", "last.pdf", pdf())


@pytest.mark.parametrize("requirement", ["why", "nothing", ""])
def test_a_tampered_requirement_takes_no_file(story, requirement):
    with pytest.raises(Invalid):
        story.upload(requirement, "plan.pdf", pdf())


def test_a_browser_writes_to_staging_and_confirms(kit, story):
    data = pdf()
    allowed = allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", len(data)))
    assert allowed.put.method == "PUT"
    with pytest.raises(Refused) as refused:
        confirm_upload(kit, story.actor, story.id, allowed.artifact)
    assert refused.value.code == "not_arrived"
    assert codes(story)[:2] == ["files", "not_arrived"]
    kit.storage.put(story.artifacts[0].staging_key, data, media_type="application/octet-stream")
    for _ in range(2):
        confirm_upload(kit, story.actor, story.id, allowed.artifact)
    work_off_checks(kit)
    assert story.artifacts[0].state == "checked"


def test_an_upload_that_never_came_stops_counting_when_its_address_ends(kit, clock, story):
    allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", 10))
    with pytest.raises(Invalid):
        allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", 10))
    clock.move(hours=1)
    assert allow_upload(kit, story.actor, story.id, Announced("plan", "plan.pdf", 10))


def test_nobody_confirms_or_removes_what_is_not_theirs(kit, world, story):
    story.upload("plan", "plan.pdf", pdf())
    other = world.actor(world.person("Other Otto"))
    for act in (confirm_upload, remove_artifact):
        with pytest.raises(NotFound):
            act(kit, other, story.id, story.artifacts[0].public_id)
        with pytest.raises(NotFound):
            act(kit, story.actor, story.id, "a" * 26)


def test_with_the_storage_down_the_file_is_refused_and_all_else_stays(kit, story):
    story.write("why", WHY)
    with storage_down(kit), pytest.raises(StorageDown):
        story.upload("plan", "plan.pdf", pdf())
    assert [artifact.body for artifact in story.artifacts] == [WHY]
    story.upload("plan", "plan.pdf", pdf())
    with storage_down(kit), pytest.raises(StorageDown):
        work_off_checks(kit)
    work_off_checks(kit)
    assert story.artifacts[-1].state == "checked"


def test_a_link_keeps_its_address_when_the_storage_is_down(kit, linked):
    linked.write("page", "https://example.org/")
    with storage_down(kit), pytest.raises(StorageDown):
        linked.upload("page", "shot.png", picture(), 0)
    link = linked.artifacts[0]
    assert (link.url, link.title, link.staging_key, link.state) == (
        "https://example.org/",
        "",
        None,
        "expected",
    )


def test_what_is_removed_leaves_nothing_behind(kit, story):
    story.upload("plan", "plan.pdf", pdf())
    work_off_checks(kit)
    open_file(kit, story.actor, story.artifacts[0].public_id)
    remove_artifact(kit, story.actor, story.id, story.artifacts[0].public_id)
    with kit.read() as session:
        for table in (Artifact, CleanCopy, FileGrant):
            assert session.exec(select(table)).all() == []
    assert [p for p in (kit.settings.data / "files" / "objects").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\plan.pdf", "plan.pdf"),
        ("  ", "file"),
        ("two\nlines.pdf", "two lines.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_file_names_are_only_names(given, kept):
    assert file_name(given) == kept
