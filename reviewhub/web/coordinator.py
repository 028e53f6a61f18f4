"""A coordinator's pages to read: what waits, submissions, one submission, people, one person."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.queries.coordinator import overview
from reviewhub.queries.coordinator_asked import asked, asked_of
from reviewhub.queries.coordinator_case import case_page
from reviewhub.queries.coordinator_list import SHOWS, find_case, submissions
from reviewhub.queries.coordinator_people import people
from reviewhub.queries.coordinator_person import person_page
from reviewhub.queries.coordinator_record import record
from reviewhub.queries.coordinator_rescore import scored_again
from reviewhub.queries.more_time import asking
from reviewhub.queries.running_policies import old_policies
from reviewhub.queries.used_up import used_up
from reviewhub.web import actor, coordinator_words, kit
from reviewhub.web.assessor_exits import CONCERNS
from reviewhub.web.coordinator_acts import bp as acts
from reviewhub.web.coordinator_asked import bp as asked_bp
from reviewhub.web.coordinator_decision import bp as decisions
from reviewhub.web.coordinator_guard import coordinators_only
from reviewhub.web.coordinator_people_acts import bp as people_acts
from reviewhub.web.coordinator_policies import bp as policies_bp
from reviewhub.web.coordinator_practice import bp as practice
from reviewhub.web.coordinator_rescore import bp as rescores
from reviewhub.web.coordinator_time import bp as time
from reviewhub.web.render import respond, see_other

bp = Blueprint("coordinator", __name__, url_prefix="/coordinate")
bp.register_blueprint(acts)
bp.register_blueprint(people_acts)
bp.register_blueprint(asked_bp)
bp.register_blueprint(policies_bp)
bp.register_blueprint(practice)
bp.register_blueprint(rescores)
bp.register_blueprint(time)
bp.register_blueprint(decisions)


@bp.get("", endpoint="overview")
@coordinators_only
def overview_page() -> ResponseReturnValue:
    """What waits, why, since when, what would help."""
    with kit().read() as session:
        waiting = overview(session, actor(), kit().clock.now())
        late = (asking(session, actor()), *waiting, used_up(session, actor()))
        groups = (*asked(session, actor()), *scored_again(session, actor()), *late)
        policies = old_policies(session, actor())
    return respond(
        "coordinator/overview.html", groups=groups, policies=policies, words=coordinator_words, kinds=CONCERNS
    )


@bp.get("/submissions", endpoint="submissions")
@coordinators_only
def submissions_page() -> ResponseReturnValue:
    """The list, or straight to the submission of a case reference."""
    quoted = request.args.get("case", "").strip()[:40]
    show = request.args.get("show", "review")
    show = show if show in SHOWS else "review"
    after = request.args.get("after", "")
    with kit().read() as session:
        found = find_case(session, actor(), quoted) if quoted else None
        if found is not None:
            return see_other(url_for("coordinator.submission", public_id=found))
        page = submissions(session, actor(), kit().clock.now(), show, after)
    return respond(
        "coordinator/submissions.html", "list", page=page, show=show, after=after, case=quoted,
        words=coordinator_words, status=404 if quoted else 200,
    )  # fmt: skip


@bp.get("/submissions/<public_id>")
@coordinators_only
def submission(public_id: str) -> ResponseReturnValue:
    """Everything about one submission that is not its content."""
    now = kit().clock.now()
    with kit().read() as session:
        page = case_page(session, actor(), public_id, now)
        events, questions = record(session, page), asked_of(session, page.id)
    return respond(
        "coordinator/submission.html", page=page, record=events, asked=questions, words=coordinator_words,
        kinds=CONCERNS,
    )  # fmt: skip


@bp.get("/people", endpoint="people")
@coordinators_only
def people_page() -> ResponseReturnValue:
    """Members with roles, load and qualifications; open invitations."""
    after = request.args.get("after", "")
    with kit().read() as session:
        page = people(session, actor(), kit().clock.now(), after)
    return respond("coordinator/people.html", "list", page=page, after=after, words=coordinator_words)


@bp.get("/people/<public_id>")
@coordinators_only
def person(public_id: str) -> ResponseReturnValue:
    """One member."""
    with kit().read() as session:
        page = person_page(session, actor(), public_id, kit().clock.now())
    return respond("coordinator/person.html", page=page, words=coordinator_words)
