"""Letters about asking to correct a sheet: alias, case and micro-credential, never why or who decided."""

from gettext import gettext as _

from reviewhub.models import Alias, Review
from reviewhub.services.letters.assessor import Words
from reviewhub.settings import Settings


def correction_granted(settings: Settings, review: Review, alias: Alias, name: str) -> Words:
    """To the assessor: they may hand in a sheet that takes the place of theirs."""
    return "correction_granted", _("You can correct your sheet: %(name)s") % {"name": name}, _body(
        _("A lead agrees that you correct your sheet on “%(alias)s” (case %(case)s), %(name)s.\n"
          "It is there as a form, as you gave it. The first one is kept beside the new one."),
        settings, review, alias, name,
    )  # fmt: skip


def correction_refused(settings: Settings, review: Review, alias: Alias, name: str) -> Words:
    """To the assessor: the sheet stays as it is. The lead's words stand behind the link alone."""
    return "correction_refused", _("Your sheet stays as it is: %(name)s") % {"name": name}, _body(
        _("You asked to correct your sheet on “%(alias)s” (case %(case)s), %(name)s.\n"
          "A lead has answered that it stays as it is, and says why."),
        settings, review, alias, name,
    )  # fmt: skip


def _body(text: str, settings: Settings, review: Review, alias: Alias, name: str) -> str:
    text += "\n\n" + _("Open it:") + "\n%(url)s"
    url = f"{settings.public_url}/reviews/{review.public_id}"
    return text % {"alias": alias.name, "case": alias.case_ref, "name": name, "url": url}
