"""A learner: starts, writes, brings a file one way or the other, sends, appeals, mends, sends again."""

import hashlib
import json
import random
import secrets
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bench.killing.browser import Answer
from bench.killing.clients import Client
from bench.killing.world import ISSUER, SLUG
from reviewhub.models import Appeal, Artifact, Attempt, Submission

ATTESTED = {"attested-own": "yes", "attested-share": "yes", "attested-people": "yes"}
SCRIPTED = 0.5
"""Share of files that a script sends straight to the storage."""
REPLACED = 0.5
"""Share of later attempts for which the file is replaced."""
APPEALED = 0.5
"""Share of results with something to mend that are appealed against."""
_HERE = {"arrived", "checked"}


@dataclass(frozen=True, slots=True)
class Seen:
    """How things stand: the submission, its latest attempt and what is in it."""

    submission: Submission
    attempt: Attempt
    artifacts: tuple[Artifact, ...]
    appealed: bool
    """Against the latest attempt's result."""

    def of(self, requirement: str) -> list[Artifact]:
        """What was given for a requirement."""
        return [row for row in self.artifacts if row.requirement_id == requirement]


class Learner:
    """One person, one submission, as many attempts as it takes."""

    def __init__(self, client: Client, person_id: int, secret: str) -> None:
        self._client, self._id = client, person_id
        self._browser = client.browser(secret)
        self._keeps = False
        self._word = ""
        self._number = 0
        self.finished = False

    def step(self) -> bool:
        """The next thing to do, as the database says it."""
        seen = self._client.look(self._look)
        if seen is None:
            return self._start()
        if seen.submission.state == "met":
            self.finished = True
            return True
        if seen.submission.state == "revise":
            return self._next(seen)
        if seen.attempt.state in {"draft", "needs_fix"}:
            return self._give(seen)
        return False

    def _look(self, session: Session) -> Seen | None:
        submission = session.exec(select(Submission).where(Submission.learner_id == self._id)).first()
        if submission is None:
            return None
        attempt = session.exec(
            select(Attempt)
            .where(Attempt.submission_id == submission.id)
            .order_by(col(Attempt.number).desc())
            .limit(1)
        ).one()
        artifacts = session.exec(select(Artifact).where(Artifact.attempt_id == attempt.id)).all()
        appealed = session.exec(select(Appeal.id).where(Appeal.attempt_id == attempt.id)).first()
        return Seen(submission, attempt, tuple(artifacts), appealed is not None)

    def _start(self) -> bool:
        if self._client.draining:
            self.finished = True
            return False
        path = f"/explore/{ISSUER}/{SLUG}"
        self._browser.get(path)
        answer = self._browser.post(f"{path}/start", {})
        if answer.status == 303 and answer.location.startswith("/work/"):
            self._client.journal.write("started", submission=answer.location.split("/")[2])
        return True

    def _next(self, seen: Seen) -> bool:
        if self._client.draining:
            return False
        path = f"/work/{seen.submission.public_id}"
        self._browser.get(f"{path}/feedback/{seen.attempt.number}")
        if self._wants_another_look(seen):
            return self._appeal(seen, path)
        answer = self._browser.post(f"{path}/next", {})
        if answer.status == 303:
            self._client.journal.write(
                "next", submission=seen.submission.public_id, number=seen.attempt.number + 1
            )
        return True

    def _wants_another_look(self, seen: Seen) -> bool:
        """Decided once for an attempt, however often the step is taken."""
        chance = random.Random(seen.attempt.public_id).random()
        return not seen.appealed and chance < APPEALED

    def _appeal(self, seen: Seen, path: str) -> bool:
        form = {"grounds": "It is on the second page."}
        if self._browser.post(f"{path}/feedback/{seen.attempt.number}/appeal", form).status == 303:
            self._client.journal.write(
                "appealed", submission=seen.submission.public_id, number=seen.attempt.number
            )
        return True

    def _give(self, seen: Seen) -> bool:
        """One form: the words and, by the plain way, the file; or a file by the script's way; then send."""
        if self._number != seen.attempt.number:
            self._number, self._word = seen.attempt.number, secrets.token_hex(8)
            self._keeps = seen.attempt.number > 1 and self._client.dice.random() > REPLACED
        path = f"/work/{seen.submission.public_id}/evidence"
        page = self._browser.get(path)
        plan = seen.of("plan")
        mine = [row for row in plan if row.state in _HERE and (self._keeps or self._word in row.title)]
        if not mine and plan:
            self._browser.post(path, {"do": self._out_of_the_way(plan[0])})
        elif not mine:
            self._bring(seen, page, path)
        elif not any(self._word in row.body for row in seen.of("why")):
            self._browser.post(path, {**self._words(page), "do": "save:why"}, {})
        else:
            self._send(seen, page)
        return True

    @staticmethod
    def _out_of_the_way(row: Artifact) -> str:
        return f"{'confirm' if row.state == 'expected' and row.size % 2 else 'remove'}:{row.public_id}"

    def _words(self, page: Answer) -> dict[str, str]:
        """Everything typed, with the marks of what the page showed."""
        given = {"text.why.0": f"Because of {self._word}.", "version": page.value("version")}
        if self._number > 1:
            given["Note"] = f"It is better: {self._word}."
        marks = {f"was.{name}": page.value(f"was.{name}") for name in given if name != "version"}
        return {**given, **marks}

    def _bring(self, seen: Seen, page: Answer, path: str) -> None:
        data = f"The plan {self._word}.\n".encode() * self._client.dice.randrange(1, 3_000)
        title = f"plan-{self._word}.txt"
        if self._client.dice.random() < SCRIPTED:
            answer = self._by_script(path, title, data)
        else:
            answer = self._browser.post(
                path, {**self._words(page), "do": "save:plan"}, {"file.plan": (title, data)}
            )
        if answer is not None and answer.status == 303:
            self._client.journal.write(
                "file",
                submission=seen.submission.public_id,
                number=self._number,
                sha256=hashlib.sha256(data).hexdigest(),
            )

    def _by_script(self, path: str, title: str, data: bytes) -> Answer | None:
        asked = {"requirement": "plan", "name": title, "size": str(len(data))}
        allowed = self._browser.post(path.replace("/evidence", "/uploads"), asked)
        if allowed.status != 200:
            return None
        told = json.loads(allowed.text)
        if self._browser.put(told["url"], told["headers"], data) not in {201, 409}:
            return None
        return self._browser.post(path, {"do": f"confirm:{told['artifact']}"})

    def _send(self, seen: Seen, page: Answer) -> None:
        root = seen.submission.public_id
        answer = self._browser.post(f"/work/{root}/submit", {**self._words(page), **ATTESTED}, {})
        if answer.status == 303:
            self._client.journal.write("sent", submission=root, number=self._number, word=self._word)
