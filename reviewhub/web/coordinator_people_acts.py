"""What a coordinator does about people: invite, qualify, revoke, end a conflict or a role."""

from collections.abc import Callable

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from reviewhub.domain.access import Role
from reviewhub.domain.errors import Invalid, NotFound, Problem, Refused, Stale
from reviewhub.queries.coordinator_people import own_issuers
from reviewhub.queries.coordinator_person import OpenReview, PersonPage, person_page
from reviewhub.services.end_membership import end_membership
from reviewhub.services.grant_qualification import grant, revoke
from reviewhub.services.hand_over import hand_over_for
from reviewhub.services.invite import invite
from reviewhub.services.record_conflict import end_conflict
from reviewhub.services.set_away import set_away
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.assessor_exits import day_typed
from reviewhub.web.coordinator_acts import problems_of
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.forms import typed
from reviewhub.web.render import respond, see_other

bp = Blueprint("people_acts", __name__)

ROLES = (Role.ASSESSOR, Role.LEAD, Role.COORDINATOR)
_REASON = 4_000
_ID = 40


@bp.get("/people/invite", endpoint="invite")
@coordinators_only
def invite_page() -> ResponseReturnValue:
    """Offer a role by link."""
    return _show_invite()


@bp.post("/people/invite")
@coordinators_only
def invite_now() -> ResponseReturnValue:
    """Send the invitation."""
    email = typed("email", 300)
    try:
        invite(kit(), actor(), _issuer(), email, typed("role", _ID))
    except (Invalid, Refused, Stale) as no:
        return _show_invite(*problems_of(no))
    flash(_("An invitation is on its way to %(email)s. Its link works for two weeks.", email=email))
    return see_other(url_for("coordinator.people"))


@bp.get("/people/<public_id>/qualify")
@coordinators_only
def qualify(public_id: str) -> ResponseReturnValue:
    """For what, on which standard, until when."""
    return _show_qualify(_person(public_id))


@bp.post("/people/<public_id>/qualify")
@coordinators_only
def qualify_now(public_id: str) -> ResponseReturnValue:
    """Grant it."""
    page = _person(public_id)
    micro = typed("micro_credential", _ID)
    try:
        if not micro:
            raise Invalid(Problem("micro_credential", _("Choose a micro-credential.")))
        grant(kit(), actor(), public_id, micro, typed("standard", 2_000), day_typed("until"))
    except (Invalid, Refused, Stale) as no:
        return _show_qualify(page, *problems_of(no))
    flash(_("%(name)s is qualified. What waited for it is given out now.", name=page.name))
    return _to(public_id)


@bp.route("/people/<public_id>/qualifications/<micro>/revoke", methods=["GET", "POST"])
@coordinators_only
def revoke_now(public_id: str, micro: str) -> ResponseReturnValue:
    """Take a qualification back."""
    page = _person(public_id)
    name = next((q.name for q in page.qualifications if q.micro_credential == micro), None)
    if name is None:
        raise NotFound
    return _with_reason(
        page,
        _("Revoke the qualification"),
        _("%(who)s is no longer asked to score “%(name)s”. Open reviews go on.", who=page.name, name=name),
        lambda reason: revoke(kit(), actor(), public_id, micro, reason),
    )


@bp.route("/people/<public_id>/conflicts/<learner>/end", methods=["GET", "POST"])
@coordinators_only
def end_conflict_now(public_id: str, learner: str) -> ResponseReturnValue:
    """Let them score the learner again."""
    page = _person(public_id)
    name = next((c.learner for c in page.conflicts if c.learner_id == learner), None)
    if name is None:
        raise NotFound
    return _with_reason(
        page,
        _("End the conflict"),
        _("%(who)s may be asked to score %(name)s again.", who=page.name, name=name),
        lambda reason: end_conflict(kit(), actor(), public_id, learner, reason),
    )


