"""A form with all its fields, as a browser without scripts would send it."""

from html.parser import HTMLParser


def _is_sent(attrs):
    """A file's input sends its file, which a test adds; a box only where it is ticked."""
    kind = attrs.get("type")
    return kind != "file" and (kind not in {"radio", "checkbox"} or "checked" in attrs)


class _Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self._area, self._select = [], None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name, value = attrs.get("name"), attrs.get("value", "")
        if tag == "form":
            self.forms.append((attrs.get("action", ""), {}))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and self._select and ("selected" in attrs or self._chosen is None):
            self._chosen = value
        elif tag == "input" and name and _is_sent(attrs):
            self._add(name, value)

    def handle_data(self, data):
        if self._area:
            self._text += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            self._add(self._area, self._text.removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select:
            self._add(self._select, self._chosen or "")
            self._select = None

    def _add(self, name, value):
        self.forms[-1][1].setdefault(name, []).append(value)


def form(client, page, action=""):
    """(address, fields) of the form that posts to an address ending so; else of the page's own."""
    response = client.get(page)
    assert response.status_code == 200, (page, response.status_code)
    parser = _Fields()
    parser.feed(response.get_data(as_text=True))
    wanted = action or page
    where, fields = next(one for one in parser.forms if (one[0] or page).endswith(wanted) and len(one[1]) > 1)
    return where or page, fields


def fill(client, page, action="", **typed):
    """Fill the form with what was typed ({name: text or texts}) and send it."""
    where, fields = form(client, page, action)
    return client.post(where, data={**fields, **typed}, content_type="multipart/form-data")
