"""Language, direction and the ways in which moments and sizes are written."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from flask import Flask
from flask_babel import Babel, get_locale, ngettext
from flask_babel import gettext as _

from reviewhub.web import actor, kit

_KILO = 1000


def install(app: Flask) -> None:
    """Set up gettext (English for now) and the filters day, moment, since and size."""
    Babel(app, default_locale="en", locale_selector=lambda: "en", timezone_selector=lambda: actor().zone)
    app.jinja_env.filters.update(day=day, moment=moment, since=since, size=size)
    app.jinja_env.globals.update(lang=lang, direction=direction)


def _locale() -> Locale:
    return get_locale() or Locale("en")


def lang() -> str:
    """The page's language as a BCP 47 tag."""
    return str(_locale()).replace("_", "-")


def direction() -> str:
    """`ltr` or `rtl`, as the language is written."""
    return str(_locale().text_direction)


def zone() -> ZoneInfo:
    """The time zone of whoever looks; UTC where it is not known."""
    try:
        return ZoneInfo(actor().zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def day(value: date | datetime | None) -> str:
    """A day as "Thu 26 Nov"; with its year where that is not this one."""
    if value is None:
        return ""
    local = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return format_date(local, "EEE d MMM" + _year(local), locale=_locale())


def moment(value: datetime | None) -> str:
    """A moment as "9 Nov, 21:14" in the zone of whoever looks; with its year where that is not this one."""
    if value is None:
        return ""
    local = value.astimezone(zone())
    return format_datetime(local, f"d MMM{_year(local.date())}, HH:mm", tzinfo=zone(), locale=_locale())


def _year(value: date) -> str:
    return "" if value.year == kit().clock.now().astimezone(zone()).year else " y"


def since(value: datetime | None) -> str:
    """How long ago or how far ahead, roughly: "3 days"."""
    if value is None:
        return ""
    return format_timedelta(kit().clock.now() - value, locale=_locale(), threshold=1.5)


def size(value: int) -> str:
    """Bytes as people say them: "850 kB", "1.2 MB"."""
    if value < _KILO:
        return str(ngettext("%(num)d byte", "%(num)d bytes", value))
    if value < _KILO**2:
        return str(_("%(n)s kB", n=round(value / _KILO)))
    return str(_("%(n)s MB", n=f"{value / _KILO**2:.1f}"))
