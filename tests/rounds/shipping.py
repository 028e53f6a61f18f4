"""An issuer ships new policies, and a coordinator decides what they mean for running work."""

from dataclasses import replace

from reviewhub.domain.rubric import AgreementPolicy, DecisionPolicy, EligibilityPolicy, Policies
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import (
    LetterRow,
    MicroCredential,
    Person,
    RubricVersion,
)
from reviewhub.queries.policy_change import policy_page
from reviewhub.queries.running_policies import old_policies
from reviewhub.services.change_policy import change_policy
from reviewhub.services.ids import public_id
from tests.assessor.desk import GOOD
from tests.rubrics import small_rubric

OLD = small_rubric()
CLOSE = {**GOOD, "audience": "tested"}
"""One level from GOOD, on the same side of met."""
LENIENT = Policies(agreement=AgreementPolicy("within", 1))
TOLERANT = Policies(decision=DecisionPolicy(tolerance=1))
THREE = Policies(eligibility=EligibilityPolicy(seats=3))
WHY = "The issuer's board decided so."


def ship(bench, policies, version="2.0", **changes):
    """The issuer's next version goes live; gives its public id."""
    rubric = replace(OLD, version=version, policies=policies, **changes)
    made = bench.world.add(
        RubricVersion(
            public_id=public_id(),
            micro_credential_id=bench.micro.id,
            rubric_version=version,
            content_hash=content_hash(rubric),
            structure_hash=structure_hash(rubric),
            code_digest="",
            body=to_json(rubric),
            stored_at=bench.kit.clock.now(),
        )
    )
    with bench.kit.write() as tx:
        tx.session.get_one(MicroCredential, bench.micro.id).rubric_version_id = made.id
    return made


def decide(bench, choice, to, actor=None, version="1.0", reason=WHY):
    who = actor or bench.cora
    change_policy(bench.kit, who, bench.micro.public_id, version, to.public_id, choice, reason)


def page(bench, actor=None):
    with bench.kit.read() as session:
        return policy_page(session, actor or bench.cora, bench.micro.public_id, "1.0")


def touched(bench, choice):
    return next(one for one in page(bench).choices if one.choice == choice)


def waiting(bench, actor=None):
    with bench.kit.read() as session:
        return old_policies(session, actor or bench.cora)


def letters(bench):
    return [(row.kind, row.to) for row in bench.all(LetterRow)]


def only(bench, *people):
    """Of all assessors, these alone are not away."""
    there = {person.id for person in people}
    with bench.kit.write() as tx:
        for person in bench.assessors:
            if person.id not in there:
                tx.session.get_one(Person, person.id).away_until = bench.kit.clock.now().date()
