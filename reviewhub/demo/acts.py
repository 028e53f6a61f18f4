"""What people do in the demo's stories, each by the service that the web calls for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import col, func, select

from reviewhub.demo.files import DemoFile
from reviewhub.demo.people import Company, Staff
from reviewhub.demo.remarks import advice, half_a_remark, remark, summary, why
from reviewhub.demo.shelf import Shelf
from reviewhub.demo.stage import Stage
from reviewhub.demo.words import added, change_note
from reviewhub.domain.access import Actor
from reviewhub.domain.rubric import Criterion, Requirement, Rubric
from reviewhub.host.judge import PluginHost
from reviewhub.jobs import run_due
from reviewhub.models import (
    Artifact,
    Attempt,
    CriterionLock,
    DecisionRow,
    Feedback,
    Person,
    Review,
    Round,
    Submission,
)
from reviewhub.queries.workspace import workspace
from reviewhub.services import hold, reassign, record_conflict, release, score
from reviewhub.services.completeness import CHANGE_NOTE
from reviewhub.services.evidence import Answer, mark, remove_artifact, save_answers
from reviewhub.services.exclude import declare_known
from reviewhub.services.next_attempt import start_next
from reviewhub.services.start import start
from reviewhub.services.submit import submit
from reviewhub.services.upload import Announced, add_file
from reviewhub.services.withdraw import withdraw

SEATED = ("offered", "claimed", "submitted", "final")
SHINES, SILENT = 0.3, 0.3
"""How often a met criterion is met with more than is needed, and how often nothing is written about it."""


@dataclass(frozen=True, slots=True)
class Micro:
    """A micro-credential of the world, with its issuer's people."""

    issuer: str
    public_id: str
    rubric: Rubric
    staff: Staff
    teaching: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """One review as its assessor would find it."""

    review: str
    assessor: str
    version: int


