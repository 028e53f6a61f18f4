"""Clean copies, made by the real converter in the real runner."""

import io
import os
import struct
import zlib

import pypdfium2
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from reviewhub.adapters.converter import SandboxConverter, _checked
from reviewhub.host.sandbox.run import Limits
from reviewhub.services.ports import Cleaned, NotCleanable

CANARY = "Canary-Q7-Wilhelmina"


@pytest.fixture
def clean(tmp_path):
    """Clean some bytes; the folder of the answer is fresh each time."""

    def make(data, media_type, converter=None):
        source = tmp_path / "evidence"
        source.write_bytes(data)
        folder = tmp_path / f"clean-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return (converter or SandboxConverter()).clean(source, media_type, folder)

    return make


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation=1):
    tags = Image.Exif()
    tags[0x010E] = tags[0x013B] = tags[0x8298] = CANARY
    tags[0x0112] = orientation
    gps = tags.get_ifd(0x8825)
    gps[1], gps[2], gps[29] = "N", (52.0, 31.0, 12.0), CANARY
    return tags.tobytes()


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{CANARY}</dc:creator></x:xmpmeta>'.encode()


def pdf(*, info=CANARY, pages=1, extra=b"", trailer=b""):
    """A small PDF by hand, with a name in every place that a PDF has for one."""
    text = b"BT /F1 24 Tf 60 700 Td (A page that can be read) Tj ET"
    kids = b" ".join(b"%d 0 R" % (10 + i) for i in range(pages))
    script = b"<< /S /JavaScript /JS (app.alert) >>"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Metadata 5 0 R /OpenAction %s >>" % script,
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        5: b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(XMP), XMP),
        6: b"<< /Author (%s) /Title (%s) >>" % (info.encode(), info.encode()),
    }
    for number in range(pages):
        objects[10 + number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>"
        )
    out = b"%PDF-1.4\n" + extra
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    out += b"".join(b"%d 1\n%010d 00000 n \n" % (number, offsets[number]) for number in objects)
    size = max(objects) + 1
    return out + b"trailer << /Size %d /Root 1 0 R /Info 6 0 R %s >>\nstartxref\n%d\n%%%%EOF" % (
        size,
        trailer,
        start,
    )


def all_bytes(cleaned):
    assert isinstance(cleaned, Cleaned), cleaned
    return b"".join(page.path.read_bytes() for page in cleaned.pages)


