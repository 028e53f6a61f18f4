import pytest

from reviewhub.domain.evidence import (
    MAX_BYTES,
    EvidenceFacts,
    check_link,
    examine,
    missing,
    word_count,
)
from reviewhub.domain.rubric import Requirement

PLAN = Requirement(
    id="plan",
    name="Campaign plan",
    description="",
    kind="file",
    minimum=1,
    maximum=2,
    accept=("application/pdf", "image/*"),
)
ANYTHING = Requirement(id="any", name="Anything", description="", kind="file")
LINK = Requirement(id="page", name="Public page", description="", kind="link")
TEXT = Requirement(id="why", name="Reflection", description="", kind="text", min_words=5, max_words=8)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def codes(found):
    return [finding.code for finding in found]


def one(requirement, name, sniffed, size=1000, **more):
    found = examine(requirement, name, size, sniffed, **more)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("name", "sniffed"),
    [
        ("plan.pdf", "application/pdf"),
        ("PLAN.PDF", "application/pdf"),
        ("shot.jpeg", "image/jpeg"),
        ("shot.JPG", "image/jpeg"),
        ("no extension", "image/png"),
        ("strange.xyz", "image/png"),
    ],
)
def test_what_is_wanted_stays(name, sniffed):
    assert examine(PLAN, name, 1000, sniffed) == ()


def test_an_empty_file_is_refused_before_all_else():
    finding = one(PLAN, "plan.exe", "application/x-empty", size=0)
    assert (finding.code, finding.severity) == ("empty", "refuse")
    assert "plan.exe" in finding.message


def test_the_limit_is_the_last_size_that_is_taken():
    assert examine(PLAN, "plan.pdf", MAX_BYTES, "application/pdf") == ()
    finding = one(PLAN, "plan.pdf", "application/pdf", size=MAX_BYTES + 1)
    assert finding.code == "too_large"
    assert "50 MB" in finding.message
    assert codes(examine(PLAN, "plan.pdf", 11, "application/pdf", limit=10)) == ["too_large"]


@pytest.mark.parametrize(
    ("name", "sniffed", "said", "found"),
    [
        ("plan.pdf", "image/jpeg", "a PDF", "a JPEG picture"),
        ("shot.png", "image/jpeg", "a PNG picture", "a JPEG picture"),
        ("Photo.JPG", "application/pdf", "a JPEG picture", "a PDF"),
        ("report.docx", "application/pdf", "a Word document", "a PDF"),
        ("plan.pdf", "text/plain", "a PDF", "plain text"),
        ("plan.pdf", "application/octet-stream", "a PDF", "a kind of file we do not know"),
        ("clip.mp4", "image/png", "a video", "a PNG picture"),
    ],
)
def test_a_file_is_what_its_name_says(name, sniffed, said, found):
    finding = one(ANYTHING, name, sniffed)
    assert finding.code == "not_what_it_says"
    assert name in finding.message
    assert said in finding.message
    assert found in finding.message


@pytest.mark.parametrize(
    ("name", "sniffed", "kind"),
    [
        ("setup.exe", "application/x-executable", "program"),
        ("holiday.jpg", "application/x-executable", "program"),
        ("holiday.jpg.EXE", "image/jpeg", "program"),
        ("holiday.exe. ", "image/jpeg", "program"),
        (".exe", "text/plain", "program"),
        ("page.html", "text/html", "page"),
        ("notes.txt", "text/html", "page"),
        ("logo.svg", "image/svg+xml", "page"),
        ("logo.png", "image/svg+xml", "page"),
        ("run.sh", "text/x-script", "script"),
        ("macro.vbs", "text/plain", "script"),
        ("all.zip", "application/zip", "archive"),
        ("report.docx", "application/zip", "archive"),
        ("all.tar.gz", "application/gzip", "archive"),
    ],
)
def test_some_kinds_are_refused_whatever_a_rubric_accepts(name, sniffed, kind):
    wide_open = Requirement(id="x", name="X", description="", kind="file", accept=("*/*",))
    finding = one(wide_open, name, sniffed)
    assert finding.code == f"refused_{kind}"
    assert name in finding.message


