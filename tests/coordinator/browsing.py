"""How a browser without scripts uses a coordinator's pages."""

from reviewhub.models import Submission
from tests.web.pages import forms_of


def text(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.get_data(as_text=True)


def the_form(client, page):
    return next(f["fields"] for f in forms_of(client.get(page)) if f["action"] == "" and f["fields"])


def send(client, page, **typed):
    """Fill the form that posts to its own page, and send it."""
    return client.post(page, data={**the_form(client, page), **typed})


def at(case, rest=""):
    return f"/coordinate/submissions/{case.submission.public_id}{rest}"


def submission_state(kit, case):
    with kit.read() as session:
        return session.get_one(Submission, case.submission.id).state
