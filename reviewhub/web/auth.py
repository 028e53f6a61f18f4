"""Accounts: registering, signing in and out, passwords, invitations, one's own sessions."""

from zoneinfo import available_timezones

from flask import Blueprint, flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reviewhub.domain.errors import Invalid, Problem, Refused
from reviewhub.queries.accounts import offer_of, own_roles, own_sessions
from reviewhub.services.accept_invitation import accept_invitation, accept_with_new_account, open_invitation
from reviewhub.services.ask_for_link import ask_for_link, renew_link
from reviewhub.services.change_account import change_account, change_password
from reviewhub.services.choose_password import choose_password
from reviewhub.services.end_session import end_other_sessions, end_session
from reviewhub.services.end_session import sign_out as end_this_session
from reviewhub.services.register import register as ask_for_account
from reviewhub.services.sign_in import sign_in as check_and_open
from reviewhub.services.tokens import open_token
from reviewhub.web import actor, kit, limits
from reviewhub.web.device import device
from reviewhub.web.forms import safe_next, typed
from reviewhub.web.limits import limiter, typed_address
from reviewhub.web.nav import home
from reviewhub.web.render import respond, see_other
from reviewhub.web.session import forget, remember, signed_in

bp = Blueprint("auth", __name__)


@bp.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on."""
    goal = safe_next(request.args.get("next"), "")
    if actor().signed_in:
        return see_other(goal or home())
    return respond("auth/sign_in.html", typed={}, problems=(), goal=goal)


@bp.post("/sign-in")
@limiter.limit(limits.SIGN_IN)
@limiter.limit(limits.SIGN_IN_ADDRESS, key_func=typed_address)
def sign_in_now() -> ResponseReturnValue:
    """Open a session and go where the person wanted to be."""
    goal = safe_next(request.form.get("next"), "")
    try:
        secret = check_and_open(kit(), typed("email"), request.form.get("password", ""), device(request))
    except Refused as wrong:
        problems = (Problem("password", wrong.message),)
        return respond("auth/sign_in.html", status=422, typed=request.form, problems=problems, goal=goal)
    # Without a wish, the start: it sends everybody on to what they do most.
    return remember(see_other(goal or url_for("auth.home_page")), secret)


@bp.get("/home")
@signed_in
def home_page() -> ResponseReturnValue:
    """To what the person does most."""
    return see_other(home())


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session; also fine for somebody whose session has ended already."""
    if g.session_id is not None:
        end_this_session(kit(), g.session_id)
    response = forget(see_other("/"))
    flash(_("You are signed out."))
    return response


@bp.get("/register")
def register() -> ResponseReturnValue:
    """The form for a new account."""
    return respond("auth/register.html", typed={}, problems=())


@bp.post("/register")
@limiter.limit(limits.LETTERS)
@limiter.limit(limits.LETTERS_ADDRESS, key_func=typed_address)
def register_now() -> ResponseReturnValue:
    """Send the letter; the page that follows says the same for every address."""
    try:
        ask_for_account(kit(), typed("name"), typed("email"))
    except Invalid as wrong:
        return respond("auth/register.html", status=422, typed=request.form, problems=wrong.problems)
    return see_other(url_for("auth.letter_sent"))


@bp.get("/letter-sent")
def letter_sent() -> ResponseReturnValue:
    """What to do now, and what if nothing arrives."""
    return respond("auth/letter_sent.html")


@bp.get("/forgotten-password")
def forgotten() -> ResponseReturnValue:
    """The form that asks for a link."""
    return respond("auth/forgotten.html", typed={}, problems=())


@bp.post("/forgotten-password")
@limiter.limit(limits.LETTERS)
@limiter.limit(limits.LETTERS_ADDRESS, key_func=typed_address)
def forgotten_now() -> ResponseReturnValue:
    """Send the link if the address is known; the answer is the same."""
    try:
        ask_for_link(kit(), typed("email"))
    except Invalid as wrong:
        return respond("auth/forgotten.html", status=422, typed=request.form, problems=wrong.problems)
    return see_other(url_for("auth.letter_sent"))


@bp.get("/choose-password/<secret>")
@limiter.limit(limits.SECRETS)
def choose(secret: str) -> ResponseReturnValue:
    """The form behind a link from a letter. Looking uses nothing up: mail programs look as well."""
    return _choose_page(secret, ())


