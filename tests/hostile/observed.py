"""What there is to observe of each field of the table of blindness, in a later attempt that is disputed."""

import re

from sqlmodel import col, select

from reviewhub.domain.blinding import Field, Viewer
from reviewhub.models import Alias, Artifact, Attempt, CleanCopy, Feedback, Review, Round

STARTS = {
    Viewer.LEARNER: ("/work", "/work/{submission}"),
    Viewer.ASSESSOR: ("/queue", "/reviews"),
    Viewer.ADJUDICATOR: ("/queue", "/reviews"),
    Viewer.LEAD: (
        "/feedback",
        "/feedback?show=released",
        "/feedback?show=questions",
        "/feedback/corrections",
    ),
    Viewer.COORDINATOR: ("/coordinate", "/coordinate/submissions", "/coordinate/people"),
}
"""Where each role begins. A lead who adjudicates begins at both, and is asked for both."""
OWN = {
    Viewer.ADJUDICATOR: ("/queue", "/reviews", "/files"),
    Viewer.LEAD: ("/feedback", "/files"),
}
"""Which addresses belong to which of a lead's two roles."""
SAID = {"ana": ["robin-ana"], "ben": ["robin-ben"], "lead": ["stork-blind", "stork-final"]}
GIVEN = "We saw a goshawk"
"""In the feedback that is released."""
_NUMBER = re.compile(r"attempt(?:\s|&nbsp;)*2\b", re.IGNORECASE)
_EARLIER = re.compile("what came before|levels of the attempt before|/feedback/1", re.IGNORECASE)


class Observer:
    """Looks at everything that somebody reaches, and tells which fields they meet."""

    def __init__(self, cast, crawler):
        self.cast, self._crawler = cast, crawler

    def fields(self, name, viewer):
        """All that the person meets in this role, by links and by asking for each file by its id."""
        crawler = self._crawler(getattr(self.cast, name))
        starts = [start.format(submission=self.cast.story.id) for start in STARTS[viewer]]
        answers = [a for a in crawler.crawl(*starts) if a.url.startswith(OWN.get(viewer, ""))]
        text = "\n".join(
            f"{a.url}\n{a.headers}\n{a.body.decode('utf-8', 'replace')}" for a in answers
        ).lower()
        met = {f for f, marks in self._marks(name, viewer).items() if any(m.lower() in text for m in marks)}
        earlier = _EARLIER if viewer is not Viewer.LEAD else self._first_feedback()
        for field, what in {Field.ATTEMPT_NUMBER: _NUMBER, Field.EARLIER_LEVELS: earlier}.items():
            met |= {field} if what.search(text) else set()
        for field, table in {Field.ORIGINAL: Artifact, Field.CLEAN_COPY: CleanCopy}.items():
            if any(crawler.get(f"/files/{pid}").status == 302 for pid in self._rows(select(table.public_id))):
                met.add(field)
        return met

    def _marks(self, name, viewer):
        own = [] if viewer is Viewer.LEAD else SAID.get(name, [])
        staff = {"ana": "Silva", "ben": "Okafor", "lead": "Lund"}
        due = {*self._rows(select(Review.due_on)), *self._rows(select(Attempt.promised_on))} - {None}
        return {
            Field.LEARNER_NAME: [self.cast.learner.email],
            Field.ALIAS: self._rows(select(Alias.name)),
            Field.FILE_NAME: ["canaryfile zebrowitz plan.pdf"],
            Field.EXACT_TIME: ["03:17"],
            Field.DUE_DAY: [f"{day:%a} {day.day} {day:%b}" for day in due],
            Field.CHANGE_NOTE: ["quokkachange"],
            Field.OWN_SHEET: own,
            Field.OTHER_SHEETS: [mark for said in SAID.values() for mark in said if mark not in own],
            Field.ASSESSOR_NAMES: [surname for who, surname in staff.items() if who != name],
            Field.RESOLUTION: self._results(viewer),
            Field.FEEDBACK: self._results(viewer) if viewer is Viewer.LEAD else [GIVEN],
        }

    def _first_feedback(self):
        """A lead reads the levels of an attempt in its feedback."""
        pids = self._rows(select(Feedback.public_id).join(Attempt).where(Attempt.number == 1))
        return re.compile("|".join(pids) or "(?!)")

    def _results(self, viewer):
        """Addresses at which the attempt's result stands; for an adjudicator, their own final sheet."""
        newest = select(Attempt.id).order_by(col(Attempt.id).desc()).limit(1).scalar_subquery()
        if viewer is Viewer.LEAD:
            ids = self._rows(select(Feedback.public_id).where(Feedback.attempt_id == newest))
            return [f"/feedback/{pid}" for pid in ids]
        if viewer is Viewer.COORDINATOR:
            return [
                f"/decision/{p}"
                for p in self._rows(select(Round.public_id).where(Round.attempt_id == newest))
            ]
        return ["/feedback/2"] if viewer is Viewer.LEARNER else ["stork-final"]

    def _rows(self, query):
        with self.cast.kit.read() as session:
            return session.exec(query).all()
