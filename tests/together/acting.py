"""What everybody who has a hand in a submission needs: to try, and to look."""

from reviewhub.domain.errors import DomainError

WORDS = "For reasons that are kept."


class Acting:
    """For People: has `kit` and `world`. Refusals are answers like any other."""

    def attempt(self, call, *args, **more):
        """Do it; whether it was done. What the rules refuse is refused in words, and changes nothing."""
        try:
            call(self.kit, *args, **more)
        except DomainError:
            return False
        return True

    def all(self, query):
        with self.kit.read() as session:
            return session.exec(query).all()

    def last(self, query):
        return next(iter(self.all(query.limit(1))), None)
