"""The story's clock: it stands still until the story moves it on."""

from datetime import datetime


class ScriptClock:
    """Begins about 30 days before the first start and is moved forward to it; never back."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Where the story is; aware UTC."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go on to this moment; one that lies behind changes nothing."""
        self._now = max(self._now, moment)
