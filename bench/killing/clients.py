"""Client processes: `python -m bench.killing.clients FILE` plays the people that FILE names, until stopped.

What a person does next is looked up in the database; what they do goes over HTTP alone. A press without an
answer is repeated with the very same form, as people do.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bench.killing.browser import Answer, Browser, Down, Fault, Files
from bench.killing.journal import Journal
from reviewhub.adapters.db import Database
from reviewhub.settings import Settings

IDLE_SECONDS = 0.15
AGAIN_SECONDS = 0.2
T = TypeVar("T")


class Stopped(Exception):
    """The run is over."""


class Player(Protocol):
    """Somebody who does one thing at a time."""

    def step(self) -> bool:
        """Do the next thing, if there is one; whether something was done."""
        ...

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to do, ever."""
        ...


@dataclass(slots=True)
class Client:
    """What the players of one process share."""

    settings: Settings
    db: Database
    journal: Journal
    dice: random.Random
    folder: Path

    @property
    def draining(self) -> bool:
        """Whether what has begun is to be ended, and nothing new begun."""
        return (self.folder / "drain").exists()

    def look(self, what: Callable[[Session], T]) -> T:
        """Read the database; again if the connection is killed meanwhile."""
        while True:
            try:
                with self.db.reading() as session:
                    return what(session)
            except DBAPIError:
                self.wait()

    def wait(self, seconds: float = AGAIN_SECONDS) -> None:
        """Before another try. Stopped when the run is over."""
        if (self.folder / "stop").exists():
            raise Stopped
        time.sleep(seconds)

    def browser(self, secret: str) -> "Patient":
        """A browser for one of the people."""
        return Patient(self, Browser(self.settings.public_url, secret))


class Patient:
    """A browser whose user presses again until there is an answer."""

    def __init__(self, client: Client, inner: Browser) -> None:
        self._client, self._inner = client, inner

    def _until(self, ask: Callable[[], T]) -> T:
        while True:
            try:
                return ask()
            except Down:
                pass
            except Fault as fault:
                self._client.journal.write("fault", path=str(fault))
            self._client.wait()

    def get(self, path: str) -> Answer:
        """The page."""
        return self._until(lambda: self._inner.get(path))

    def post(self, path: str, fields: Mapping[str, str], files: Files | None = None) -> Answer:
        """The answer to a form, pressed as often as it takes."""
        return self._until(lambda: self._inner.post(path, fields, files))

    def put(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The storage's answer to a file."""
        return self._until(lambda: self._inner.put(url, headers, body))


def play(client: Client, players: Sequence[Player], at_once: int) -> None:
    """Let the first `at_once` unfinished players take their steps in turn, until stopped."""
    while True:
        active = [player for player in players if not player.finished][:at_once]
        done = [player.step() for player in active]
        if not any(done):
            client.wait(IDLE_SECONDS)


def main() -> None:
    """Build the players that the file names."""
    from bench.killing.lead import Lead  # noqa: PLC0415  # they import this module
    from bench.killing.learner import Learner  # noqa: PLC0415
    from bench.killing.scorer import Scorer  # noqa: PLC0415

    given: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    settings = Settings.from_env(os.environ)
    client = Client(
        settings,
        Database(settings.database),
        Journal(Path(given["journal"])),
        random.Random(given["seed"]),
        Path(given["folder"]),
    )
    kinds = {"learner": (Learner,), "assessor": (Scorer,), "lead": (Scorer, Lead)}
    players: list[Player] = [
        kind(client, one["id"], one["secret"]) for one in given["people"] for kind in kinds[given["kind"]]
    ]
    try:
        play(client, players, given["at_once"])
    except Stopped:
        client.journal.close()


if __name__ == "__main__":
    main()