@bp.post("/choose-password/<secret>")
@limiter.limit(limits.SECRETS)
def choose_now(secret: str) -> ResponseReturnValue:
    """Use the link: the address is confirmed, the password set, the person signed in."""
    try:
        session = choose_password(kit(), secret, request.form.get("password", ""), device(request))
    except Invalid as wrong:
        return _choose_page(secret, wrong.problems, status=422)
    except Refused as wrong:
        return respond("auth/link_over.html", status=409, secret=secret, text=wrong.message)
    response = remember(see_other(url_for("auth.home_page")), session)
    flash(_("Your password is set and you are signed in."), "met")
    return response


def _choose_page(secret: str, problems: tuple[Problem, ...], status: int = 200) -> ResponseReturnValue:
    try:
        with kit().read() as session:
            row, person = open_token(session, secret, kit().clock.now())
    except Refused as wrong:
        return respond("auth/link_over.html", status=409, secret=secret, text=wrong.message)
    return respond(
        "auth/choose_password.html",
        status=status,
        secret=secret,
        purpose=row.purpose,
        email=person.email,
        problems=problems,
    )


@bp.post("/choose-password/<secret>/again")
@limiter.limit(limits.LETTERS)
def choose_again(secret: str) -> ResponseReturnValue:
    """A fresh link to the same address."""
    renew_link(kit(), secret)
    return see_other(url_for("auth.letter_sent"))


@bp.get("/invitation/<secret>")
@limiter.limit(limits.SECRETS)
def invitation(secret: str) -> ResponseReturnValue:
    """What is offered, and the way to accept that fits who is there."""
    return _invitation_page(secret)


@bp.post("/invitation/<secret>")
@limiter.limit(limits.SECRETS)
def invitation_now(secret: str) -> ResponseReturnValue:
    """Accept, as the signed-in person or with a new account."""
    session = ""
    try:
        if actor().signed_in:
            accept_invitation(kit(), actor(), secret)
        else:
            session = accept_with_new_account(
                kit(), secret, typed("name"), request.form.get("password", ""), device(request)
            )
    except Invalid as wrong:
        return _invitation_page(secret, wrong.problems, status=422)
    except Refused:
        return _invitation_page(secret, status=409)
    response = see_other(url_for("auth.home_page"))
    if session:
        remember(response, session)
    flash(_("Welcome. Your new role is open to you."), "met")
    return response


def _invitation_page(
    secret: str, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    try:
        with kit().read() as session:
            offer = offer_of(session, open_invitation(session, secret, kit().clock.now()))
    except Refused as over:
        return respond("auth/invitation_over.html", status=409, text=over.message)
    return respond(
        "auth/invitation.html",
        status=status,
        secret=secret,
        offer=offer,
        typed=request.form,
        problems=problems,
    )


@bp.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Name, zone, password, roles, and where one is signed in."""
    return _account_page({"name": actor().name, "zone": actor().zone})


@bp.post("/account")
@signed_in
def account_now() -> ResponseReturnValue:
    """Save name and zone."""
    try:
        change_account(kit(), actor(), typed("name"), typed("zone"))
    except Invalid as wrong:
        return _account_page(request.form, wrong.problems, status=422)
    flash(_("Saved."), "met")
    return see_other(url_for("auth.account"))


@bp.post("/account/password")
@signed_in
@limiter.limit(limits.SIGN_IN)
def password_now() -> ResponseReturnValue:
    """Set a new password; other devices are signed out."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        change_password(kit(), actor(), old, new, g.session_id)
    except Invalid as wrong:
        return _account_page({"name": actor().name, "zone": actor().zone}, wrong.problems, status=422)
    flash(_("Your password is changed, and other devices are signed out."), "met")
    return see_other(url_for("auth.account"))


@bp.post("/account/sessions/<public_id>/end")
@signed_in
def session_end(public_id: str) -> ResponseReturnValue:
    """Sign one device out."""
    ended = end_session(kit(), actor(), public_id)
    response = forget(see_other("/")) if ended == g.session_id else see_other(url_for("auth.account"))
    flash(_("That device is signed out."))
    return response


@bp.post("/account/sessions/end-others")
@signed_in
def sessions_end() -> ResponseReturnValue:
    """Sign all other devices out."""
    end_other_sessions(kit(), actor(), g.session_id)
    flash(_("All other devices are signed out."))
    return see_other(url_for("auth.account"))


def _account_page(
    values: object, problems: tuple[Problem, ...] = (), status: int = 200
) -> ResponseReturnValue:
    with kit().read() as session:
        sessions = own_sessions(session, actor(), g.session_id, kit().clock.now())
        roles = own_roles(session, actor())
    return respond(
        "auth/account.html",
        status=status,
        typed=values,
        problems=problems,
        sessions=sessions,
        roles=roles,
        zones=sorted(available_timezones()),
    )
