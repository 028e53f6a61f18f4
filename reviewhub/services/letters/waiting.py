"""Letters about what waits: to leads that feedback is ready, to coordinators what has waited too long.

No names, no aliases: what it is stands behind the link.
"""

from collections.abc import Mapping
from datetime import date
from gettext import gettext as _
from gettext import ngettext

from reviewhub.models import Issuer, Person
from reviewhub.services.letters.assessor import Words
from reviewhub.settings import Settings


def feedback_ready(settings: Settings, lead: Person, name: str, promised: date | None) -> Words:
    """To a lead: the scores of something are in, and its feedback wants to be read."""
    text = _("the scores of a submission for {name} are in. Its feedback is to be read and released.")
    body = _("Hello {lead},").format(lead=lead.name) + "\n\n" + text.format(name=name)
    if promised is not None:
        day = f"{promised:%A} {promised.day} {promised:%B}"
        body += " " + _("The learner was promised it for {day}.").format(day=day)
    body += "\n\n" + _("The most urgent stands first:") + f"\n\n{settings.public_url}/feedback\n"
    return "feedback_ready", _("Feedback to confirm: {name}").format(name=name), body


def what_waits(settings: Settings, issuer: Issuer, coordinator: Person, counts: Mapping[str, int]) -> Words:
    """To a coordinator, once a day at most: how much waits, by the groups of their page."""
    lines = [
        f"- {_line(group, count)}\n  {settings.public_url}/coordinate#g-{group}"
        for group, count in counts.items()
    ]
    body = _(
        "Hello {name},\n\n"
        "this has waited at {issuer} for longer than it should:\n\n{lines}\n\n"
        "Each stands there with what would help.\n"
    ).format(name=coordinator.name, issuer=issuer.name, lines="\n".join(lines))
    return "what_waits", _("What waits at {issuer}").format(issuer=issuer.name), body


def _line(group: str, count: int) -> str:
    text = {
        "overdue": ngettext("{n} review is past its day", "{n} reviews are past their day", count),
        "more_time": ngettext("{n} assessor asks for more time", "{n} assessors ask for more time", count),
        "concerns": ngettext(
            "{n} concern of an assessor is open", "{n} concerns of assessors are open", count
        ),
        "holds": ngettext("{n} hold waits for a decision", "{n} holds wait for a decision", count),
        "nobody": ngettext("nobody scores {n} submission yet", "nobody scores {n} submissions yet", count),
        "confirm": ngettext(
            "{n} feedback waits for a lead, and its promised day is near or past",
            "{n} feedbacks wait for a lead, and their promised days are near or past",
            count,
        ),
    }
    return text[group].format(n=count)
