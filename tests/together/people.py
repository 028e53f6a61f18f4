"""Everybody who has a hand in a submission, each doing what their pages let them do, whenever they like."""

import io
import re
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from reviewhub import jobs
from reviewhub.domain.errors import DomainError, PluginFault
from reviewhub.models import (
    Artifact,
    Attempt,
    Correction,
    CriterionLock,
    Feedback,
    LetterRow,
    Outbox,
    Rating,
    Review,
    Round,
    Scoresheet,
    Submission,
)
from reviewhub.services import hold, score
from reviewhub.services.accept_invitation import accept_invitation
from reviewhub.services.ask_correction import ask_correction
from reviewhub.services.claim_next import claim_next
from reviewhub.services.decide_correction import decide_correction, read_correction
from reviewhub.services.end_membership import end_membership
from reviewhub.services.evidence import Answer, mark, remove_artifact, save_answers
from reviewhub.services.exclude import declare_known
from reviewhub.services.extend import ask_extension, decline, extend
from reviewhub.services.grant_qualification import grant, revoke
from reviewhub.services.invite import invite
from reviewhub.services.kit import Job
from reviewhub.services.next_attempt import start_next
from reviewhub.services.object_to_lock import object_to_lock, take_back
from reviewhub.services.ports import Cleaned, CleanPage, NotCleanable
from reviewhub.services.reassign import fill_again, reassign
from reviewhub.services.record_conflict import end_conflict, record_conflict
from reviewhub.services.release import Said, release, save_draft
from reviewhub.services.rescore import rescore
from reviewhub.services.rule_on_rescore import rule_on_rescore
from reviewhub.services.start import start
from reviewhub.services.submit import submit
from reviewhub.services.supersede import supersede
from reviewhub.services.upload import Announced, add_file
from reviewhub.services.withdraw import withdraw
from tests.rubrics import small_rubric

WHY = "Because the garden should be found by families who live within walking distance of it."
WORDS = "For reasons that are kept."


class Judge:
    """The real judge, with code that can be broken, and time for others to act while it thinks."""

    def __init__(self, real):
        self.real, self.broken, self.meanwhile = real, False, None

    def _ask(self, hook, *args):
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        if self.broken:
            raise PluginFault("harbor", hook, "broken")
        return getattr(self.real, hook)(*args)

    def agree(self, *args):
        return self._ask("agree", *args)

    def resolve(self, *args):
        return self._ask("resolve", *args)

    def decide(self, *args):
        return self._ask("decide", *args)

    def feedback(self, *args):
        return self._ask("feedback", *args)


class Converter:
    """Makes clean copies at once, or says that it cannot; sniffs as the real one does."""

    def __init__(self, real):
        self.sniff, self.able = real.sniff, True

    def clean(self, _path, _media_type, folder):
        if not self.able:
            return NotCleanable("It has a password.")
        page = folder / "page"
        page.write_text("clean")
        return Cleaned((CleanPage(page, "text/plain", "text", 0, 0),))


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


