import pytest

from tests.audit.record import Record


@pytest.fixture
def record(kit, world):
    """Two issuers and two submissions whose chains grow, are sealed, and are tampered with."""
    return Record(kit, world)
