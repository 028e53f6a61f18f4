"""Who sees what, when: viewer × field × moment. Queries return only what this table allows."""

from collections.abc import Mapping
from enum import StrEnum


class Viewer(StrEnum):
    """In which role somebody looks."""

    LEARNER = "learner"
    ASSESSOR = "assessor"
    ADJUDICATOR = "adjudicator"
    LEAD = "lead"
    COORDINATOR = "coordinator"


class Field(StrEnum):
    """What there is to see of an attempt."""

    LEARNER_NAME = "learner's name and address"
    ALIAS = "learner's alias"
    FILE_NAME = "file names as uploaded"
    ORIGINAL = "original files"
    CLEAN_COPY = "clean copies"
    EXACT_TIME = "exact times"
    DUE_DAY = "due day"
    ATTEMPT_NUMBER = "attempt number"
    CHANGE_NOTE = "what the learner says changed"
    EARLIER_LEVELS = "levels of earlier attempts"
    OWN_SHEET = "own sheet"
    OTHER_SHEETS = "the other sheets"
    ASSESSOR_NAMES = "assessors' names"
    RESOLUTION = "resolution and decision"
    FEEDBACK = "feedback"


class When(StrEnum):
    """From which moment on."""

    ALWAYS = "always"
    NEVER = "never"
    AFTER_BLIND_SHEET = "after the own blind sheet"
    AFTER_FINAL = "after the own sheet is final"
    AFTER_DECISION = "after the decision"
    AFTER_RELEASE = "after the release"
    AFTER_GRANT = "while a coordinator's grant lasts"
    """On one page, for the one submission that the grant names (rule 19)."""


_A, _N = When.ALWAYS, When.NEVER

SEES: Mapping[Field, Mapping[Viewer, When]] = {
    field: dict(zip(Viewer, row, strict=True))
    for field, row in {
        #                      learner, assessor, adjudicator, lead, coordinator
        Field.LEARNER_NAME: (_A, _N, _N, When.AFTER_GRANT, _A),
        Field.ALIAS: (_N, _A, _A, _A, _N),
        Field.FILE_NAME: (_A, _N, _N, _N, _A),
        Field.ORIGINAL: (_A, _N, _N, _N, _N),
        Field.CLEAN_COPY: (_A, _A, _A, _A, _N),
        Field.EXACT_TIME: (_A, _N, _N, _N, _A),
        Field.DUE_DAY: (_A, _A, _A, _A, _A),
        Field.ATTEMPT_NUMBER: (_A, When.AFTER_FINAL, When.AFTER_FINAL, When.AFTER_DECISION, _A),
        Field.CHANGE_NOTE: (_A, When.AFTER_FINAL, When.AFTER_FINAL, When.AFTER_DECISION, _A),
        Field.EARLIER_LEVELS: (
            When.AFTER_RELEASE,
            When.AFTER_FINAL,
            When.AFTER_FINAL,
            When.AFTER_DECISION,
            _N,
        ),
        Field.OWN_SHEET: (_N, _A, _A, _N, _N),
        Field.OTHER_SHEETS: (_N, _N, When.AFTER_BLIND_SHEET, When.AFTER_DECISION, _N),
        Field.ASSESSOR_NAMES: (_N, _N, _N, _N, _A),
        Field.RESOLUTION: (
            When.AFTER_RELEASE,
            _N,
            When.AFTER_FINAL,
            When.AFTER_DECISION,
            When.AFTER_DECISION,
        ),
        Field.FEEDBACK: (When.AFTER_RELEASE, _N, _N, When.AFTER_DECISION, When.AFTER_RELEASE),
    }.items()
}


def sees(viewer: Viewer, field: Field, *moments: When) -> bool:
    """Whether the viewer sees the field, given the moments that have passed."""
    when = SEES[field][viewer]
    return when is When.ALWAYS or (when is not When.NEVER and when in moments)
