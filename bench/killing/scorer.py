"""Whoever has a seat: an assessor, or a lead who adjudicates. Saves, submits, takes back, submits again."""

import random
import secrets

from sqlmodel import Session, col, select

from bench.killing.browser import Answer
from bench.killing.clients import Client
from bench.killing.world import LEVELS
from reviewhub.models import Attempt, Review, Round, Scoresheet

SAVED = 0.25
UNDONE = 0.15
DIFFERS = 0.12
"""How often an assessor sees a criterion otherwise than it is."""
WEAK = 0.3
"""How often a criterion is not there in a first attempt."""


class Scorer:
    """One person's reviews, one after the other."""

    def __init__(self, client: Client, person_id: int, secret: str) -> None:
        self._client, self._id = client, person_id
        self._browser = client.browser(secret)
        self.finished = False

    def step(self) -> bool:
        """Score the oldest review that waits."""
        found = self._client.look(self._look)
        if found is None:
            return False
        self._score(*found)
        return True

    def _look(self, session: Session) -> tuple[Review, Round, int] | None:
        return session.exec(
            select(Review, Round, Attempt.number)
            .join(Round, col(Round.id) == Review.round_id)
            .join(Attempt, col(Attempt.id) == Round.attempt_id)
            .where(Review.assessor_id == self._id, col(Review.state).in_(["offered", "claimed"]))
            .order_by(col(Review.id))
            .limit(1)
        ).first()

    def _score(self, review: Review, round_: Round, number: int) -> None:
        path, dice = f"/reviews/{review.public_id}", self._client.dice
        page = self._browser.get(path)
        if page.status != 200:
            return
        word = secrets.token_hex(8)
        sheet = self._sheet(page, round_, number, word)
        if not sheet:
            return
        if dice.random() < SAVED:
            self._browser.post(f"{path}/draft", {**sheet, "draft_version": page.value("draft_version")})
            page = self._browser.get(path)
        form = {**sheet, "draft_version": page.value("draft_version")}
        if self._browser.post(f"{path}/submit", form).status != 303:
            return
        self._client.journal.write("sheet", review=review.public_id, word=word)
        if dice.random() < UNDONE:
            self._undo(review, word)

    def _sheet(self, page: Answer, round_: Round, number: int, word: str) -> dict[str, str]:
        fields = {}
        for criterion in page.names("level-"):
            true = random.Random(f"{round_.public_id}{criterion}").random()
            level = LEVELS[1] if number == 1 and true < WEAK else LEVELS[2]
            if self._client.dice.random() < DIFFERS:
                level = LEVELS[0]
            fields[f"level-{criterion}"] = level
            fields[f"comment-{criterion}"] = f"Seen: {word}."
        return fields

    def _undo(self, review: Review, word: str) -> None:
        if self._browser.post(f"/reviews/{review.public_id}/undo", {}).status != 303:
            return
        if self._client.look(lambda session: _undone(session, review)):
            self._client.journal.write("undone", review=review.public_id, word=word)


def _undone(session: Session, review: Review) -> bool:
    """Whether the newest sheet was taken back: a press after the window's end leads to the same page."""
    newest = (
        select(Scoresheet.undone_at)
        .where(Scoresheet.review_id == review.id)
        .order_by(col(Scoresheet.sequence).desc())
        .limit(1)
    )
    return session.exec(newest).first() is not None
