"""An assessor's pages through plain requests, as a browser without scripts uses them."""

from tests.web.pages import forms_of


def text_of(response):
    return response.get_data(as_text=True)


def address(review, verb=""):
    return f"/reviews/{review.public_id}" + (f"/{verb}" if verb else "")


def post(client, review, verb, headers=None, **typed):
    """Fill the page's form and press the button that leads to `verb`."""
    page = client.get(address(review))
    form = next(f for f in forms_of(page) if f["action"].endswith("/submit"))
    typed = {name.replace("__", "-"): value for name, value in typed.items()}
    return client.post(address(review, verb), data={**form["fields"], **typed}, headers=headers)


def fields(levels):
    return {f"level__{cid}": level for cid, level in levels.items()}