class People:
    """One issuer's people with the learners, on a real kit. Refusals are answers like any other."""

    def __init__(self, kit, world, micro):
        self.kit, self.world, self.micro = kit, world, micro
        names = ("Ana Silva", "Ben Okafor", "Cleo Marsh", "Dev Rao", "Eva Lind")
        self.assessors = world.assessors(micro, *names)
        self.lena = world.person("Lena Lund", "lead")
        self.staff = [*self.assessors, self.lena]
        self.learners = [world.person("Lee Learner"), world.person("Mo Learner")]
        self.cora = world.person("Cora Cord", "coordinator")

    def attempt(self, call, *args, **more):
        """Do it; whether it was done. What the rules refuse is refused in words, and changes nothing."""
        try:
            call(self.kit, *args, **more)
        except DomainError:
            return False
        return True

    def all(self, query):
        with self.kit.read() as session:
            return session.exec(query).all()

    def last(self, query):
        return next(iter(self.all(query.limit(1))), None)

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

    # whoever scores

    def review(self, person, *states):
        found = select(Review).where(Review.assessor_id == person.id, col(Review.state).in_(states))
        return self.last(found.order_by(col(Review.id)))

    def take(self, person):
        """A claim, where there are any: whoever has one scores it first."""
        piled = select(Round.id).where(col(Round.pile).is_not(None))
        if self.last(piled) is not None and self.review(person, "offered", "claimed") is None:
            self.attempt(claim_next, self.world.actor(person))

    def sheet(self, review, levels):
        if review.role == "completeness":
            there = "missing" if levels["goal"] == "absent" else "there"
            return {key: {"level": there, "comment": "Looked at."} for key in ("plan", "why")}
        locked = self.locked(review)
        return {
            cid: {"level": lv, "comment": f"About {cid}."} for cid, lv in levels.items() if cid not in locked
        }

    def locked(self, review):
        """Criteria that an earlier attempt has met, and still has: the form does not show them."""
        attempt = self.last(
            select(Attempt)
            .join(Round, col(Round.attempt_id) == Attempt.id)
            .where(Round.id == review.round_id)
        )
        locked = self.all(
            select(CriterionLock.criterion_id).where(
                CriterionLock.submission_id == attempt.submission_id,
                CriterionLock.attempt_id < attempt.id,
                col(CriterionLock.lifted_at).is_(None),
            )
        )
        if review.role == "adjudicator":  # who is asked about the locks that somebody doubts
            (disputed,) = self.all(select(Round.disputed).where(Round.id == review.round_id))
            return [cid for cid in locked if cid not in disputed]
        return locked

    def doubt(self, person, *, back):
        review = self.review(person, "offered", "claimed", "submitted", "final")
        for cid in self.locked(review)[:1] if review else ():
            act = (take_back,) if back else (object_to_lock,)
            words = () if back else (WORDS,)
            self.attempt(*act, self.world.actor(person), review.public_id, cid, *words)

    def draft(self, person):
        review = self.review(person, "offered", "claimed")
        if review:
            self.attempt(
                score.save_draft, self.world.actor(person), review.public_id, {}, review.draft_version
            )

    def hand_in(self, person, levels):
        review = self.review(person, "offered", "claimed")
        if review:
            sheet = self.sheet(review, levels)
            self.attempt(
                score.submit, self.world.actor(person), review.public_id, sheet, review.draft_version
            )

    def undo(self, person):
        review = self.review(person, "submitted")
        if review:
            self.attempt(score.undo, self.world.actor(person), review.public_id)

    def know(self, person, state):
        review = self.review(person, state)
        if review:
            self.attempt(declare_known, self.world.actor(person), review.public_id)

    def ask_correction(self, person):
        review = self.review(person, "submitted", "final")
        if review:
            self.attempt(ask_correction, self.world.actor(person), review.public_id, WORDS)

    def correct(self, person, levels):
        review = self.last(
            select(Review)
            .join(Correction, col(Correction.review_id) == Review.id)
            .where(Review.assessor_id == person.id, Correction.state == "granted")
        )
        if review is None:
            return
        rated = self.all(
            select(Rating.criterion_id)
            .join(Scoresheet, col(Scoresheet.id) == Rating.scoresheet_id)
            .where(Scoresheet.review_id == review.id)
        )
        sheet = {cid: {"level": lv, "comment": "Corrected."} for cid, lv in levels.items() if cid in rated}
        self.attempt(supersede, self.world.actor(person), review.public_id, sheet)

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

    # the coordinator

    def coordinate(self, verb, learner):
        root = self.submission(learner)
        if root is not None:
            self.attempt(getattr(hold, verb), self.world.actor(self.cora), root.public_id, WORDS)

    def reassign(self, person, to):
        review = self.review(person, "offered", "claimed", "submitted")
        if review:
            choice = to.public_id if to else ""
            self.attempt(reassign, self.world.actor(self.cora), review.public_id, choice, WORDS)

    def look_again(self, learner):
        root = self.submission(learner)
        if root is not None:
            self.attempt(fill_again, self.world.actor(self.cora), root.public_id)

    def part(self, person, learner):
        root = self.submission(learner)
        if root is not None:
            actor = self.world.actor(self.cora)
            self.attempt(record_conflict, actor, root.public_id, person.public_id, WORDS)

    def reconcile(self, person, learner):
        actor = self.world.actor(self.cora)
        self.attempt(end_conflict, actor, person.public_id, learner.public_id, WORDS)

    def end(self, person, role):
        self.attempt(end_membership, self.world.actor(self.cora), "harbor", person.public_id, role, WORDS)

    def take_on(self, person, role):
        """Invited by the coordinator, accepted by the person."""
        if not self.attempt(invite, self.world.actor(self.cora), self.micro.issuer_id, person.email, role):
            return
        letter = self.last(
            select(LetterRow).where(LetterRow.kind == "invitation").order_by(col(LetterRow.id).desc())
        )
        secret = re.search(r"/invitation/(\S+)", letter.body)[1]
        self.attempt(accept_invitation, self.world.actor(person), secret)

    def qualify(self, person):
        actor = self.world.actor(self.cora)
        self.attempt(grant, actor, person.public_id, self.micro.public_id, "agreed on 10")

    def disqualify(self, person):
        actor = self.world.actor(self.cora)
        self.attempt(revoke, actor, person.public_id, self.micro.public_id, WORDS)

    def rescore(self, learner, number):
        root = self.submission(learner)
        if root is not None:
            self.attempt(rescore, self.world.actor(self.cora), root.public_id, number, WORDS)

    def rule(self, ruling):
        waiting = select(Round).where(Round.kind == "rescore", Round.state == "resolved", Round.ruling == "")
        for row in self.all(waiting):
            self.attempt(rule_on_rescore, self.world.actor(self.cora), row.public_id, ruling, WORDS)

    def ask_for_time(self, person, ahead):
        review = self.review(person, "offered", "claimed")
        if review:
            day = review.due_on + timedelta(ahead)
            self.attempt(ask_extension, self.world.actor(person), review.public_id, day, WORDS)

    def answer_about_time(self, person, ahead, *, gives):
        review = self.review(person, "offered", "claimed")
        if review and gives:
            day = review.due_on + timedelta(ahead)
            self.attempt(extend, self.world.actor(self.cora), review.public_id, day, WORDS)
        elif review:
            self.attempt(decline, self.world.actor(self.cora), review.public_id, WORDS)

    # workers

    def live(self, time):
        """Let time go by from one thing that is due to the next."""
        end = self.kit.clock.now() + time
        while self.kit.clock.now() < end:
            self.work()
            due = self.all(
                select(Outbox.due_at)
                .where(col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None))
                .where(col(Outbox.due_at) > self.kit.clock.now())
                .order_by(col(Outbox.due_at))
                .limit(1)
            )
            then = min([end, *due])
            self.kit.clock.move(seconds=(then - self.kit.clock.now()).total_seconds())
        self.work()

    def due(self):
        return self.all(
            select(Outbox.id)
            .where(col(Outbox.done_at).is_(None), col(Outbox.stuck_at).is_(None))
            .where(col(Outbox.due_at) <= self.kit.clock.now())
            .order_by(col(Outbox.due_at), col(Outbox.id))
        )

    def work(self, most=200):
        """What is due, oldest first, until nothing is left."""
        for _ in range(most):
            due = self.due()
            if not due:
                return
            if not any(jobs.run_job(self.kit, row) for row in due):
                return

    def work_one(self, number):
        """One of those that are due, in whatever order the queue brings them."""
        due = self.due()
        if due:
            jobs.run_job(self.kit, due[number % len(due)])

    def work_twice(self, number):
        """A job whose row is done already reaches a worker once more, past the look that run_job takes."""
        done = self.all(
            select(Outbox).where(col(Outbox.done_at).is_not(None)).order_by(col(Outbox.id).desc())
        )
        if done:
            row = done[number % len(done)]
            self.attempt(jobs.JOBS[row.job], Job(row.id), **row.args)
