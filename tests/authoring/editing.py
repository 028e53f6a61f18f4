"""Changes to files of a plugin."""


def edit(path, *swaps):
    """Replace texts that must be there."""
    text = path.read_text()
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


def line_of(path, words):
    """The number of the first line that holds these words."""
    return next(n for n, line in enumerate(path.read_text().splitlines(), 1) if words in line)
