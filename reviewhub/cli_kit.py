"""What commands share: the settings of this process, and everything built from them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reviewhub.supervise.folder import mark

if TYPE_CHECKING:
    from reviewhub.services.kit import Kit
    from reviewhub.settings import Settings


def read_settings() -> Settings:
    """The settings as the environment's variables say."""
    from reviewhub.settings import Settings

    return Settings.from_env(os.environ)


@contextmanager
def open_kit() -> Iterator[Kit]:
    """Everything for a command of its own. Jobs that it asks for go to the workers of a running server."""
    from reviewhub.bootstrap import build

    settings = read_settings()
    mark(settings.data)
    kit = build(settings)
    try:
        yield kit
    finally:
        kit.db.close()
