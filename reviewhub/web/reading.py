"""Which language somebody reads rubrics in: what they chose here, else what their browser asks for."""

import re

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from reviewhub.domain.rubric import Rubric, When
from reviewhub.domain.translation import best_language, languages_of
from reviewhub.web import actor
from reviewhub.web.forms import safe_next, typed
from reviewhub.web.learner_words import own_name
from reviewhub.web.locale import lang
from reviewhub.web.render import see_other

bp = Blueprint("reading", __name__)
_COOKIE = "rh_language"
_YEAR = 31_536_000
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_MOST, _LONGEST = 10, 40


def install(app: Flask) -> None:
    """Give templates what they mark a rubric's texts with, and offer its languages by."""
    app.jinja_env.globals.update(
        only_where=only_where,
        spoken=spoken,
        text_language=text_language,
        languages_of=languages_of,
        own_name=own_name,
    )


def reads() -> tuple[str, ...]:
    """Language tags of this request's reader, best first."""
    asked = (request.cookies.get(_COOKIE, ""), *request.accept_languages.values())
    return tuple(tag for tag in asked if _TAG.fullmatch(tag))[:_MOST]


def text_language(rubric: Rubric) -> str:
    """In which of its languages this reader is shown the rubric."""
    return best_language(rubric, actor().reads)


def spoken(language: str) -> Markup:
    """The attribute for an element whose text is a rubric's: nothing where the page is in that language."""
    return Markup("") if language in ("", lang()) else Markup(' lang="{}"').format(language)


def only_where(rubric: Rubric, when: When) -> str:
    """A condition in words: for whom this is asked for or judged."""
    choice = rubric.requirement(when.requirement)
    names = [option.name for option in choice.options if option.id in when.chosen]
    return str(
        _("Only where you choose %(options)s under “%(name)s”.", options=" / ".join(names), name=choice.name)
    )


@bp.post("/language")
def choose() -> ResponseReturnValue:
    """Remember the language in this browser, and go back to the page."""
    response = see_other(safe_next(typed("next", 500), "/"))
    response.set_cookie(
        _COOKIE,
        typed("language", _LONGEST),
        max_age=_YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response