@dataclass(slots=True)
class Work:
    """One learner's pursuit of one micro-credential, and everything that is done to it."""

    stage: Stage
    company: Company
    micro: Micro
    learner: str
    shelf: Shelf
    submission: str = field(default="")

    # ------------------------------------------------------------ the learner

    def begin(self) -> None:
        """Start."""
        self.submission = start(self.stage.kit, self.me, self.micro.issuer, self.micro.rubric.slug)

    def write(self, *requirement_ids: str) -> None:
        """Answer the text requirements, or only these."""
        answers = [
            Answer(r.id, self.shelf.text(r, self.stage.dice), mark(""))
            for r in self.micro.rubric.requirements
            if r.kind == "text" and (not requirement_ids or r.id in requirement_ids)
        ]
        answers += [
            Answer(r.id, f"https://pages.example/{self.micro.rubric.slug}", mark(""))
            for r in self.micro.rubric.requirements
            if r.kind == "link" and r.minimum and not requirement_ids
        ]
        save_answers(self.stage.kit, self.me, self.submission, answers)

    def bring(self, *, most: int = 99, instead: DemoFile | None = None) -> None:
        """Upload what each requirement asks for; `instead` takes the place of the first file that it fits."""
        wanted = [
            r for r in self.micro.rubric.requirements if r.kind == "file" or (r.kind == "link" and r.minimum)
        ]
        for requirement in wanted[:most]:
            for number, file in enumerate(self.shelf.files(requirement)):
                swap = instead is not None and number == 0 and self._fits(requirement, instead)
                self._upload(requirement, instead if swap and instead else file)
                instead = None if swap else instead

    def unclean(self) -> DemoFile | None:
        """A file without a clean copy that this rubric takes."""
        found = (self.shelf.unclean(r) for r in self.micro.rubric.requirements if r.kind == "file")
        return next((file for file in found if file), None)

    def send(self) -> None:
        """Attest and submit."""
        submit(self.stage.kit, self.me, self.submission, self.attempt().version, attested=True)

    def resubmit(self) -> None:
        """Start the next attempt and mend the reflection."""
        start_next(self.stage.kit, self.me, self.submission)

    def mend(self) -> None:
        """Say what changed, add to the reflection, exchange one file."""
        old = self._artifacts("reflection")[0].body
        longer = f"{old}\n\n{added(self.stage.dice)}"
        answers = (
            Answer("reflection", longer, mark(old)),
            Answer(CHANGE_NOTE, change_note(self.stage.dice), mark("")),
        )
        save_answers(self.stage.kit, self.me, self.submission, answers)
        requirement = next(r for r in self.micro.rubric.requirements if r.kind == "file")
        remove_artifact(
            self.stage.kit, self.me, self.submission, self._artifacts(requirement.id)[0].public_id
        )
        self._upload(requirement, self.shelf.files(requirement)[0])

    def leave(self, reason: str) -> None:
        """Withdraw."""
        withdraw(self.stage.kit, self.me, self.submission, reason)

    # ------------------------------------------------------------ assessors and leads

    def seats(self, role: str = "independent") -> list[Seat]:
        """The seats of the attempt's newest scoring, by number; audits go on beside it."""
        newest = (
            select(func.max(Round.id))
            .where(Round.attempt_id == self.attempt().id, Round.kind != "audit")
            .scalar_subquery()
        )
        with self.stage.kit.read() as session:
            rows = session.exec(
                select(Review.public_id, Person.name, Review.draft_version)
                .join(Person, col(Person.id) == Review.assessor_id)
                .where(Review.round_id == newest, Review.role == role, col(Review.state).in_(SEATED))
                .order_by(col(Review.seat))
            ).all()
        return [Seat(*row) for row in rows]

    def draft(self, seat: Seat, sheet: dict[str, dict[str, str]]) -> None:
        """Keep a draft."""
        score.save_draft(self.stage.kit, self.company[seat.assessor], seat.review, sheet, seat.version)

    def hand_in(
        self,
        number: int,
        unmet: Collection[str],
        role: str = "independent",
        ratings: Mapping[str, str] | None = None,
    ) -> None:
        """The assessor in this seat submits a complete sheet; `ratings` come before what is `unmet`."""
        seat = self.seats(role)[number]
        who, now = self.company[seat.assessor], self.stage.clock.now()
        with self.stage.kit.read() as session:
            scored = workspace(session, who, seat.review, now).scored
        sheet = self._rated([one.criterion for one in scored], unmet)
        for cid, rating in (ratings or {}).items():
            sheet[cid] = {"level": rating, "comment": self._why(cid, rating)}
        score.submit(self.stage.kit, who, seat.review, sheet, seat.version)

    def sheet(self, unmet: Collection[str], *, left: int = 0) -> dict[str, dict[str, str]]:
        """Levels and comments for what is open: `unmet` one level below met; the last `left` not rated."""
        criteria = self.open_criteria()
        return self._rated(criteria[: len(criteria) - left], unmet)

    def half_a_sheet(self, unmet: Collection[str]) -> dict[str, dict[str, str]]:
        """A draft in the middle of the work: some criteria rated, the next begun."""
        criteria = self.open_criteria()
        rated = self.stage.dice.randint(1, max(1, len(criteria) - 2))
        sheet = self.sheet(unmet, left=len(criteria) - rated)
        begun = criteria[rated].id if rated < len(criteria) else ""
        return sheet | (
            {begun: {"level": "", "comment": half_a_remark(begun, self.stage.dice)}} if begun else {}
        )

    def open_criteria(self) -> tuple[Criterion, ...]:
        """What is on the sheet this time."""
        with self.stage.kit.read() as session:
            locked = session.exec(
                select(CriterionLock.criterion_id)
                .join(Submission, col(Submission.id) == CriterionLock.submission_id)
                .where(Submission.public_id == self.submission, col(CriterionLock.lifted_at).is_(None))
            ).all()
        return tuple(c for c in self.micro.rubric.criteria if c.id not in locked)

    def known(self, number: int) -> None:
        """The assessor in this seat knows the learner and steps aside."""
        seat = self.seats()[number]
        declare_known(self.stage.kit, self.company[seat.assessor], seat.review)

    def confirm(self) -> None:
        """A lead goes through the draft, adds what is missing and releases it."""
        attempt = self.attempt()
        with self.stage.kit.read() as session:
            draft, decision = session.exec(
                select(Feedback, DecisionRow)
                .join(DecisionRow, col(DecisionRow.round_id) == Feedback.round_id)
                .where(
                    Feedback.attempt_id == attempt.id,
                    Feedback.state == "draft",
                    col(DecisionRow.replaced_at).is_(None),
                )
            ).one()
        said = {item["criterion"]: self._said(item, decision.met) for item in draft.items}
        lead = self.company[self.stage.dice.choice(self.micro.staff.leads)]
        words = summary(met=decision.outcome == "met", dice=self.stage.dice)
        release.release(self.stage.kit, lead, draft.public_id, draft.version, said, words)

    # ------------------------------------------------------------ the coordinator

    def stop(self, reason: str) -> None:
        """Put the submission on hold."""
        hold.hold(self.stage.kit, self.coordinator, self.submission, reason)

    def go_on(self, reason: str) -> None:
        """Let an attempt without clean copies be scored."""
        hold.go_on(self.stage.kit, self.coordinator, self.submission, reason)

    def return_it(self, reason: str) -> None:
        """Ask the learner for another form of what could not be shown."""
        hold.return_to_learner(self.stage.kit, self.coordinator, self.submission, reason)

    def reseat(self, number: int, reason: str) -> None:
        """Give a seat to somebody else."""
        reassign.reassign(self.stage.kit, self.coordinator, self.seats()[number].review, "", reason)

    def keep_away(self, name: str, reason: str) -> None:
        """Record that somebody must not score this learner."""
        person = self.company[name].public_id
        record_conflict.record_conflict(self.stage.kit, self.coordinator, self.submission, person, reason)

    def hand_in_without_rules(self, number: int, unmet: Collection[str]) -> None:
        """The last sheet comes in while the issuer's stored code cannot be found: the round is held."""
        run_due(self.stage.kit)
        self.hand_in(number, unmet)
        undone = timedelta(seconds=self.stage.kit.settings.undo_seconds + 1)
        self.stage.clock.move_to(self.stage.clock.now() + undone)
        with TemporaryDirectory() as empty:
            run_due(replace(self.stage.kit, judge=PluginHost(Path(empty))))

    # ------------------------------------------------------------ within

    @property
    def me(self) -> Actor:
        """The learner."""
        return self.company[self.learner]

    @property
    def coordinator(self) -> Actor:
        """Who coordinates for the micro-credential's issuer."""
        return self.company[self.micro.staff.coordinator]

    def attempt(self) -> Attempt:
        """The latest."""
        with self.stage.kit.read() as session:
            return session.exec(
                select(Attempt)
                .join(Submission, col(Submission.id) == Attempt.submission_id)
                .where(Submission.public_id == self.submission)
                .order_by(col(Attempt.number).desc())
                .limit(1)
            ).one()

    def _artifacts(self, requirement_id: str) -> list[Artifact]:
        attempt = self.attempt()
        with self.stage.kit.read() as session:
            return list(
                session.exec(
                    select(Artifact)
                    .where(Artifact.attempt_id == attempt.id, Artifact.requirement_id == requirement_id)
                    .order_by(col(Artifact.position))
                )
            )

    def _upload(self, requirement: Requirement, file: DemoFile) -> None:
        position = 0 if requirement.kind == "link" else None
        announced = Announced(requirement.id, file.name, len(file.data), position)
        add_file(self.stage.kit, self.me, self.submission, announced, BytesIO(file.data))

    def _fits(self, requirement: Requirement, file: DemoFile) -> bool:
        broken = file is self.shelf.broken()
        return requirement.kind == "file" and (broken or self.shelf.unclean(requirement) == file)

    def _rated(self, criteria: Sequence[Criterion], unmet: Collection[str]) -> dict[str, dict[str, str]]:
        return {c.id: {"level": self._level(c, unmet), "comment": self._comment(c, unmet)} for c in criteria}

    def _level(self, criterion: Criterion, unmet: Collection[str]) -> str:
        met = criterion.index(criterion.met_from)
        if criterion.id in unmet:
            return criterion.levels[met - 1].id
        higher = met + 1 < len(criterion.levels) and self.stage.dice.random() < SHINES
        return criterion.levels[met + higher].id

    def _why(self, criterion_id: str, rating: str) -> str:
        criterion = self.micro.rubric.criterion(criterion_id)
        if criterion.code(rating):
            return why(rating)
        return remark(criterion_id, met=criterion.is_met(rating), dice=self.stage.dice)

    def _comment(self, criterion: Criterion, unmet: Collection[str]) -> str:
        met = criterion.id not in unmet
        if met and self.stage.dice.random() < SILENT:
            return ""
        return remark(criterion.id, met=met, dice=self.stage.dice)

    def _said(self, item: dict[str, str], met: Collection[str]) -> release.Said:
        criterion = self.micro.rubric.criterion(item["criterion"])
        if criterion.id in met:
            return release.Said(item["saw"] or remark(criterion.id, met=True, dice=self.stage.dice), "")
        saw = item["saw"] or remark(criterion.id, met=False, dice=self.stage.dice)
        return release.Said(saw, advice(criterion.id, item["do"]))