def test_what_the_rubric_does_not_ask_for_is_refused_with_what_it_does():
    finding = one(PLAN, "report.docx", DOCX)
    assert finding.code == "not_accepted"
    assert "a Word document" in finding.message
    assert "a PDF or a picture" in finding.message


def test_accepting_plain_text_means_tables_in_text_too():
    requirement = Requirement(id="t", name="T", description="", kind="file", accept=("text/plain",))
    assert examine(requirement, "figures.csv", 10, "text/csv") == ()
    assert codes(examine(requirement, "shot.png", 10, "image/png")) == ["not_accepted"]


def test_one_file_too_many():
    assert examine(PLAN, "b.pdf", 10, "application/pdf", already=1) == ()
    finding = one(PLAN, "c.pdf", "application/pdf", already=2)
    assert finding.code == "too_many"
    assert "2 files" in finding.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("   \n\t ", 0),
        ("one", 1),
        ("don’t follow-up it's", 3),
        ("a – b … c - d", 4),
        ("Straße, naïve; 12,5 %", 4),
        ("学 习", 2),
        ("one\n\n# two\n- three", 3),
    ],
)
def test_words_are_counted_as_people_count(text, words):
    assert word_count(text) == words


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://example.org:8080/a?b=c#d", "https://münchen.example/x"]
)
def test_good_links(url):
    assert check_link(url) == ()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "no_link"),
        ("  ", "no_link"),
        ("example.org", "bad_link"),
        ("javascript:alert(1)", "bad_link"),
        ("file:///etc/passwd", "bad_link"),
        ("ftp://example.org", "bad_link"),
        ("https://", "bad_link"),
        ("https://exa mple.org", "bad_link"),
        ("https://example.org/\nx", "bad_link"),
        ("https://[::1", "bad_link"),
        ("https://example.org:port/", "bad_link"),
        ("https://localhost/x", "bad_link"),
        ("https://me:secret@example.org", "link_with_login"),
        ("https://example.org/" + "x" * 2000, "long_link"),
    ],
)
def test_bad_links(url, code):
    assert codes(check_link(url)) == [code]


def facts(requirement, **more):
    return EvidenceFacts(requirement.id, requirement.kind, **more)


def test_everything_missing_is_said_in_the_rubrics_order():
    found = missing((TEXT, PLAN, LINK), ())
    assert [(item.requirement_id, item.code) for item in found] == [
        ("why", "no_text"),
        ("plan", "files"),
        ("page", "links"),
    ]
    assert found[1].message == "Campaign plan: 1 file wanted, none yet."


def test_nothing_is_missing():
    present = (
        facts(TEXT, text="five words are enough here"),
        facts(PLAN, media_type="application/pdf", size=10),
        facts(LINK, url="https://example.org"),
    )
    assert missing((TEXT, PLAN, LINK), present) == ()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [(4, "too_short", "Write 1 more"), (9, "too_long", "Cut 1"), (5, "", ""), (8, "", "")],
)
def test_words_wanted(words, code, says):
    found = missing((TEXT,), (facts(TEXT, text=" ".join(["word"] * words)),))
    assert codes(found) == ([code] if code else [])
    assert all(says in item.message for item in found)


def test_too_few_and_too_many_files():
    several = Requirement(id="s", name="Posts", description="", kind="file", minimum=2, maximum=3)
    pieces = [facts(several)] * 4
    assert missing((several,), pieces[:1])[0].message == "Posts: 1 of 2 files so far."
    assert missing((several,), pieces[:2]) == ()
    assert codes(missing((several,), pieces)) == ["too_many"]


def test_a_bad_link_is_not_a_link_and_what_is_optional_may_be_left_out():
    assert codes(missing((LINK,), (facts(LINK, url="example"),))) == ["bad_link"]
    optional = Requirement(id="o", name="O", description="", kind="text", minimum=0, min_words=5)
    assert missing((optional,), ()) == ()
    assert codes(missing((optional,), (facts(optional, text="too short"),))) == ["too_short"]
