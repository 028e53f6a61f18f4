"""The links of the bar, by what the person is."""

from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _

from reviewhub.domain.access import Role
from reviewhub.web import actor


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link; current where the page is, or lies below it."""

    label: str
    url: str
    current: bool = False


def links() -> tuple[NavLink, ...]:
    """From what all see to the widest role. Staff reach their own learning by the account menu."""
    person = actor()
    wanted = [(_("Explore"), "public.explore")]
    if person.signed_in and not person.memberships:
        wanted.append((_("My work"), "learner.work"))
    # Whoever leads is asked to adjudicate, and finds that in the same queue.
    if person.holds(Role.ASSESSOR, Role.LEAD):
        wanted.append((_("Queue"), "assessor.queue"))
    if person.holds(Role.LEAD):
        wanted.append((_("Feedback"), "lead.desk"))
    if person.holds(Role.MANAGER):
        wanted.append((_("Manage"), "manager.home"))
    if person.holds(Role.COORDINATOR):
        wanted.append((_("Coordinate"), "coordinator.overview"))
    return _resolved(wanted)


def home() -> str:
    """The page that the person needs most: the last of their links, the widest of their roles."""
    own = links()
    return own[-1].url if own else "/"


def account_links() -> tuple[NavLink, ...]:
    """The account menu, without signing out, which is a POST."""
    wanted = [(_("Your account"), "auth.account")]
    if actor().memberships:
        wanted.insert(0, (_("My own work"), "learner.work"))
    return _resolved(wanted)


def _resolved(wanted: list[tuple[str, str]]) -> tuple[NavLink, ...]:
    here = (request.endpoint or "").partition(".")[0]
    return tuple(
        NavLink(label, url_for(endpoint), endpoint.partition(".")[0] == here)
        for label, endpoint in wanted
        if endpoint in current_app.view_functions
    )
