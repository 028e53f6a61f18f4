"""What is stored of the cast's case, and so what could be found: marks, by whom they must not reach."""

from sqlmodel import col, select

from reviewhub.models import (
    Alias,
    Artifact,
    Attempt,
    CleanCopy,
    Correction,
    Feedback,
    Hold,
    Person,
    Review,
    Round,
    Submission,
)
from tests.hostile import evidence

FIRST, SECOND = ("wren-ana-one", "wren-ben-one"), ("wren-ana-two", "wren-ben-two")
BLIND, FINAL = ("heron-blind-one", "heron-blind-two"), ("heron-final-one", "heron-final-two")
"""What was said in sheets."""


class House:
    """What is stored, and so what could be found."""

    def __init__(self, cast):
        self.cast, self.kit = cast, cast.kit

    def rows(self, table):
        with self.kit.read() as session:
            return session.exec(select(table).order_by(col(table.id))).all()

    def identity(self):
        """Marks of the learner that nobody who scores may ever meet."""
        learner = self.cast.learner
        marks = [*learner.name.split(), learner.email, learner.public_id, "quokkachange"]
        marks += [*evidence.HIDDEN, "03:17", self.cast.story.id]
        marks += [row.public_id for row in self.rows(Attempt)]
        for row in self.rows(Artifact):
            marks += [row.public_id, row.key, row.staging_key, row.sha256, row.url]
        return [mark for mark in marks if mark]

    def staff(self, *but):
        """Names, addresses and ids of everybody who works here, save these."""
        people = (self.cast.ana, self.cast.ben, self.cast.idle, self.cast.lead, self.cast.cora)
        return [m for p in people if p not in but for m in (p.name, p.email, p.public_id)]

    def names_given_to_others(self, viewer):
        """Aliases and case references that other viewers know the submission by."""
        return [m for a in self.rows(Alias) if a.viewer_id != viewer.id for m in (a.name, a.case_ref)]

    def reviews_of_others(self, viewer):
        return [row.public_id for row in self.rows(Review) if row.assessor_id != viewer.id]

    def everything(self):
        """All that belongs to the submission, for those to whom it does not exist."""
        marks = self.identity() + [m for a in self.rows(Alias) for m in (a.name, a.case_ref)]
        for table in (Review, Round, CleanCopy, Feedback, Hold):
            marks += [row.public_id for row in self.rows(table)]
        marks += [row.key for row in self.rows(CleanCopy)]
        return [*marks, "quokkasaying", *FIRST, *SECOND, *BLIND, *FINAL]

    def hidden_from(self, who):
        """Marks that nobody in this part of the cast may meet, whatever has happened; None is a passer-by."""
        cast = self.cast
        person = getattr(cast, who) if isinstance(who, str) else who
        aliases = self.rows(Alias)
        if who in ("ana", "ben", "lead"):
            reviews = self.reviews_of_others(person) if who != "lead" else []
            names = [*self.staff(person), *self.names_given_to_others(person)]
            return [*self.identity(), *names, *reviews]
        if who == "cora":
            keys = [row.key for table in (CleanCopy, Artifact) for row in self.rows(table) if row.key]
            return ["quokkasaying", *(row.name for row in aliases), *keys]
        if who == "learner":
            ids = [row.public_id for table in (Review, Round) for row in self.rows(table)]
            return [*self.staff(), *(m for a in aliases for m in (a.name, a.case_ref)), *ids]
        if who == "max":  # invites the staff, and sees nobody's work
            return self.everything()
        return [*self.everything(), *self.staff(person)]

    def guesses(self):
        """Every address that somebody could type who knew every id."""
        found = []
        for table, paths in {
            Submission: ("/work/{}", "/work/{}/evidence", "/work/{}/feedback/1", "/work/{}/feedback/2",
                         "/coordinate/submissions/{}", "/coordinate/submissions/{}/conflict",
                         "/coordinate/submissions/{}/hold"),
            Review: ("/reviews/{}", f"/coordinate/submissions/{self.cast.story.id}/seats/{{}}"),
            Feedback: ("/feedback/{}",),
            Artifact: ("/files/{}",),
            CleanCopy: ("/files/{}",),
            Attempt: ("/files/{}", "/work/{}", "/reviews/{}"),
            Round: ("/reviews/{}", f"/coordinate/submissions/{self.cast.story.id}/rescores/{{}}"),
            Correction: ("/feedback/corrections/{}", "/feedback/{}"),
            Person: ("/coordinate/people/{}",),
            Hold: ("/coordinate/holds/{}",),
        }.items():  # fmt: skip
            found += [path.format(row.public_id) for row in self.rows(table) for path in paths]
        found += [f"/coordinate/submissions?case={row.case_ref}" for row in self.rows(Alias)]
        return found
