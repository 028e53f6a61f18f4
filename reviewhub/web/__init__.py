"""The web: one blueprint a person, and what they share."""

from typing import cast

from flask import current_app, g

from reviewhub.domain.access import Actor
from reviewhub.services.kit import Kit

ANONYMOUS = Actor()


def kit() -> Kit:
    """The services' tools of the running application."""
    return cast("Kit", current_app.extensions["reviewhub"])


def actor() -> Actor:
    """Whoever makes this request; anonymous where nobody is signed in or the session could not be read."""
    return cast("Actor", g.get("actor", ANONYMOUS))
