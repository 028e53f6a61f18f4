"""What the services would have left behind of one submission, as rows, as far as its state goes."""

from datetime import timedelta

from bench.rows import Rows
from reviewhub import models
from reviewhub.domain.rubric import Rubric
from reviewhub.services.ids import public_id

PATTERN = (
    "draft",
    "scoring",
    "adjudicating",
    "decided",
    "revise",
    "scoring",
    "met",
    "held",
    "waiting",
    "met",
)
"""What becomes of every ten submissions."""
ASSESSOR, OTHER, LEAD, COORDINATOR, FIRST_LEARNER = 2, 3, 4, 5, 10
_ZERO = "0" * 64


class Case:
    """One submission, as far as its state goes."""

    def __init__(
        self,
        rows: Rows,
        number: int,
        micro: models.MicroCredential,
        version: models.RubricVersion,
        rubric: Rubric,
    ) -> None:
        self.rows, self.number, self.rubric = rows, number, rubric
        self.kind = PATTERN[number * 7 % len(PATTERN)]
        self.at = rows.now - timedelta(minutes=number)
        self.learner = FIRST_LEARNER + number // 4
        ended = self.kind == "met"
        state = {"draft": "open", "revise": "revise", "met": "met", "held": "held"}.get(
            self.kind, "under_review"
        )
        self.issuer = micro.issuer_id
        self.submission = rows.add(
            models.Submission,
            public_id=(shown := public_id()),
            issuer_id=micro.issuer_id,
            learner_id=self.learner,
            micro_credential_id=micro.id,
            rubric_version_id=version.id,
            code_digest=version.code_digest,
            state=state,
            held_from="under_review" if state == "held" else None,
            created_at=self.at,
            active_at=self.at,
            ended_at=self.at if ended else None,
            audit_seq=6,
            audit_head=_ZERO,
        )
        self.shown = shown

    def write(self, ids: dict[str, str]) -> None:
        """Everything below the submission; the first of each kind gives its ids to the pages."""
        attempt = self._attempt()
        ids.setdefault(f"submission-{self.kind}", self.shown)
        self._evidence(attempt)
        self._record()
        if self.kind == "held":
            self.rows.add(
                models.Hold,
                issuer_id=self.issuer,
                submission_id=self.submission,
                subject="submission",
                subject_id=self.submission,
                code="coordinator",
                back_to="under_review",
                opened_at=self.at,
            )
        if self.kind == "draft":
            return
        round_ = self._round(attempt)
        if self.kind != "waiting":
            for seat, person in ((1, ASSESSOR), (2, OTHER)):
                review = self._review(round_, seat, person)
                ids.setdefault(f"review-{self.kind}", review)
        if self.kind == "adjudicating":
            self._seat(round_, "adjudicator", 1, LEAD, "offered")
        if self.kind in {"decided", "revise", "met"}:
            ids.setdefault(f"feedback-{self.kind}", self._result(attempt, round_))

    def _attempt(self) -> int:
        state = {"draft": "draft", "decided": "decided", "revise": "released", "met": "released"}
        sent = None if self.kind == "draft" else self.at
        attempt = self.rows.add(
            models.Attempt,
            submission_id=self.submission,
            number=1,
            state=state.get(self.kind, "submitted"),
            created_at=self.at,
            sent_at=sent,
            submitted_at=sent,
            attested_at=sent,
            promised_on=self.at.date() if sent else None,
            decided_at=self.at,
            released_at=self.at if self.kind in {"revise", "met"} else None,
        )
        if sent:
            self.rows.add(
                models.Promise,
                attempt_id=attempt,
                day=self.at.date(),
                reason="arrived",
                made_at=self.at,
                told_at=self.at,
            )
        return attempt

    def _evidence(self, attempt: int) -> None:
        for requirement in self.rubric.requirements:
            artifact = self.rows.add(
                models.Artifact,
                attempt_id=attempt,
                requirement_id=requirement.id,
                kind=requirement.kind,
                state="checked",
                title="plan.pdf",
                media_type="application/pdf",
                size=90_000,
                sha256=_ZERO,
                key=f"final/{public_id()}",
                body="word " * 190 if requirement.kind == "text" else "",
                clean_state="clean",
                created_at=self.at,
            )
            if requirement.kind == "file":
                for page in range(2):
                    self.rows.add(
                        models.CleanCopy,
                        artifact_id=artifact,
                        position=page,
                        kind="page",
                        media_type="image/jpeg",
                        key=f"clean/{public_id()}",
                        size=50_000,
                        width=900,
                        height=1200,
                    )

    def _record(self) -> None:
        for seq in range(1, 7):
            self.rows.add(
                models.Event,
                aggregate="submission",
                aggregate_id=self.submission,
                seq=seq,
                at=self.at,
                actor_id=self.learner,
                action="attempt.edit",
                previous=_ZERO,
                hash=_ZERO,
            )
        self.rows.add(
            models.Outbox,
            job="fill_seats",
            args={"round_id": self.submission},
            created_at=self.at,
            due_at=self.at,
            next_try_at=self.at,
            done_at=self.at,
        )
        self.rows.add(
            models.LetterRow,
            message_id=f"<{public_id()}@bench>",
            person_id=self.learner,
            to="x@people.example",
            kind="evidence_arrived",
            subject="Arrived",
            body="Arrived.",
            created_at=self.at,
            sent_at=self.at,
        )

    def _round(self, attempt: int) -> int:
        state = {
            "waiting": "waiting",
            "adjudicating": "adjudicating",
            "scoring": "scoring",
            "held": "scoring",
        }
        cids = [criterion.id for criterion in self.rubric.criteria]
        return self.rows.add(
            models.Round,
            attempt_id=attempt,
            state=state.get(self.kind, "resolved"),
            created_at=self.at,
            waits_for="2 seats are empty: nobody holds the role." if self.kind == "waiting" else "",
            disputed=cids[:1] if self.kind == "adjudicating" else [],
        )

    def _review(self, round_: int, seat: int, person: int) -> str:
        if self.kind in {"scoring", "held"}:
            return self._seat(
                round_, "independent", seat, person, "claimed" if self.number % 2 else "offered"
            )[0]
        shown, review = self._seat(round_, "independent", seat, person, "final")
        sheet = self.rows.add(models.Scoresheet, review_id=review, sequence=1, submitted_at=self.at)
        for criterion in self.rubric.criteria:
            self.rows.add(
                models.Rating,
                scoresheet_id=sheet,
                criterion_id=criterion.id,
                level_id=criterion.met_from,
                comment="Seen on page 2, and clear.",
            )
        return shown

    def _seat(self, round_: int, role: str, seat: int, person: int, state: str) -> tuple[str, int]:
        shown = public_id()
        draft = {c.id: {"level": c.met_from, "comment": ""} for c in self.rubric.criteria[:3]}
        review = self.rows.add(
            models.Review,
            public_id=shown,
            round_id=round_,
            assessor_id=person,
            role=role,
            seat=seat,
            state=state,
            due_on=(self.at + timedelta(days=7)).date(),
            offered_at=self.at,
            draft=draft if state == "claimed" else {},
            ended_at=self.at if state == "final" else None,
            submitted_at=self.at if state == "final" else None,
        )
        self.rows.add(
            models.Alias,
            submission_id=self.submission,
            viewer_id=person,
            name=f"Amber Heron {self.number}",
            case_ref=f"{person}-{self.number}",
        )
        return shown, review

    def _result(self, attempt: int, round_: int) -> str:
        criteria = self.rubric.criteria
        met = [c.id for c in (criteria if self.kind == "met" else criteria[1:])]
        for criterion in criteria:
            self.rows.add(
                models.ResolutionRow,
                round_id=round_,
                criterion_id=criterion.id,
                level_id=criterion.met_from,
                value="3",
                rule="same",
            )
            if criterion.id in met:
                self.rows.add(
                    models.CriterionLock,
                    submission_id=self.submission,
                    attempt_id=attempt,
                    criterion_id=criterion.id,
                    level_id=criterion.met_from,
                    structure_hash=_ZERO,
                    locked_at=self.at,
                )
        self.rows.add(
            models.DecisionRow,
            round_id=round_,
            attempt_id=attempt,
            outcome="met" if self.kind == "met" else "not_yet",
            met=met,
            rule="all_met",
            code_digest="",
            decided_at=self.at,
        )
        shown = public_id()
        released = self.kind in {"revise", "met"}
        self.rows.add(
            models.Feedback,
            public_id=shown,
            attempt_id=attempt,
            issuer_id=self.issuer,
            round_id=round_,
            state="released" if released else "draft",
            summary="Nearly there.",
            composed_at=self.at,
            items=[{"criterion": c.id, "saw": "Seen.", "do": "Do this.", "flags": []} for c in criteria],
            author_id=LEAD if released else None,
            released_at=self.at if released else None,
        )
        return shown
