"""Using pages as a browser without scripts does: read a page, fill its form, follow where it leads."""

import re
from html.parser import HTMLParser

from sqlmodel import select

from reviewhub.models import LetterRow
from reviewhub.services.sign_in import sign_in as open_session

PASSWORD = "seven green boats"


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": {}})
        if tag == "input" and self.forms and attrs.get("name"):
            chosen = attrs.get("type") not in {"radio", "checkbox"} or "checked" in attrs
            if chosen:
                self.forms[-1]["fields"][attrs["name"]] = attrs.get("value", "")


def forms_of(response):
    parser = _Forms()
    parser.feed(response.get_data(as_text=True))
    return parser.forms


def submit(client, page, action, headers=None, **typed):
    """Open `page`, fill the form whose action ends with `action`, post it."""
    form = next(f for f in forms_of(client.get(page)) if f["action"].endswith(action))
    return client.post(form["action"] or page, data={**form["fields"], **typed}, headers=headers)


def become(client, kit, person):
    """Sign a person in without the form; the person needs PASSWORD."""
    secret = open_session(kit, person.email, PASSWORD, "a test")
    client.set_cookie("rh_session", secret, domain="localhost")
    return secret


def letters(kit, to=None):
    with kit.read() as session:
        rows = session.exec(select(LetterRow).order_by(LetterRow.id)).all()
    return [row for row in rows if to is None or row.to == to]


def link_in(letter):
    """The path of the first link of a letter."""
    return re.search(r"https?://[^/\s]+(/\S+)", letter.body).group(1)


def without_tokens(response):
    """The page without form tokens: what is drawn by chance may hold any short word."""
    page = response.get_data(as_text=True)
    return re.sub(r'(name="csrf[-_]token" (?:content|value)=)"[^"]*"', r'\1""', page)
