"""One of everything that an address can name; people of every role, at two issuers."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import SQLModel, col, select

from reviewhub.domain.rubric import AgreementPolicy, Policies
from reviewhub.domain.rubric_json import content_hash, structure_hash, to_json
from reviewhub.models import (
    Artifact,
    CleanCopy,
    Concern,
    Conflict,
    Correction,
    DecisionRow,
    Hold,
    Invitation,
    Membership,
    MicroCredential,
    Outbox,
    Qualification,
    Reveal,
    Review,
    Round,
    RubricDraft,
    RubricVersion,
    Session,
    Token,
)
from reviewhub.services.ids import fingerprint, public_id
from tests.cases import Cases
from tests.rubrics import small_rubric


@dataclass
class Scene:
    """People by what they are, and the ids that addresses are made of."""

    people: dict
    ids: dict


def make_scene(world, kit):
    """A case that is scored, one that waits for its feedback, and whatever else an address can name."""
    cases = Cases(world)
    micro, closed = world.micro_credential(), world.micro_credential(_named("closed"))
    other = world.micro_credential(_named("other"))
    cases.change(closed, state="retired")
    ana, ben = world.assessors(micro, "Ana Silva", "Ben Okafor")
    far = world.issuer("elsewhere", "Elsewhere House")
    double = world.person("Dee Double", "assessor")
    learner = world.person("Lee Learner")
    people = {
        "nobody": None,
        "classmate": world.person("Olga Classmate"),
        "learner": learner,
        "assessor": ana,
        "unseated": world.person("Dov Idle", "assessor"),
        "lead": world.person("Lena Lund", "lead"),
        "coordinator": world.person("Cora Cord", "coordinator"),
        "manager": world.person("Max Manager", "manager"),
        "double": double,
        **{f"far_{role}": world.person(f"Otto {role}", role, issuer=far)
           for role in ("assessor", "lead", "coordinator", "manager")},
    }  # fmt: skip
    now = kit.clock.now()
    world.add(Membership(person_id=double.id, issuer_id=far.id, role="coordinator", granted_at=now))
    cases.open(people["classmate"], micro)
    scoring = cases.scoring(learner, micro, ana, ben)
    decided = cases.decided(learner, other, (ana, ben))
    world.add(
        Conflict(issuer_id=micro.issuer_id, assessor_id=ana.id, learner_id=people["classmate"].id,
                 kind="recorded", recorded_by=people["coordinator"].id, recorded_at=now)
    )  # fmt: skip
    job = world.add(
        Outbox(job="fill_seats", args={}, created_at=now, due_at=now, next_try_at=now, stuck_at=now)
    )
    hold = world.add(
        Hold(public_id=public_id(), issuer_id=micro.issuer_id, subject="job", subject_id=job.id,
             code="job_failed", opened_at=now)
    )  # fmt: skip
    concern = world.add(
        Concern(public_id=public_id(), issuer_id=micro.issuer_id, submission_id=scoring.submission.id,
                review_id=_seat(kit, scoring, ben).id, kind="copying", note="As in a book.", raised_at=now)
    )  # fmt: skip
    reveals = [_reveal(world, decided, people["lead"], now, state) for state in ("granted", "asked")]
    clean = _clean_copy(world, scoring.attempt, now)
    _new_policies(world, cases, other, now)
    _links(world, kit, learner, micro.issuer_id)
    review = _seat(kit, scoring, ana)
    ids = {
        "scoring": scoring.submission.public_id,
        "decided": decided.submission.public_id,
        "review": review.public_id,
        "feedback": decided.feedback.public_id,
        "hold": hold.public_id,
        "policies": other.public_id,
        "concern": concern.public_id,
        "correction": _correction(world, kit, decided, ana, now).public_id,
        "rescore": _rescore(world, decided, now).public_id,
        "reveal": reveals[-1].public_id,
        "draft": _draft(world, micro, people["manager"], now).public_id,
        "clean": clean.public_id,
        "person": ana.public_id,
        "learner": people["classmate"].public_id,
        "micro": _one(kit, select(MicroCredential).join(Qualification).where(
            Qualification.person_id == ana.id)).public_id,
    }  # fmt: skip
    return Scene(people, ids)


def _draft(world, micro, manager, now):
    return world.add(
        RubricDraft(public_id=public_id(), issuer_id=micro.issuer_id, slug=micro.slug,
                    body=to_json(_named(micro.slug)), source=[["Criterion", "Low"], ["Goal", "a"]],
                    created_at=now, created_by=manager.id, updated_at=now, updated_by=manager.id)
    )  # fmt: skip


def _correction(world, kit, case, person, now):
    return world.add(
        Correction(public_id=public_id(), issuer_id=case.submission.issuer_id,
                   review_id=_seat(kit, case, person).id, reason="A wrong level.", asked_at=now)
    )  # fmt: skip


def _rescore(world, case, now):
    """Scored again, with a result of its own."""
    made = world.add(
        Round(public_id=public_id(), attempt_id=case.attempt.id, number=2, kind="rescore", state="resolved",
              created_at=now, resolved_at=now)
    )  # fmt: skip
    world.add(
        DecisionRow(round_id=made.id, attempt_id=case.attempt.id, outcome="met", rule="all_met",
                    code_digest="d" * 64, decided_at=now)
    )  # fmt: skip
    return made


def _new_policies(world, cases, micro, now):
    """A next version with other policies; what runs still uses the first."""
    agreement = AgreementPolicy("within", 1)
    rubric = replace(_named(micro.slug), version="2.0", policies=Policies(agreement=agreement))
    made = world.add(
        RubricVersion(public_id=public_id(), micro_credential_id=micro.id, rubric_version="2.0",
                      content_hash=content_hash(rubric), structure_hash=structure_hash(rubric),
                      code_digest="", body=to_json(rubric), stored_at=now)
    )  # fmt: skip
    cases.change(micro, rubric_version_id=made.id)


def _named(slug):
    return replace(small_rubric(), slug=slug)


def _one(kit, query):
    with kit.read() as session:
        return session.exec(query).one()


def _seat(kit, case, person):
    return _one(kit, select(Review).where(Review.round_id == case.round.id, Review.assessor_id == person.id))


def _reveal(world, case, lead, now, state):
    until = now + timedelta(days=7) if state == "granted" else None
    return world.add(
        Reveal(public_id=public_id(), issuer_id=case.submission.issuer_id, submission_id=case.submission.id,
               asked_by=lead.id, state=state, reason="There was a fire.", asked_at=now,
               decided_at=now if until else None, until_at=until)
    )  # fmt: skip


def _clean_copy(world, attempt, now):
    artifact = world.add(
        Artifact(public_id=public_id(), attempt_id=attempt.id, requirement_id="plan", kind="file",
                 state="checked", key="final/x", title="plan.pdf", clean_state="clean", created_at=now)
    )  # fmt: skip
    return world.add(
        CleanCopy(public_id=public_id(), artifact_id=artifact.id, position=0, kind="page",
                  media_type="image/webp", key="clean/x", size=1)
    )  # fmt: skip


def _links(world, kit, learner, issuer_id):
    """A link for a password and an invitation, each used before: opening them changes nothing."""
    now = kit.clock.now()
    used = {"created_at": now, "expires_at": now, "used_at": now}
    world.add(Token(token_hash=fingerprint("link"), purpose="reset", person_id=learner.id, **used))
    world.add(
        Invitation(public_id=public_id(), token_hash=fingerprint("offer"), issuer_id=issuer_id,
                   role="lead", email=learner.email, **used)
    )  # fmt: skip


def newest_session(kit, person):
    """The public id of a person's newest sign-in."""
    query = select(Session).where(Session.person_id == person.id).order_by(col(Session.id).desc())
    with kit.read() as session:
        return session.exec(query).first().public_id


def refused(answer):
    status, location = answer
    return status in {401, 403, 404} or (status == 303 and location.startswith("/sign-in"))


def dump(kit):
    """Every row of every table."""
    with kit.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(table.select()).all()))
            for table in SQLModel.metadata.sorted_tables
        }
