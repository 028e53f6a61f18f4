"""Who may start a micro-credential, and what may become of that."""

from reviewhub.domain.offering import OFFERING


def test_what_learners_could_find_never_becomes_a_pilot():
    assert OFFERING["live"] == ("retired",)


def test_a_pilot_ends_by_going_live_or_not_at_all():
    assert set(OFFERING["pilot"]) == {"live", "retired"}


def test_what_was_retired_can_be_offered_again():
    assert set(OFFERING["retired"]) == {"pilot", "live"}


def test_nothing_leads_to_what_is_not_there():
    assert set(OFFERING) == {"pilot", "live", "retired"}
    assert all(set(following) < set(OFFERING) for following in OFFERING.values())
