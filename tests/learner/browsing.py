"""Using the evidence form as a browser without scripts does: everything on the page is posted, always."""

import io
import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from reviewhub.models import Session
from reviewhub.services.ids import fingerprint, public_id, token


def sign_in(client, kit, person, days=1):
    secret, now = token(), kit.clock.now()
    with kit.write() as tx:
        tx.session.add(
            Session(
                public_id=public_id(),
                token_hash=fingerprint(secret),
                person_id=person.id,
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(days=days),
            )
        )
    client.set_cookie("rh_session", secret, domain="localhost")
    return client


class _Form(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.fields, self.area = form_id, False, {}, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == self.form_id
        mine = self.inside or attrs.get("form") == self.form_id
        if not mine or not attrs.get("name"):
            return
        if tag == "textarea":
            self.area, self.fields[attrs["name"]] = attrs["name"], ""
        elif tag == "input" and attrs.get("type") not in {"file", "checkbox"}:
            self.fields[attrs["name"]] = attrs.get("value", "")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"
        if tag == "textarea" and self.area:
            # As browsers do: the first line break belongs to the markup.
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data


def fields(page, form_id="evidence"):
    form = _Form(form_id)
    form.feed(page.get_data(as_text=True))
    return form.fields


def token_of(page):
    return unescape(re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True)).group(1))


def file(data, name):
    return FileStorage(io.BytesIO(data), name)


def _posted(data):
    for value in data.values():
        if isinstance(value, FileStorage):
            value.stream.seek(0)
    return data


ALL = {"attested-own": "yes", "attested-share": "yes", "attested-people": "yes"}


class EvidenceForm:
    """The open evidence page of one submission, in one browser window."""

    def __init__(self, client, submission):
        self.client, self.url = client, f"/work/{submission}/evidence"
        self.open()

    def open(self):
        self.page = self.client.get(self.url)
        self.fields = fields(self.page)
        return self

    def post(self, do="save", to=None, **typed):
        """Press a button with these fields filled; the others go as the page showed them."""
        data = {**self.fields, "do": do, **{k.replace("__", "."): v for k, v in typed.items()}}
        # Encoded here: the client's own way leaves a temporary file open behind a large form.
        boundary, body = encode_multipart(_posted(data))
        kind = f'multipart/form-data; boundary="{boundary}"'
        reply = self.client.post(to or self.url, data=body, content_type=kind)
        if reply.status_code < 300 or reply.status_code >= 400:
            self.fields = fields(reply) or self.fields
        return reply

    def submit(self, **typed):
        return self.post(to=self.url.replace("/evidence", "/submit"), **{**ALL, **typed})
