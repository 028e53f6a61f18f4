"""Every address × every role × another issuer. An address that is added fails here until it is listed."""

from sqlmodel import select

from reviewhub.models import Membership, Person
from tests.hostile.routes import ALL, ROUTES
from tests.hostile.scene import dump, refused

ENDS_THE_SIGN_IN = {"/sign-out", "/account/sessions/end-others", "/account/sessions/<public_id>/end"}
STAFF = {"assessor", "lead", "coordinator", "manager", "far_lead", "far_coordinator", "far_manager", "double"}


def listed(app):
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or ()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_is_listed(app):
    there = listed(app)
    assert there - set(ROUTES) == set(), "say in ROUTES who may open these"
    assert set(ROUTES) - there == set(), "these are gone"


def test_whoever_may_not_is_refused_and_nothing_changes(doors, kit):
    before, wrong = dump(kit), []
    for (method, _rule), (paths, may) in ROUTES.items():
        for path in paths:
            for who in sorted(ALL - may):
                answer = doors(who, method, path)
                if not refused(answer):
                    wrong.append(f"{who}: {method} {path} -> {answer}")
    assert not wrong, "\n".join(wrong)
    changed = [name for name, rows in dump(kit).items() if rows != before[name]]
    assert not changed


def test_whoever_may_gets_an_answer(doors):
    """Else the refusals above could have another cause."""
    wrong = []
    for (method, rule), (paths, may) in ROUTES.items():
        if rule in ENDS_THE_SIGN_IN:
            continue
        for path in paths:
            for who in sorted(may):
                answer = doors(who, method, path)
                if answer[0] >= 500 or refused(answer):
                    wrong.append(f"{who}: {method} {path} -> {answer}")
    assert not wrong, "\n".join(wrong)


def test_whoever_holds_every_role_has_none_towards_their_own_work(doors, app, kit, world, scene):
    """Also who coordinates, leads and scores there: towards their own case they are the learner."""
    for role in ("assessor", "lead", "coordinator", "manager"):
        world.add(
            Membership(person_id=scene.people["learner"].id, issuer_id=world.main_issuer.id, role=role,
                       granted_at=kit.clock.now())
        )  # fmt: skip
    wrong, before = [], dump(kit)
    for (method, rule), (paths, may) in ROUTES.items():
        own = any(
            mark in path for path in paths for mark in ("{scoring}", "{decided}", "{review}", "{feedback}")
        )
        if not own or rule.startswith(("/work", "/files")):
            continue
        assert may <= STAFF
        wrong += [
            f"{method} {path} -> {answer}"
            for path in paths
            # A learner may end their own submission, wherever they ask for it.
            if "withdraw" not in path
            and not refused(answer := doors("learner", method, path, reason="I would like to."))
        ]
    assert not wrong, "\n".join(wrong)
    assert [name for name, rows in dump(kit).items() if rows != before[name]] == []


def test_a_role_that_ended_opens_nothing(doors, kit, scene):
    with kit.write() as tx:
        for row in tx.session.exec(select(Membership)):
            row.ended_at = tx.now
    wrong = []
    for (method, _rule), (paths, may) in ROUTES.items():
        staff = may - {"learner"}
        if staff and staff <= STAFF:
            wrong += [
                f"{who}: {method} {path} -> {answer}"
                for path in paths
                for who in sorted(staff)
                if not refused(answer := doors(who, method, path, reason="I would like to."))
            ]
    assert not wrong, "\n".join(wrong)


def test_an_erased_person_is_nobody(doors, kit, scene):
    with kit.write() as tx:
        tx.session.get_one(Person, scene.people["coordinator"].id).erased_at = tx.now
    assert doors("coordinator", "GET", "/coordinate")[1].startswith("/sign-in")
