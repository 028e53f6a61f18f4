"""Everybody who has a hand in a submission, each doing what their pages let them do, whenever they like."""

import io
from dataclasses import replace

from sqlmodel import col, select

from reviewhub.models import Artifact, Attempt, Correction, Feedback, Submission
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.evidence import Answer, mark, remove_artifact, save_answers
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said, release, save_draft
from reviewhub.services.start import start
from reviewhub.services.submit import submit
from reviewhub.services.upload import Announced, add_file
from reviewhub.services.withdraw import withdraw
from tests.rubrics import small_rubric
from tests.together.acting import WORDS
from tests.together.coordinating import Coordinating
from tests.together.scoring import Scoring
from tests.together.stand_ins import Converter, Judge
from tests.together.working import Working

WHY = "Because the garden should be found by families who live within walking distance of it."


def begun(kit, world):
    """People whose two learners have sent their evidence; files are converted at once."""
    world.kit = replace(kit, judge=Judge(kit.judge), converter=Converter(kit.converter))
    plan, why = small_rubric().requirements
    rubric = replace(small_rubric(), requirements=(replace(plan, minimum=0, accept=("text/plain",)), why))
    made = People(world.kit, world, world.micro_credential(rubric))
    for learner in made.learners:
        made.begin(learner)
        made.fill(learner, file=False)
        made.send(learner)
    return made


class People(Scoring, Coordinating, Working):
    """One issuer's people with the learners, on a real kit. Refusals are answers like any other."""

    def __init__(self, kit, world, micro):
        self.kit, self.world, self.micro = kit, world, micro
        names = ("Ana Silva", "Ben Okafor", "Cleo Marsh", "Dev Rao", "Eva Lind")
        self.assessors = world.assessors(micro, *names)
        self.lena = world.person("Lena Lund", "lead")
        self.staff = [*self.assessors, self.lena]
        self.learners = [world.person("Lee Learner"), world.person("Mo Learner")]
        self.cora = world.person("Cora Cord", "coordinator")

    # the learner

    def submission(self, learner):
        found = (
            select(Submission).where(Submission.learner_id == learner.id).order_by(col(Submission.id).desc())
        )
        return self.last(found)

    def latest(self, learner):
        query = (
            select(Attempt)
            .join(Submission, col(Submission.id) == Attempt.submission_id)
            .where(Submission.learner_id == learner.id)
            .order_by(col(Attempt.id).desc())
        )
        return self.last(query)

    def begin(self, learner):
        return self.attempt(start, self.world.actor(learner), "harbor", self.micro.slug)

    def fill(self, learner, *, file):
        """Everything that is asked for, with a file or without; what was refused is taken out."""
        root, attempt = self.submission(learner), self.latest(learner)
        if root is None or attempt.state not in {"draft", "needs_fix"}:
            return
        actor = self.world.actor(learner)
        rows = self.all(select(Artifact).where(Artifact.attempt_id == attempt.id))
        for row in rows:
            if row.state == "refused":
                self.attempt(remove_artifact, actor, root.public_id, row.public_id)
        was = next((row.body for row in rows if row.kind == "text"), "")
        answers = [Answer("why", WHY, mark(was))]
        if attempt.number > 1:
            answers.append(Answer("Note", "The goal has a figure.", mark(attempt.change_note)))
        self.attempt(save_answers, actor, root.public_id, answers)
        if file:
            data = b"Plain words about the garden.\n"
            coming = Announced("plan", "plan.txt", len(data))
            self.attempt(add_file, actor, root.public_id, coming, io.BytesIO(data))

    def send(self, learner):
        root, attempt = self.submission(learner), self.latest(learner)
        if root is not None:
            actor = self.world.actor(learner)
            self.attempt(submit, actor, root.public_id, attempt.version, attested=True)

    def again(self, learner):
        root = self.submission(learner)
        if root is not None:
            self.attempt(start_next, self.world.actor(learner), root.public_id)

    def withdraw(self, learner, by):
        root = self.submission(learner)
        if root is not None:
            self.attempt(withdraw, self.world.actor(by), root.public_id, WORDS)

    # the lead

    def answer_corrections(self, *, agree):
        for row in self.all(select(Correction).where(Correction.state == "asked")):
            for lead in (self.lena, *self.assessors):
                actor = self.world.actor(lead)
                if self.attempt(read_correction, actor, row.public_id):
                    self.attempt(decide_correction, actor, row.public_id, agree=agree, reason=WORDS)
                    break

    def confirm(self, *, release_it):
        for row in self.all(select(Feedback).where(Feedback.state == "draft").order_by(col(Feedback.id))):
            said = {item["criterion"]: Said("What we saw.", "What to do.") for item in row.items}
            act = release if release_it else save_draft
            self.attempt(act, self.world.actor(self.lena), row.public_id, row.version, said, "Thank you.")
