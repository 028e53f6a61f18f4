"""The judge and the converter of a kit, real but for what a test does to them."""

from reviewhub.domain.errors import PluginFault
from reviewhub.services.ports import Cleaned, CleanPage, NotCleanable


class Judge:
    """The real judge, with code that can be broken, and time for others to act while it thinks."""

    def __init__(self, real):
        self.real, self.broken, self.meanwhile = real, False, None

    def _ask(self, hook, *args):
        act, self.meanwhile = self.meanwhile, None
        if act:
            act()
        if self.broken:
            raise PluginFault("harbor", hook, "broken")
        return getattr(self.real, hook)(*args)

    def agree(self, *args):
        return self._ask("agree", *args)

    def resolve(self, *args):
        return self._ask("resolve", *args)

    def decide(self, *args):
        return self._ask("decide", *args)

    def feedback(self, *args):
        return self._ask("feedback", *args)


class Converter:
    """Makes clean copies at once, or says that it cannot; sniffs as the real one does."""

    def __init__(self, real):
        self.sniff, self.able = real.sniff, True

    def clean(self, _path, _media_type, folder):
        if not self.able:
            return NotCleanable("It has a password.")
        page = folder / "page"
        page.write_text("clean")
        return Cleaned((CleanPage(page, "text/plain", "text", 0, 0),))
