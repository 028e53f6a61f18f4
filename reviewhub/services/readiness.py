"""Whether each part that ReviewHub needs answers: database, redis, storage."""

from collections.abc import Callable

from reviewhub.services.kit import Kit


def readiness(kit: Kit) -> dict[str, str]:
    """By part: `ready`, or the name of what went wrong. Never raises."""
    checks: dict[str, Callable[[], None]] = {
        "database": kit.db.ready,
        "redis": kit.queue.ready,
        "storage": kit.storage.ready,
    }
    return {name: _answers(check) for name, check in checks.items()}


def _answers(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever a part raises, it is not ready
        return type(error).__name__
    return "ready"