def clean_of_canaries(cleaned):
    data = all_bytes(cleaned)
    needles = [
        CANARY.encode(),
        CANARY.encode("utf-16-le"),
        b"Exif",
        b"xmpmeta",
        b"ICC_PROFILE",
        b"iCCP",
        b"GPS",
    ]
    return not [needle for needle in needles if needle in data]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_nothing_of_a_pictures_metadata_survives(clean, kind):
    options = {
        "exif": exif(),
        "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    if kind in {"JPEG", "WEBP"}:
        options["xmp"] = XMP
    if kind == "JPEG":
        options["comment"] = CANARY.encode()
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("Author", CANARY)
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    data = saved(Image.linear_gradient("L").convert("RGB"), kind, **options) + CANARY.encode()
    assert CANARY.encode() in data
    media_type = f"image/{kind.lower()}"
    cleaned = clean(data, media_type)
    assert clean_of_canaries(cleaned)
    assert [page.kind for page in cleaned.pages] == ["image"]
    with Image.open(cleaned.pages[0].path) as image:
        assert image.size == (256, 256) == (cleaned.pages[0].width, cleaned.pages[0].height)


def test_nothing_of_a_pdfs_metadata_survives(clean):
    cleaned = clean(pdf(extra=f"%{CANARY}\n".encode()), "application/pdf")
    assert clean_of_canaries(cleaned)
    [page] = cleaned.pages
    assert (page.kind, page.media_type) == ("page", "image/webp")
    assert abs(page.width - 595 * 110 / 72) < 2
    with Image.open(page.path) as image:
        assert min(image.convert("L").getextrema()) < 60  # the text was drawn


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_stand_upright(clean, orientation):
    upright = Image.new("RGB", (60, 40), "white")
    upright.paste("red", (0, 0, 30, 20))
    back = {5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE}
    back |= {8: Image.Transpose.ROTATE_270, 2: Image.Transpose.FLIP_LEFT_RIGHT}
    back |= {3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM}
    held = upright.transpose(back[orientation]) if orientation > 1 else upright
    cleaned = clean(saved(held, "JPEG", quality=95, exif=exif(orientation)), "image/jpeg")
    with Image.open(cleaned.pages[0].path) as image:
        assert image.size == (60, 40)
        red, green, _ = image.getpixel((10, 10))
        assert (red > 200, green < 60) == (True, True)
        assert min(image.getpixel((50, 30))) > 200


def test_large_pictures_get_smaller(clean):
    cleaned = clean(saved(Image.new("RGB", (5000, 2500), "teal"), "JPEG"), "image/jpeg")
    assert (cleaned.pages[0].width, cleaned.pages[0].height) == (2400, 1200)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png(clean, mode):
    cleaned = clean(saved(Image.new(mode, (40, 30)), "PNG"), "image/png")
    assert cleaned.pages[0].media_type == "image/png"
    with Image.open(cleaned.pages[0].path) as image:
        # what is transparent becomes white, what is black stays black
        assert image.getpixel((5, 5)) == ((255,) * 3 if mode in {"LA", "RGBA"} else (0,) * 3)


def test_print_colours_become_screen_colours(clean):
    cleaned = clean(saved(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG", quality=95), "image/jpeg")
    with Image.open(cleaned.pages[0].path) as image:
        assert image.mode == "RGB"
        assert image.getpixel((20, 15))[0] > 180


def test_of_an_animation_the_first_picture(clean):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    cleaned = clean(data, "image/gif")
    assert cleaned.note == "Only the first of 3 pictures in the file is shown."
    with Image.open(cleaned.pages[0].path) as image:
        assert image.convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_a_picture_that_unpacks_to_gigabytes_is_refused_at_once(clean):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 12_000, 12_000, 8, 6, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    answer = clean(bomb + chunk(b"IEND", b""), "image/png")
    assert isinstance(answer, NotCleanable)
    assert "100 million pixels" in answer.reason


@pytest.mark.parametrize(
    ("data", "media_type", "says"),
    [
        (b"\xff\xd8\xff\xe0 no picture", "image/jpeg", "damaged"),
        (saved(Image.effect_noise((300, 300), 80), "PNG")[:3000], "image/png", "damaged"),
        (saved(Image.effect_noise((300, 300), 80), "JPEG")[:3000], "image/jpeg", "damaged"),
        (b"%PDF-1.4\nno pdf", "application/pdf", "damaged"),
        (b"   \n ", "text/plain", "no readable text"),
        (b"\x00\x01\x02" * 50, "text/plain", "not text"),
        (b"PK\x03\x04", "application/zip", "No clean copy can be made"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic", "No clean copy can be made"),
    ],
)
def test_what_cannot_be_cleaned_says_why(clean, data, media_type, says):
    answer = clean(data, media_type)
    assert isinstance(answer, NotCleanable)
    assert says in answer.reason
    assert "Traceback" not in answer.reason


def test_a_pdf_with_a_password(clean):
    locked = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<01><01>]"
        % (os.urandom(32).hex().encode(), os.urandom(32).hex().encode())
    )  # fmt: skip
    answer = clean(pdf(trailer=locked), "application/pdf")
    assert isinstance(answer, NotCleanable)
    assert "password" in answer.reason


def test_a_pdf_of_a_thousand_pages_is_cut_and_says_so(clean):
    cleaned = clean(pdf(pages=1000), "application/pdf")
    assert len(cleaned.pages) == 60
    assert cleaned.note == "Only the first 60 of 1,000 pages are shown."
    names = [page.path.name for page in cleaned.pages]
    assert names == sorted(names)


def test_a_pdf_page_as_large_as_a_field_becomes_a_picture_of_bearable_size(clean):
    document = pypdfium2.PdfDocument.new()
    document.new_page(14_400, 7_200)
    document.new_page(1, 1)
    out = io.BytesIO()
    document.save(out)
    document.close()
    cleaned = clean(out.getvalue(), "application/pdf")
    assert (cleaned.pages[0].width, cleaned.pages[0].height) == (2400, 1200)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_in_any_encoding(clean, encoding):
    text = "Zeile eins: Größe “fünf”\r\nline two, with enough plain words\rthree\x07\x00"
    if encoding == "cp1252":
        text = text.replace("\x00", "")
    cleaned = clean(text.replace("\x00", "").encode(encoding), "text/csv")
    [page] = cleaned.pages
    assert (page.kind, page.media_type) == ("text", "text/plain")
    expected = "Zeile eins: Größe “fünf”\nline two, with enough plain words\nthree"
    assert page.path.read_bytes().decode() == expected
    assert ("Windows-1252" in cleaned.note) == (encoding == "cp1252")


def test_text_that_would_read_backwards_reads_as_it_is(clean):
    cleaned = clean("safe\u202etxt.exe\u2066".encode(), "text/plain")
    assert all_bytes(cleaned) == b"safetxt.exe"


def test_endless_text_is_cut_and_says_so(clean):
    cleaned = clean(("ä" * 500_000 + "\n").encode(), "text/plain")
    assert len(all_bytes(cleaned).decode()) == 400_000
    assert "first 400,000 characters" in cleaned.note


def test_what_runs_too_long_is_stopped_and_says_so(clean):
    impatient = SandboxConverter(Limits(cpu_seconds=5, wall_seconds=0))
    answer = clean(pdf(), "application/pdf", impatient)
    assert isinstance(answer, NotCleanable)
    assert "could not be converted" in answer.reason


@pytest.mark.parametrize(
    "page",
    [
        {"name": "../outside.png"},
        {"name": "link.png"},
        {"name": "missing.png"},
        {"media_type": "text/html"},
        {"media_type": "image/jpeg"},
        {"kind": "script"},
        {"width": -1},
        {"width": 10**9},
        {"width": "5"},
    ],
)
def test_the_childs_answer_is_not_believed(tmp_path, page):
    folder = tmp_path / "folder"
    folder.mkdir()
    good = saved(Image.new("RGB", (5, 5)), "PNG")
    (folder / "ok.png").write_bytes(good)
    (tmp_path / "outside.png").write_bytes(good)
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    fine = {"name": "ok.png", "media_type": "image/png", "kind": "image", "width": 5, "height": 5}
    assert isinstance(_checked({"pages": [fine], "note": ""}, folder), Cleaned)
    with pytest.raises((ValueError, OSError)):
        _checked({"pages": [{**fine, **page}], "note": ""}, folder)
