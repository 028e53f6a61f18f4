"""The child's side of the converters: one file in, clean copies in the working folder. Runs in the runner.

Request (JSON on stdin): `{"path", "media_type"}`. Answer (JSON on descriptor 3): `{"pages": [{"name",
"media_type", "kind", "width", "height"}], "note"}` or `{"reason"}`. Nothing of the original is copied:
pictures and pages are drawn anew from their pixels, text from its characters, so no metadata comes along.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from reviewhub.domain.media import in_words
from reviewhub.host.sandbox.convert_pdf import pdf_pages
from reviewhub.host.sandbox.convert_picture import picture
from reviewhub.host.sandbox.convert_text import plain_text
from reviewhub.host.sandbox.rendition import CannotConvert, Rendition

ANSWER = 3
PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"}
TEXTS = {"text/plain", "text/csv", "text/markdown"}


def convert(path: Path, media_type: str, folder: Path) -> Mapping[str, object]:
    """Make the clean copies of `path` in `folder`; the answer as it goes over the descriptor."""
    try:
        rendition = _convert(path, media_type, folder)
    except CannotConvert as why:
        return {"reason": str(why)}
    except MemoryError:
        return {"reason": "It needs more memory to open than is allowed."}
    pages = [
        {
            "name": page.name,
            "media_type": page.media_type,
            "kind": page.kind,
            "width": page.width,
            "height": page.height,
        }
        for page in rendition.pages
    ]
    return {"pages": pages, "note": rendition.note}


def _convert(path: Path, media_type: str, folder: Path) -> Rendition:
    if media_type in PICTURES:
        return picture(path, folder)
    if media_type == "application/pdf":
        return pdf_pages(path, folder)
    if media_type in TEXTS:
        return plain_text(path, folder)
    raise CannotConvert(f"No clean copy can be made of {in_words(media_type)} yet.")


def main() -> None:
    """Read the request, answer, end."""
    request = json.loads(sys.stdin.buffer.read())
    answer = convert(Path(request["path"]), request["media_type"], Path.cwd())
    with os.fdopen(ANSWER, "wb") as out:
        out.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
