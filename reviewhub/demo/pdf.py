"""A small PDF writer for the demo's documents: headings, paragraphs, lists, tables and bars on A4."""

from collections.abc import Iterable, Sequence

_WIDTH, _HEIGHT = 595, 842
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 523, 770, 80
_INK, _SOFT, _GREEN = "0.13 0.15 0.18", "0.42 0.45 0.48", "0.09 0.36 0.36"
_LINE, _SHADE = "0.85 0.86 0.85", "0.95 0.95 0.93"
_REGULAR, _BOLD = "F1", "F2"

# Advance widths of Helvetica in thousandths of the size, space to tilde, from its font metrics.
_WIDTHS = {
    _REGULAR: """278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556
        556 556 556 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833
        722 778 667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556
        556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500 500 334
        260 334 584""",
    _BOLD: """278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556
        556 556 556 333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833
        722 778 667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611
        556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556 500 389
        280 389 584""",
}
_ADVANCE = {
    font: {chr(32 + at): int(width) for at, width in enumerate(widths.split())}
    | {"’": 222, "–": 556, "…": 1000}
    for font, widths in _WIDTHS.items()
}


class Document:
    """Write from top to bottom; a new page begins by itself. `bytes(document)` is the file."""

    def __init__(self, title: str, author: str) -> None:
        self._title, self._author = title, author
        self._pages: list[list[str]] = []
        self._y = 0.0
        self.new_page()

    def new_page(self) -> None:
        """Begin the next page."""
        self._pages.append([])
        self._y = _TOP

    def title(self, text: str, below: str) -> None:
        """The document's name, and a line below it."""
        for line in _wrapped(text, _BOLD, 27, _RIGHT - _LEFT):
            self._text(line, _LEFT, 27, _BOLD, _GREEN)
            self._y -= 34
        self._text(below, _LEFT, 12.5, _REGULAR, _SOFT)
        self._y -= 14
        self._box(_LEFT, self._y, _RIGHT - _LEFT, 1.2, _GREEN)
        self._y -= 26

    def heading(self, text: str) -> None:
        """A section's heading; never the last thing on a page."""
        self._room(80)
        self._y -= 12
        self._text(text, _LEFT, 18, _BOLD, _INK)
        self._y -= 29

    def paragraph(self, text: str) -> None:
        """Running text."""
        self._lines(text, _LEFT)
        self._y -= 10

    def points(self, texts: Iterable[str]) -> None:
        """A list with dots."""
        for text in texts:
            self._room(18)
            self._box(_LEFT + 3, self._y + 3.5, 4, 4, _GREEN)
            self._lines(text, _LEFT + 16)
            self._y -= 3
        self._y -= 7

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table whose first row is its head; widths in points."""
        for at, row in enumerate(rows):
            font = _BOLD if at == 0 else _REGULAR
            cells = [_wrapped(cell, font, 11.5, width - 12) for cell, width in zip(row, widths, strict=True)]
            height = 15 * max(len(lines) for lines in cells) + 12
            self._room(height + 10)
            top = self._y + 12
            if at == 0:
                self._box(_LEFT, top - height, sum(widths), height, _SHADE)
            left = _LEFT
            for lines, width in zip(cells, widths, strict=True):
                for down, line in enumerate(lines):
                    self._text(line, left + 6, 11.5, font, _INK, y=top - 18 - 15 * down)
                left += width
            self._box(_LEFT, top - height, sum(widths), 0.7, _LINE)
            self._y -= height
        self._y -= 14

    def bars(self, values: Sequence[tuple[str, int]]) -> None:
        """A bar for each value, with its name and number."""
        most = max(value for _, value in values)
        for name, value in values:
            self._room(32)
            self._text(name, _LEFT, 11.5, _REGULAR, _INK)
            self._box(_LEFT + 175, self._y - 5, 230 * value / most, 18, _GREEN)
            self._text(f"{value:,}", _LEFT + 183 + 230 * value / most, 11.5, _BOLD, _INK)
            self._y -= 29
        self._y -= 10

    def __bytes__(self) -> bytes:
        count = len(self._pages)
        kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(count))
        objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
            f"<< /Title ({_escaped(self._title)}) /Author ({_escaped(self._author)}) /Producer (Demo) >>",
        ]
        for at, operators in enumerate(self._pages):
            number = f"{at + 1} / {count}"
            foot = f"BT /F1 9 Tf {_SOFT} rg {_RIGHT - 22} 44 Td ({number}) Tj ET"
            name = f"BT /F1 9 Tf {_SOFT} rg {_LEFT} 44 Td ({_escaped(self._title)}) Tj ET"
            stream = "\n".join([*operators, foot, name])
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents {7 + 2 * at} 0 R "
                "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            )
            objects.append(f"<< /Length {len(_encoded(stream))} >>\nstream\n{stream}\nendstream")
        return _assembled(objects)

    def _room(self, wanted: float) -> None:
        if self._y - wanted < _BOTTOM:
            self.new_page()

    def _lines(self, text: str, left: float) -> None:
        for line in _wrapped(text, _REGULAR, 13, _RIGHT - left):
            self._room(20)
            self._text(line, left, 13, _REGULAR, _INK)
            self._y -= 20.5

    def _text(
        self, text: str, left: float, size: float, font: str, colour: str, y: float | None = None
    ) -> None:
        at = self._y if y is None else y
        self._pages[-1].append(
            f"BT /{font} {size} Tf {colour} rg {left:.1f} {at:.1f} Td ({_escaped(text)}) Tj ET"
        )

    def _box(self, left: float, bottom: float, width: float, height: float, colour: str) -> None:
        self._pages[-1].append(f"{colour} rg {left:.1f} {bottom:.1f} {width:.1f} {height:.1f} re f")


def _wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines that are no wider than `width` points."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and sum(_ADVANCE[font].get(c, 556) for c in longer) * size / 1000 > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _encoded(text: str) -> bytes:
    return text.encode("cp1252", "replace")  # WinAnsi


def _assembled(objects: Sequence[str]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, _encoded(body))
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    root = b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>" % (len(objects) + 1)
    return bytes(out) + root + b"\nstartxref\n%d\n%%%%EOF\n" % start
