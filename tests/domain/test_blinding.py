import pytest

from reviewhub.domain.blinding import SEES, Field, Viewer, When, sees

BLIND = (Viewer.ASSESSOR, Viewer.ADJUDICATOR, Viewer.LEAD)
IDENTIFYING = (Field.LEARNER_NAME, Field.FILE_NAME, Field.ORIGINAL, Field.EXACT_TIME, Field.ASSESSOR_NAMES)

MOMENTS = {
    "always": "always",
    "never": "never",
    "blind": "after the own blind sheet",
    "final": "after the own sheet is final",
    "decision": "after the decision",
    "release": "after the release",
    "grant": "while a coordinator's grant lasts",
}
WORDS = """
                                learner assessor adjudicator lead     coordinator
learner's name and address    | always  never    never       grant    always
learner's alias               | never   always   always      always   never
file names as uploaded        | always  never    never       never    always
original files                | always  never    never       never    never
clean copies                  | always  always   always      always   never
exact times                   | always  never    never       never    always
due day                       | always  always   always      always   always
attempt number                | always  final    final       decision always
what the learner says changed | always  final    final       decision always
levels of earlier attempts    | release final    final       decision never
own sheet                     | never   always   always      never    never
the other sheets              | never   never    blind       decision never
assessors' names              | never   never    never       never    always
resolution and decision       | release never    final       decision decision
feedback                      | release never    never       decision release
"""
"""The table once more, in words. Two lists of the same, so that nobody opens a cell by a slip."""


def test_the_table_says_what_is_written_and_nothing_else():
    head, *lines = WORDS.strip().splitlines()
    written = {}
    for line in lines:
        field, _, cells = line.partition("|")
        moments = [MOMENTS[cell] for cell in cells.split()]
        written[field.strip()] = dict(zip(head.split(), moments, strict=True))
    assert {f.value: {v.value: w.value for v, w in row.items()} for f, row in SEES.items()} == written
    assert set(SEES) == set(Field)


@pytest.mark.parametrize("viewer", Viewer)
@pytest.mark.parametrize("field", Field)
def test_what_is_seen_is_seen_from_its_moment_on_and_not_before(field, viewer):
    when = SEES[field][viewer]
    others = [moment for moment in When if moment is not when]
    assert sees(viewer, field) == (when is When.ALWAYS)
    assert sees(viewer, field, *others) == (when is When.ALWAYS)
    assert sees(viewer, field, *When) == (when is not When.NEVER)


@pytest.mark.parametrize("viewer", BLIND)
@pytest.mark.parametrize("field", IDENTIFYING)
def test_whoever_judges_never_sees_what_identifies(viewer, field):
    assert not sees(viewer, field, *(set(When) - {When.AFTER_GRANT}))


def test_a_grant_shows_a_lead_the_name_and_nothing_else_to_anybody():
    """Rule 19: it is for one submission, and never a side effect of anything else."""
    for viewer in Viewer:
        for field in Field:
            opened = sees(viewer, field, When.AFTER_GRANT) and not sees(viewer, field)
            assert opened == ((viewer, field) == (Viewer.LEAD, Field.LEARNER_NAME))


@pytest.mark.parametrize("moment", [None, *When])
def test_an_assessor_never_sees_another_sheet_or_the_result(moment):
    moments = (moment,) if moment else ()
    assert not sees(Viewer.ASSESSOR, Field.OTHER_SHEETS, *moments)
    assert not sees(Viewer.ASSESSOR, Field.RESOLUTION, *moments)


def test_an_adjudicator_sees_the_other_sheets_after_the_blind_one_only():
    assert not sees(Viewer.ADJUDICATOR, Field.OTHER_SHEETS)
    assert not sees(Viewer.ADJUDICATOR, Field.OTHER_SHEETS, When.AFTER_FINAL, When.AFTER_DECISION)
    assert sees(Viewer.ADJUDICATOR, Field.OTHER_SHEETS, When.AFTER_BLIND_SHEET)


@pytest.mark.parametrize("field", [Field.ATTEMPT_NUMBER, Field.CHANGE_NOTE, Field.EARLIER_LEVELS])
def test_earlier_attempts_are_hidden_until_the_own_sheet_is_final(field):
    for viewer in (Viewer.ASSESSOR, Viewer.ADJUDICATOR):
        assert not sees(viewer, field)
        assert not sees(viewer, field, When.AFTER_BLIND_SHEET)
        assert sees(viewer, field, When.AFTER_FINAL)


def test_a_learner_sees_nothing_of_the_judging_before_the_release():
    for field in (Field.RESOLUTION, Field.FEEDBACK, Field.EARLIER_LEVELS):
        assert not sees(Viewer.LEARNER, field, When.AFTER_DECISION, When.AFTER_FINAL)
        assert sees(Viewer.LEARNER, field, When.AFTER_RELEASE)
    for field in (Field.OWN_SHEET, Field.OTHER_SHEETS, Field.ASSESSOR_NAMES, Field.ALIAS):
        assert not sees(Viewer.LEARNER, field, *When)


def test_whoever_knows_names_sees_no_evidence():
    """A coordinator runs the operation and does not look at the work itself."""
    for field in (Field.CLEAN_COPY, Field.ORIGINAL, Field.OTHER_SHEETS, Field.OWN_SHEET):
        assert not sees(Viewer.COORDINATOR, field, *When)
