import io
import zipfile

import pytest
from PIL import Image

from reviewhub.adapters.sniff import sniff

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def picture(kind):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, kind)
    return out.getvalue()


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in members:
            archive.writestr(member, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_pictures_by_content_whatever_the_name(kind, media_type):
    assert sniff(picture(kind), "notes.txt") == media_type


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (b"", "x.pdf", "application/x-empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "x", "application/pdf"),
        (b"\n\n%PDF-1.4", "x.pdf", "application/pdf"),
        (b"<html><!-- %PDF-1.4 -->", "x.pdf", "text/html"),
        (b"hello", "x.txt", "text/plain"),
        (b"a,b\n1,2", "x.csv", "text/csv"),
        (b"# Title", "x.MD", "text/markdown"),
        (b"BMW is a brand, MZ another", "x.txt", "text/plain"),
        ("Größe, Straße".encode("cp1252"), "x.txt", "text/plain"),
        ("Größe".encode("utf-16"), "x.txt", "text/plain"),
        ("plain text in wide characters".encode("utf-16-le"), "x.txt", "text/plain"),
        (b"<!DOCTYPE html><p>", "x.txt", "text/html"),
        (b"\xef\xbb\xbf \n <!-- a --> <ScRiPt>", "x.txt", "text/html"),
        ("<html>".encode("utf-16"), "x.txt", "text/html"),
        (b'<?xml version="1.0"?><svg xmlns="">', "x.png", "image/svg+xml"),
        (b"We put <script> into the page's <head>.", "x.txt", "text/plain"),
        (b"<?php echo 1;", "x.txt", "text/html"),
        (b"#!/bin/sh\nrm", "x", "text/x-script"),
        (b"#!/bin/sh\nas seen in class", "x.txt", "text/plain"),
        (b"MZ\x90\x00\x03", "x.jpg", "application/x-executable"),
        (b"\x7fELF\x02", "x.jpg", "application/x-executable"),
        (b"PK\x05\x06" + bytes(18), "x.docx", "application/zip"),
        (zipped("a.txt"), "x.docx", "application/zip"),
        (zipped("[Content_Types].xml", "word/document.xml"), "x.zip", WORD),
        (zipped("[Content_Types].xml"), "x.docx", WORD),
        (b"\x00\x00\x00\x18ftypmp42", "x.jpg", "video/mp4"),
        (b"\x00\x00\x00\x18ftypqt  ", "x.mov", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypheic", "x.heic", "image/heic"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86webm", "x", "video/webm"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "x", "video/x-msvideo"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.doc", "application/x-ole-storage"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08" * 20, "x", "application/octet-stream"),
    ],
)
def test_by_content(head, name, media_type):
    assert sniff(head, name) == media_type


def test_an_opendocument_text_says_what_it_is():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "x")
    assert sniff(out.getvalue(), "x.odt") == "application/vnd.oasis.opendocument.text"
