"""How long a claim lasts: whole hours, in whatever zone, also on the day on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reviewhub.domain.calendar import Calendar
from reviewhub.domain.claim import claim_ends, pile_ends

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "began",
    [
        datetime(2026, 7, 1, 9, 0, tzinfo=NEW_YORK),
        datetime(2026, 3, 7, 23, 0, tzinfo=NEW_YORK),
        datetime(2026, 10, 31, 23, 0, tzinfo=NEW_YORK),
        datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1),
        datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
    ],
)
def test_eight_hours_are_eight_hours(began):
    ends = claim_ends(began, 8)
    assert ends.tzinfo is UTC
    assert ends.timestamp() - began.timestamp() == 8 * 3600


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        claim_ends(datetime(2026, 11, 1, 9, 0), 8)  # noqa: DTZ001


def test_a_pile_is_left_alone_for_a_whole_working_day():
    calendar = Calendar(zone="America/New_York", closed=frozenset({date(2026, 11, 26)}))
    laid = datetime(2026, 11, 25, 23, 0, tzinfo=UTC)  # Wednesday; Thursday is closed
    assert pile_ends(calendar, laid) == datetime(2026, 11, 30, 11, 30, tzinfo=UTC)
    assert pile_ends(calendar, laid + timedelta(days=2)) == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
