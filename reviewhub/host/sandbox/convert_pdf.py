"""PDF pages as pictures: scripts, forms, attachments, links and document information stay behind."""

from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from reviewhub.host.sandbox.rendition import CannotConvert, Page, Rendition

MOST_PAGES = 60
_DOTS_PER_INCH = 110
_POINTS_PER_INCH = 72
_LONGEST = 2400
_QUALITY = 85


def pdf_pages(path: Path, folder: Path) -> Rendition:
    """The first 60 pages at about 110 dots per inch, 2400 pixels at most, as WebP."""
    document = _open(path)
    try:
        count = len(document)
        if count == 0:
            raise CannotConvert("The PDF has no pages.")
        document.init_forms()  # so that what was typed into a form is drawn too
        pages = tuple(_draw(document, index, folder) for index in range(min(count, MOST_PAGES)))
    except pypdfium2.PdfiumError:
        raise CannotConvert("The PDF is damaged: a page cannot be drawn. Export it again.") from None
    finally:
        document.close()
    left_out = f"Only the first {MOST_PAGES} of {count:,} pages are shown." if count > MOST_PAGES else ""
    return Rendition(pages, left_out)


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise CannotConvert(
                "The PDF is protected by a password. Export it without one and send it again."
            ) from None
        raise CannotConvert("The PDF is damaged and cannot be opened. Export it again.") from None


def _draw(document: pypdfium2.PdfDocument, index: int, folder: Path) -> Page:
    page = document[index]
    longest = max(*page.get_size(), 1.0)
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, _LONGEST / longest)
    image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    page.close()
    image.info.clear()
    target = folder / f"page-{index + 1:03}.webp"
    image.save(target, "WEBP", quality=_QUALITY, method=2)
    return Page(target.name, "image/webp", "page", image.width, image.height)
