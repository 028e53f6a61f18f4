"""The tables. They hold data and no behaviour; docs/model.md draws them."""

from reviewhub.models.people import (
    Conflict,
    Invitation,
    Issuer,
    Membership,
    Person,
    Qualification,
    Session,
    Token,
)
from reviewhub.models.rubrics import MicroCredential, Plugin, RubricVersion, Stack, StackItem
from reviewhub.models.running import Event, EventText, Hold, LetterRow, Outbox
from reviewhub.models.scoring import (
    Alias,
    CriterionLock,
    DecisionRow,
    Feedback,
    Rating,
    ResolutionRow,
    Review,
    Round,
    Scoresheet,
)
from reviewhub.models.work import Artifact, Attempt, CleanCopy, FileGrant, Submission

__all__ = [
    "Alias",
    "Artifact",
    "Attempt",
    "CleanCopy",
    "Conflict",
    "CriterionLock",
    "DecisionRow",
    "Event",
    "EventText",
    "Feedback",
    "FileGrant",
    "Hold",
    "Invitation",
    "Issuer",
    "LetterRow",
    "Membership",
    "MicroCredential",
    "Outbox",
    "Person",
    "Plugin",
    "Qualification",
    "Rating",
    "ResolutionRow",
    "Review",
    "Round",
    "RubricVersion",
    "Scoresheet",
    "Session",
    "Stack",
    "StackItem",
    "Submission",
    "Token",
]