@bp.route("/people/<public_id>/roles/<slug>/<role>/end", methods=["GET", "POST"])
@coordinators_only
def end_role(public_id: str, slug: str, role: str) -> ResponseReturnValue:
    """End a role."""
    page = _person(public_id)
    held = next((r for r in page.roles if (r.slug, r.role) == (slug, role)), None)
    if held is None:
        raise NotFound
    return _with_reason(
        page,
        _("End the role"),
        _(
            "%(who)s is no longer %(role)s at %(issuer)s. What they have not submitted is given to others; "
            "what they submitted stands.",
            who=page.name, role=coordinator_words.ROLES[role], issuer=held.issuer,
        ),
        lambda reason: _end_role(slug, public_id, role, reason),
        page.handed_over(slug, role),
    )  # fmt: skip


@bp.route("/people/<public_id>/away", methods=["GET", "POST"])
@coordinators_only
def away(public_id: str) -> ResponseReturnValue:
    """Until when somebody is away."""
    page = _person(public_id)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            until = day_typed("until")
            set_away(kit(), actor(), until, public_id)
        except Invalid as no:
            problems = no.problems
        else:
            flash(_("Noted. Until then nothing new comes to them.") if until else _("Noted: they are here."))
            return _to(public_id)
    stored = page.away_until.isoformat() if page.away_until else ""
    return respond(
        "coordinator/away.html", status=422 if problems else 200, page=page, problems=problems,
        until=typed("until", _ID) if problems else stored,
    )  # fmt: skip


@bp.route("/people/<public_id>/hand-over", methods=["GET", "POST"])
@coordinators_only
def hand_over(public_id: str) -> ResponseReturnValue:
    """Give to others what somebody has not begun."""
    page = _person(public_id)
    return _with_reason(
        page,
        _("Hand over what is not begun"),
        _("%(who)s is told that these are theirs no more. What they have begun stays theirs.", who=page.name),
        lambda reason: _hand_over(public_id, reason),
        tuple(one for one in page.reviews if one.state == "offered"),
    )


def _hand_over(public_id: str, reason: str) -> None:
    given = hand_over_for(kit(), actor(), public_id, reason)
    flash(ngettext("%(num)d review is given to others.", "%(num)d reviews are given to others.", given))


def _end_role(slug: str, public_id: str, role: str, reason: str) -> None:
    emptied = end_membership(kit(), actor(), slug, public_id, role, reason)
    if emptied:
        flash(ngettext("%(num)d seat is given to others.", "%(num)d seats are given to others.", emptied))


def _with_reason(
    page: PersonPage,
    title: str,
    text: str,
    do: Callable[[str], None],
    handed: tuple[OpenReview, ...] = (),
) -> ResponseReturnValue:
    """GET asks for the reason and lists the reviews that others get, POST does it."""
    problems: tuple[Problem, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            do(typed("reason", _REASON))
        except (Invalid, Refused, Stale) as no:
            problems, status = problems_of(no)
        else:
            flash(_("Done: %(act)s.", act=title))
            return _to(page.public_id)
    return respond(
        "coordinator/reason.html", status=status, page=page, title=title, text=text, problems=problems,
        typed=request.form, handed=handed, words=coordinator_words,
    )  # fmt: skip


def _to(public_id: str) -> ResponseReturnValue:
    return see_other(url_for("coordinator.person", public_id=public_id))


def _person(public_id: str) -> PersonPage:
    with kit().read() as session:
        return person_page(session, actor(), public_id, kit().clock.now())


def _issuer() -> int:
    """The issuer that the form names, or the only one."""
    with kit().read() as session:
        known = own_issuers(session, actor())
    slug = typed("issuer", 100)
    chosen = [key for key, own, _name in known if own == slug or (not slug and len(known) == 1)]
    if not chosen:
        raise Invalid(Problem("issuer", _("Choose an issuer from the list."), slug))
    return chosen[0]


def _show_invite(problems: tuple[Problem, ...] = (), status: int = 200) -> ResponseReturnValue:
    with kit().read() as session:
        issuers = own_issuers(session, actor())
    return respond(
        "coordinator/invite.html", status=status, issuers=issuers, roles=ROLES, problems=problems,
        typed=request.form, words=coordinator_words,
    )  # fmt: skip


def _show_qualify(
    page: PersonPage, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    chosen = request.form if request.method == "POST" else request.args
    return respond("coordinator/qualify.html", status=status, page=page, problems=problems, typed=chosen)
