"""People of every role at two issuers, and one learner's submission brought to any state by services."""

from dataclasses import replace

from sqlmodel import col, select

from reviewhub.domain.rubric import Requirement
from reviewhub.jobs import run_due
from reviewhub.models import Feedback, Review, Round
from reviewhub.services import score
from reviewhub.services.evidence import Answer, mark, save_answers
from reviewhub.services.next_attempt import start_next
from reviewhub.services.release import Said, release
from tests.hostile import evidence
from tests.learner.story import Story, work_off_checks
from tests.rubrics import small_rubric

WEAK = {"goal": "vague", "audience": "clear", "respect": "yes", "honest": "yes"}
DIFFERENT = {**WEAK, "goal": "tested"}
MENDED, STILL = {"goal": "clear"}, {"goal": "vague"}


def rich_rubric():
    """The small rubric, and a picture, a text file and a link with its capture."""
    small = small_rubric()
    more = (
        Requirement("shots", "Shots", "What it looks like.", "file", accept=("image/*",)),
        Requirement("notes", "Notes", "Your notes.", "file", accept=("text/plain",)),
        Requirement("page", "Page", "A page of yours.", "link", accept=("image/*",)),
    )
    return replace(small, slug="rich", requirements=(*small.requirements, *more))


class Cast:
    """Who is there. `moments` are clock times at which only the learner did something."""

    def __init__(self, kit, world):
        self.kit, self.world = kit, world
        world.issuer()
        self.micro = world.micro_credential(rich_rubric())
        self.ana, self.ben = world.assessors(self.micro, "Ana Silva", "Ben Okafor")
        self.idle = world.person("Dov Idle", "assessor")
        self.lead = world.person("Lena Lund", "lead")
        self.cora = world.person("Cora Cord", "coordinator")
        self.max = world.person("Max Mann", "manager")
        self.learner = world.person(evidence.NAME)
        self.classmate = world.person("Olga Classmate")
        self.elsewhere = world.issuer("elsewhere", "Elsewhere House")
        self.strangers = tuple(
            world.person(f"Otto {role.title()}", role, issuer=self.elsewhere)
            for role in ("assessor", "lead", "coordinator", "manager")
        )
        self.story = None

    def actor(self, person):
        return self.world.actor(person)

    # ------------------------------------------------------------ the learner

    def begin(self):
        """Everything given, in files that tell in every hidden place whose they are."""
        self.story = story = Story.begin(self.kit, self.actor(self.learner), self.micro)
        story.write("why", evidence.ANSWER)
        story.write("page", evidence.LINK)
        story.upload("plan", "canaryfile zebrowitz plan.pdf", evidence.plan())
        story.upload("shots", "canaryfile.jpg", evidence.photo())
        story.upload("notes", "canaryfile.txt", evidence.notes())
        story.upload("page", "canaryfile capture.png", evidence.capture(), 0)
        work_off_checks(self.kit)
        return story

    def send(self):
        """Submitted at 03:17, checked, seated."""
        now = self.kit.clock.now()
        self.kit.clock.move(days=1, hours=3 - now.hour, minutes=17 - now.minute)
        self.story.submit()
        self.run()
        self.kit.clock.move(hours=6)

    def again(self):
        """The next attempt, with a change note."""
        start_next(self.kit, self.story.actor, self.story.id)
        note = [Answer("Note", evidence.NOTE, mark(""))]
        save_answers(self.kit, self.story.actor, self.story.id, note)

    # ------------------------------------------------------------ those who score

    def review(self, person):
        """The person's newest review."""
        query = select(Review).where(Review.assessor_id == person.id).order_by(col(Review.id).desc())
        with self.kit.read() as session:
            return session.exec(query).first()

    def hand_in(self, person, levels, comment):
        """A sheet whose every comment carries a mark."""
        review = self.review(person)
        entries = {cid: {"level": level, "comment": f"{comment} on {cid}."} for cid, level in levels.items()}
        score.submit(self.kit, self.actor(person), review.public_id, entries, review.draft_version)

    def pass_undo(self):
        self.kit.clock.move(seconds=self.kit.settings.undo_seconds + 1)
        self.run()

    def run(self):
        run_due(self.kit)

    def feedback(self):
        query = select(Feedback).order_by(col(Feedback.id).desc())
        with self.kit.read() as session:
            return session.exec(query).first()

    def release(self):
        feedback = self.feedback()
        said = {one["criterion"]: Said("We saw it.", "Do more of it.") for one in feedback.items}
        release(self.kit, self.actor(self.lead), feedback.public_id, feedback.version, said, "Thank you.")
        self.run()

    def round_state(self):
        with self.kit.read() as session:
            return session.exec(select(Round.state).order_by(col(Round.id).desc())).first()
