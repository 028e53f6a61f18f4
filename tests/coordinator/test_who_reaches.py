"""Who reaches a coordinator's pages, and who finds nothing there."""

import pytest

from tests.cases import sign_in
from tests.coordinator.browsing import at, submission_state, text


def addresses(app, house, case):
    """Every address of the coordinator's pages, filled with what exists."""
    values = {
        "public_id": case.submission.public_id,
        "review": "a" * 26,
        "micro": house.micro.public_id,
        "learner": house.learner.public_id,
        "slug": "harbor",
        "role": "assessor",
        "number": 1,
        "round_pid": "a" * 26,
        "version": "1.0",
    }
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("coordinator."):
            continue
        for act in ("hold", "withdraw", "go-on") if "act" in rule.arguments else ("",):
            own = {**values, "act": act}
            if "people" in rule.rule:
                own["public_id"] = house.ana.public_id
            with app.test_request_context():
                url = app.url_map.bind("localhost").build(
                    rule.endpoint, {name: own[name] for name in rule.arguments}
                )
            for method in rule.methods & {"GET", "POST"}:
                yield method, url, bool(rule.arguments)


@pytest.mark.parametrize("roles", [(), ("assessor",), ("lead",), ("manager",)])
def test_nobody_but_a_coordinator_finds_anything(client, kit, house, case, app, roles):
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, kit, house.world.person("Some Body", *roles))
    tried = list(addresses(app, house, case))
    assert len(tried) > 25
    for method, url, _ in tried:
        assert client.open(url, method=method).status_code == 404, (method, url)


def test_another_issuers_coordinator_finds_nothing(client, kit, house, case, app):
    app.config["WTF_CSRF_ENABLED"] = False
    other = house.world.issuer("other", "Other")
    sign_in(client, kit, house.world.person("Otto Other", "coordinator", issuer=other))
    for method, url, about_one in addresses(app, house, case):
        answer = client.open(url, method=method, data={"reason": "Because.", "assessor": house.ana.public_id})
        if about_one:
            assert answer.status_code == 404, (method, url)
        else:
            shown = answer.get_data(as_text=True)
            assert "Lee Learner" not in shown
            assert "Ana Silva" not in shown
    assert submission_state(kit, case) == "under_review"


def test_ones_own_learning_is_not_ones_own_to_coordinate(client, kit, house, cora):
    own = house.cases.scoring(house.person, house.micro, house.ana, house.ben)
    assert client.get(at(own)).status_code == 404
    assert own.submission.public_id not in text(client, "/coordinate/submissions")


def test_who_is_not_signed_in_is_asked_to(client, house, case, app):
    for method, url, _ in addresses(app, house, case):
        if method == "GET":
            answer = client.get(url)
            assert answer.status_code == 303, url
            assert answer.location.startswith("/sign-in")


def test_nonsense_addresses(client, cora, case):
    for url in (
        "/coordinate/submissions/nonsense",
        "/coordinate/people/nonsense",
        "/coordinate/holds/nonsense",
        at(case, "/nonsense"),
        at(case, "/seats/nonsense"),
        "/coordinate/submissions/%00",
        "/coordinate/people/" + "a" * 3000,
    ):
        assert client.get(url).status_code == 404, url


def test_a_form_without_its_token_does_nothing(client, kit, cora, case):
    assert client.post(at(case, "/hold"), data={"reason": "Because."}).status_code == 400
    assert submission_state(kit, case) == "under_review"
