"""The demo's files are what they say, the same each time, and go the way that a learner's files go."""

import io
import zipfile
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from PIL import Image

from reviewhub.adapters.converter import SandboxConverter
from reviewhub.demo import files
from reviewhub.domain.evidence import examine, word_count
from reviewhub.domain.rubric import Requirement
from reviewhub.services.ports import Cleaned, NotCleanable

pytestmark = pytest.mark.timeout(400)  # the first of them fills the demo, the others wait for it

MAKERS = [
    files.campaign_plan,
    files.campaign_report,
    files.post,
    files.photo,
    files.statistics,
    files.clip,
    files.figures,
    files.notes,
    files.lesson_plan,
]
ANY = Requirement(id="any", name="Any", description="", kind="file", accept=("*/*",))


@pytest.mark.parametrize("make", MAKERS)
def test_each_is_what_it_says(make):
    made = make(4)
    sniffed = SandboxConverter().sniff(made.data[:8192], made.name)
    assert sniffed == made.media_type
    assert examine(ANY, made.name, len(made.data), sniffed) == ()
    assert len(made.data) < 1_000_000


@pytest.mark.parametrize("make", MAKERS)
def test_each_variant_differs_and_is_the_same_again(make):
    first, second = make(0).data, make(1).data
    assert first != second
    for cached in (files._campaign_plan, files._post, files._photo, files._clip, files._statistics):
        cached.cache_clear()
    files.pictures.still_life.cache_clear()
    assert make(0).data == first
    assert make(0).data == make(12).data


@pytest.mark.parametrize("variant", range(12))
def test_a_plan_has_six_pages(variant):
    document = pypdfium2.PdfDocument(files.campaign_plan(variant).data)
    assert len(document) == 6
    assert files.CAMPAIGNS[variant].name.split()[0] in document[0].get_textpage().get_text_range()
    document.close()


@pytest.mark.parametrize("variant", range(6))
def test_a_lesson_has_three_pages(variant):
    document = pypdfium2.PdfDocument(files.lesson_plan(variant).data)
    assert len(document) == 3
    document.close()


def test_a_photo_tells_where_and_by_whom():
    with Image.open(io.BytesIO(files.photo(2).data)) as image:
        tags = image.getexif()
        assert tags[0x013B] == files.CAMPAIGNS[2].author
        assert tags.get_ifd(0x8825)[1] == "N"


def test_a_report_is_a_word_document():
    with zipfile.ZipFile(io.BytesIO(files.campaign_report(0).data)) as archive:
        for name in archive.namelist():
            ET.fromstring(archive.read(name))
        assert files.CAMPAIGNS[0].author in archive.read("docProps/core.xml").decode()


def test_a_clip_is_a_film_of_sixty_frames():
    data = files.clip(0).data
    boxes, at = {}, 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        boxes[data[at + 4 : at + 8]] = data[at : at + size]
        at += size
    assert list(boxes) == [b"ftyp", b"moov", b"mdat"]
    index = boxes[b"moov"]
    sizes = index[index.index(b"stsz") + 12 :]
    assert int.from_bytes(sizes[:4], "big") == 60
    assert (
        sum(int.from_bytes(sizes[4 + 4 * n : 8 + 4 * n], "big") for n in range(60)) == len(boxes[b"mdat"]) - 8
    )
    offset = index.index(b"stco") + 12
    first = int.from_bytes(index[offset : offset + 4], "big")
    assert data[first + 4] == 0x65  # the first picture is a key frame


def test_answers_are_as_long_as_the_rubrics_want():
    for variant in range(12):
        assert 150 < word_count(files.overview(variant)) < 250
        assert 200 < word_count(files.reflection(variant)) < 400


@pytest.mark.parametrize("make", [files.campaign_plan, files.post, files.photo, files.notes])
def test_clean_copies_name_nobody(make, tmp_path):
    made = make(3)
    (tmp_path / "in").write_bytes(made.data)
    (tmp_path / "out").mkdir()
    cleaned = SandboxConverter().clean(tmp_path / "in", made.media_type, tmp_path / "out")
    assert isinstance(cleaned, Cleaned)
    author = files.CAMPAIGNS[3].author.encode()
    assert all(author not in page.path.read_bytes() for page in cleaned.pages)


@pytest.mark.parametrize("make", [files.clip, files.campaign_report])
def test_what_has_no_clean_copy_yet(make, tmp_path):
    made = make(0)
    (tmp_path / "in").write_bytes(made.data)
    (tmp_path / "out").mkdir()
    answer = SandboxConverter().clean(tmp_path / "in", made.media_type, tmp_path / "out")
    assert isinstance(answer, NotCleanable)
