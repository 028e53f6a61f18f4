"""A learner's steps, as tests tell them: all through services, the checks worked off on the spot."""

import io

from PIL import Image
from sqlmodel import col, select

from reviewhub.domain.rubric_json import from_json
from reviewhub.jobs import run_due
from reviewhub.models import (
    Artifact,
    Attempt,
    Feedback,
    Outbox,
    Person,
    Review,
    Round,
    RubricVersion,
    Submission,
)
from reviewhub.services.check import check_artifact
from reviewhub.services.check_attempt import check_attempt
from reviewhub.services.check_words import check_words
from reviewhub.services.evidence import Answer, mark, save_answers
from reviewhub.services.kit import Job
from reviewhub.services.release import Said
from reviewhub.services.release import release as releasing
from reviewhub.services.score import submit as handing_in
from reviewhub.services.start import start
from reviewhub.services.submit import submit
from reviewhub.services.upload import Announced, add_file

CHECKS = {"check_artifact": check_artifact, "check_words": check_words, "check_attempt": check_attempt}
WHY = "Because the garden should be found by families who live within walking distance of it."
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(2000)
"""A film, as far as its first bytes say: there is no clean copy of one."""


def picture(colour="teal", kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(out, kind)
    return out.getvalue()


def pdf(pages=2):
    out = io.BytesIO()
    first, *rest = [Image.new("RGB", (300, 400), "white") for _ in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=rest)
    return out.getvalue()


def work_off_checks(kit):
    """Run the checks that are due, as a worker would; assigning and mail are left alone."""
    while True:
        with kit.read() as session:
            row = session.exec(
                select(Outbox)
                .where(col(Outbox.done_at).is_(None), col(Outbox.job).in_(CHECKS))
                .order_by(col(Outbox.id))
            ).first()
        if row is None:
            return
        CHECKS[row.job](kit, Job(row.id), **row.args)


class Story:
    """One learner's submission."""

    def __init__(self, kit, actor, submission):
        self.kit, self.actor, self.id = kit, actor, submission

    @classmethod
    def begin(cls, kit, actor, micro_credential, issuer="harbor"):
        return cls(kit, actor, start(kit, actor, issuer, micro_credential.slug))

    def write(self, requirement, text, position=0, was=""):
        return save_answers(self.kit, self.actor, self.id, [Answer(requirement, text, mark(was), position)])

    def upload(self, requirement, name, data, position=None):
        return add_file(
            self.kit, self.actor, self.id, Announced(requirement, name, len(data), position), io.BytesIO(data)
        )

    def fill(self):
        """Everything that the small rubric asks for."""
        self.write("why", WHY)
        self.upload("plan", "plan.pdf", pdf())
        work_off_checks(self.kit)
        return self

    def submit(self, attested=True, version=None):
        submit(
            self.kit,
            self.actor,
            self.id,
            self.attempt.version if version is None else version,
            attested=attested,
        )
        return self

    def arrive(self):
        """Filled, sent and checked."""
        self.fill().submit()
        work_off_checks(self.kit)
        return self

    @property
    def row(self):
        with self.kit.read() as session:
            return session.exec(select(Submission).where(Submission.public_id == self.id)).one()

    @property
    def rubric(self):
        with self.kit.read() as session:
            return from_json(session.get_one(RubricVersion, self.row.rubric_version_id).body)

    @property
    def attempt(self):
        with self.kit.read() as session:
            return session.exec(
                select(Attempt)
                .join(Submission, col(Submission.id) == Attempt.submission_id)
                .where(Submission.public_id == self.id)
                .order_by(col(Attempt.number).desc())
            ).first()

    @property
    def artifacts(self):
        with self.kit.read() as session:
            return session.exec(
                select(Artifact).where(Artifact.attempt_id == self.attempt.id).order_by(col(Artifact.id))
            ).all()


def fill_linked(kit, story, *, film):
    """Everything that the rubric of `linked` wants, with a film or not."""
    story.write("why", WHY)
    story.upload("plan", "plan.pdf", pdf())
    story.write("page", "https://example.org/")
    story.upload("page", "shot.png", picture(), 0)
    story.upload("shots", "a.png", picture())
    if film:
        story.upload("more", "film.mp4", FILM)
    return story


def score(kit, world, story, *sheets):
    """Seat whoever is eligible and hand in one sheet each ({criterion: level}); then the undo windows end."""
    run_due(kit)
    with kit.read() as session:
        reviews = session.exec(
            select(Review)
            .join(Round, col(Round.id) == Review.round_id)
            .where(Round.attempt_id == story.attempt.id, Review.state == "offered")
            .order_by(col(Review.seat))
        ).all()
    for review, levels in zip(reviews, sheets, strict=True):
        with kit.read() as session:
            actor = world.actor(session.get_one(Person, review.assessor_id))
        sheet = {c: {"level": level, "comment": f"What we saw of {c}."} for c, level in levels.items()}
        handing_in(kit, actor, review.public_id, sheet, review.draft_version)
    kit.clock.move(seconds=kit.settings.undo_seconds + 1)
    run_due(kit)


def release(kit, world, story, lead):
    """The lead confirms the draft as it was composed, with advice for what is to mend."""
    with kit.read() as session:
        feedback = session.exec(select(Feedback).where(Feedback.attempt_id == story.attempt.id)).one()
    said = {i["criterion"]: Said(i["saw"] or "We saw it.", i["do"]) for i in feedback.items}
    releasing(kit, world.actor(lead), feedback.public_id, feedback.version, said, "Thank you for your work.")
