"""Who sees what, and when: the rule for everybody, and one attempt side by side for its coordinator."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from reviewhub.domain.blinding import SEES, Field, Viewer, When
from reviewhub.queries import who_sees as asked
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.render import respond

bp = Blueprint("who_sees", __name__)

VIEWERS = {
    Viewer.LEARNER: _l("Learner"),
    Viewer.ASSESSOR: _l("Assessor"),
    Viewer.ADJUDICATOR: _l("Adjudicator"),
    Viewer.LEAD: _l("Lead"),
    Viewer.COORDINATOR: _l("Coordinator"),
}
FIELDS = {
    Field.LEARNER_NAME: _l("The learner's name and address"),
    Field.ALIAS: _l("The alias that stands for the learner"),
    Field.FILE_NAME: _l("File names as uploaded"),
    Field.ORIGINAL: _l("The files as uploaded"),
    Field.CLEAN_COPY: _l("Clean copies of the files"),
    Field.EXACT_TIME: _l("When exactly something was sent"),
    Field.DUE_DAY: _l("The day by which it is due"),
    Field.ATTEMPT_NUMBER: _l("Which attempt it is"),
    Field.CHANGE_NOTE: _l("What the learner says changed"),
    Field.EARLIER_LEVELS: _l("What earlier attempts reached"),
    Field.OWN_SHEET: _l("One's own sheet"),
    Field.OTHER_SHEETS: _l("The other sheets"),
    Field.ASSESSOR_NAMES: _l("The assessors' names"),
    Field.RESOLUTION: _l("The result, criterion by criterion"),
    Field.FEEDBACK: _l("The feedback"),
}
WHENS = {
    When.ALWAYS: _l("always"),
    When.NEVER: _l("never"),
    When.AFTER_BLIND_SHEET: _l("after the own blind sheet"),
    When.AFTER_FINAL: _l("once the own sheet is final"),
    When.AFTER_DECISION: _l("after the decision"),
    When.AFTER_RELEASE: _l("after the release"),
    When.AFTER_GRANT: _l("while a coordinator's grant lasts"),
}


@bp.get("/who-sees-what")
def rule() -> ResponseReturnValue:
    """The table by which every page is made, for whoever wants to know."""
    return respond("public/who_sees.html", table=SEES, fields=FIELDS, viewers=VIEWERS, whens=WHENS, When=When)


@bp.get("/coordinate/submissions/<public_id>/who-sees-what")
@coordinators_only
def attempt(public_id: str) -> ResponseReturnValue:
    """The newest attempt, side by side."""
    with kit().read() as session:
        page = asked.who_sees(session, actor(), public_id, kit().clock.now())
    return respond(
        "coordinator/who_sees.html", page=page, column=_column, fields=FIELDS, whens=WHENS, When=When
    )


def _column(one: asked.Looker) -> tuple[str, str]:
    """(the role, whose)."""
    if one.seat:
        role = "adjudicator" if one.viewer is Viewer.ADJUDICATOR else "independent"
        return str(coordinator_words.seat(role, one.seat)), one.name
    return str(VIEWERS[one.viewer]), _("you") if one.viewer is Viewer.COORDINATOR else one.name
