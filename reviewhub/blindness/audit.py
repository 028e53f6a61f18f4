"""Look as everybody at a sample of submissions, and at letters, clean copies and seats."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import Flask
from sqlmodel import col, select

from reviewhub.blindness import standing
from reviewhub.blindness.browse import Browser, Seen
from reviewhub.blindness.copies import leaks_in
from reviewhub.blindness.looks import Look, chosen, copies_of, looks_at
from reviewhub.blindness.marks import Mark, Text, without_words
from reviewhub.blindness.report import Finding, Report
from reviewhub.domain.access import Actor
from reviewhub.domain.blinding import Viewer
from reviewhub.models import Alias, LetterRow
from reviewhub.queries.actor import load_actor

LISTS = {
    Viewer.LEARNER: ("/work",),
    Viewer.ASSESSOR: ("/queue", "/reviews"),
    Viewer.ADJUDICATOR: ("/queue", "/reviews"),
    Viewer.LEAD: (
        "/feedback",
        "/feedback?show=released",
        "/feedback?show=questions",
        "/feedback/corrections",
    ),
}
"""Where a person finds their work: looked at once for all of it."""
SHARED = "the same alias"
_OPEN = frozenset({200, 302})


@dataclass(frozen=True, slots=True)
class Wish:
    """How much to look at; 0 is all."""

    submissions: int = 20
    leads: int = 3
    letters: int = 200
    copies: int = 5


ALL = Wish(0, 0, 0, 0)


class Audit:
    """One run. `audit()` gives its report."""

    def __init__(self, app: Flask, wish: Wish) -> None:
        self._browser, self._wish, self._report = Browser(app), wish, Report()
        self._kit = self._browser.kit
        self._now = self._kit.clock.now()

    def audit(self) -> Report:
        """Everything, read from the database as it is now."""
        with self._kit.read() as session:
            ids = chosen(session, self._now.date(), self._wish.submissions)
        self._report.submissions = len(ids)
        looks = [look for one in ids for look in self._of(one)]
        for person_id, viewer in {(look.person_id, look.viewer): None for look in looks}:
            self._person(viewer, [x for x in looks if (x.person_id, x.viewer) == (person_id, viewer)])
        for one in ids:
            self._copies(one)
        self._standing()
        return self._report

    def _of(self, submission_id: int) -> tuple[Look, ...]:
        with self._kit.read() as session:
            return looks_at(session, submission_id, self._wish.leads, self._now)

    def _person(self, viewer: Viewer, looks: list[Look]) -> None:
        """Their own pages one by one; lists and letters, which belong to all of their work, once."""
        with self._kit.read() as session:
            actor = load_actor(session, looks[0].person_id)
            # Names are few: somebody else's for one submission may be theirs for another.
            names = set(session.exec(select(Alias.name).where(Alias.viewer_id == actor.person_id)).all())
        if not actor.signed_in:  # erased
            return
        looks = [replace(x, marks=frozenset(m for m in x.marks if m.words not in names)) for x in looks]
        for look in looks:
            for seen in self._browser.look(actor, look.page, below=True):
                self._check(viewer, seen, {look.submission: look.marks})
        lists = self._lists(looks)
        for page in LISTS[viewer]:
            for seen in self._browser.look(actor, page):
                self._check(viewer, seen, lists)
        self._letters(viewer, actor, lists)

    @staticmethod
    def _lists(looks: Iterable[Look]) -> dict[str, frozenset[Mark]]:
        """What is hidden in every one of the looks at a submission: a list shows what the newest may."""
        found: dict[str, frozenset[Mark]] = {}
        for look in looks:
            found[look.submission] = found.get(look.submission, look.marks) & look.marks
        return found

    def _check(self, viewer: Viewer, seen: Seen, hidden: dict[str, frozenset[Mark]]) -> None:
        (self._report.opened if seen.status in _OPEN else self._report.closed)[viewer.value] += 1
        for where, text in seen.parts:
            self._search(viewer.value, seen.at, where, text, hidden)

    def _search(self, who: str, at: str, where: str, text: str, hidden: dict[str, frozenset[Mark]]) -> None:
        read = Text(text)
        for submission, marks in hidden.items():
            fields = read.tells(without_words(marks, self._browser.words))
            self._report.findings |= {Finding(submission, who, at, where, field) for field in fields}

    def _letters(self, viewer: Viewer, actor: Actor, hidden: dict[str, frozenset[Mark]]) -> None:
        query = (
            select(LetterRow).where(LetterRow.person_id == actor.person_id).order_by(col(LetterRow.id).desc())
        )
        with self._kit.read() as session:
            rows = session.exec(query.limit(self._wish.letters) if self._wish.letters else query).all()
        self._report.letters += len(rows)
        for row in rows:
            at = f"letter {row.kind} {row.message_id}"
            for where, text in (("headers", f"{row.subject}\n{row.message_id}"), ("body", row.body)):
                self._search(viewer.value, at, where, text, hidden)

    def _copies(self, submission_id: int) -> None:
        with self._kit.read() as session:
            found = copies_of(session, submission_id, self._now)
        kept = without_words(found.marks, self._browser.words)
        for copy in found.copies[: self._wish.copies or None]:
            self._report.copies += 1
            for field in leaks_in(self._kit.storage, copy, kept):
                at = f"clean copy {copy.public_id}"
                self._report.findings.add(Finding(found.submission, "whoever scores", at, "bytes", field))

    def _standing(self) -> None:
        """Over all submissions: these cost a few statements."""
        with self._kit.read() as session:
            for one in standing.seats_that_know(session):
                at = f"review {one.review}"
                self._report.findings.add(Finding(one.submission, "whoever scores", at, "seat", one.why))
            for pid in standing.shared_names(session):
                self._report.findings.add(Finding(pid, "two viewers", "their lists", "name", SHARED))
