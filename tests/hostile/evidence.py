"""Evidence that says in every hidden place whose it is."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

NAME = "Canarina Zebrowitz"
HIDDEN = ("canaryexif", "canaryxmp", "canarypng", "canarypdf", "canaryfile", "canaryweb", "canaryicc")
"""Marks that only files' metadata, names and addresses carry."""
ANSWER = "Because quokkasaying gardens should be found by families within walking distance."
"""A text answer: content, which assessors read and coordinators do not."""
LINK = "https://canaryweb.example/~canarina/garden"
NOTE = "I changed the plan, quokkachange, as I was asked to."


def _noise(size):
    return Image.effect_noise(size, 40).convert("RGB")


def photo():
    """A JPEG with EXIF (artist, place, device), XMP, a comment and a trailer behind its end."""
    exif = Image.Exif()
    exif[0x010E] = "canaryexif description"
    exif[0x013B] = "canaryexif " + NAME
    exif[0x8298] = "canaryexif copyright"
    exif[0x9003] = "2026:10:31 03:17:59"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    _noise((64, 48)).save(
        out,
        "JPEG",
        exif=exif,
        comment=b"canaryexif comment",
        xmp=b"<x>canaryxmp</x>",
        icc_profile=b"canaryicc",
    )
    return out.getvalue() + b"canaryexif trailer " + NAME.encode()


def capture():
    """A PNG with text chunks of three kinds."""
    info = PngInfo()
    info.add_text("Author", "canarypng " + NAME)
    info.add_text("Comment", "canarypng", zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x>canarypng</x>")
    out = io.BytesIO()
    _noise((40, 30)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def plan():
    """A PDF whose document information names its author, with more behind its end."""
    out = io.BytesIO()
    said = dict.fromkeys(
        ("title", "author", "subject", "keywords", "creator", "producer"), "canarypdf " + NAME
    )
    _noise((300, 400)).save(out, "PDF", save_all=True, append_images=[_noise((300, 400))], **said)
    return out.getvalue() + b"\n% canarypdf trailer\n"


def notes():
    """A text file: its words are shown, its name is not."""
    return b"We planted in March and watered in April."
