"""What can go wrong, said so that a person knows what to do next."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where, what was given, what to do."""

    field: str
    message: str
    value: str = ""


class DomainError(Exception):
    """A refusal with a stable code for programs and a sentence for people."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Refused(DomainError):
    """This person may not do this, or not in this state."""


class NotFound(DomainError):
    """Nothing here for this person; also the answer for what is another issuer's."""

    def __init__(self, message: str = "There is nothing here, or it is not yours to see.") -> None:
        super().__init__(message, "not_found")


class Invalid(DomainError):
    """Bad input: every problem at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(p.message for p in problems), "invalid")
        self.problems = problems


class Stale(DomainError):
    """Somebody was faster: the thing changed since it was read. Nothing was written."""

    def __init__(
        self, message: str = "This changed while you were looking at it. Nothing was overwritten."
    ) -> None:
        super().__init__(message, "stale")


class PluginFault(DomainError):
    """The owner's code could not answer; what waits for it is held, never guessed."""

    def __init__(self, plugin: str, hook: str, reason: str) -> None:
        super().__init__(f"{plugin}: {hook}: {reason}", "plugin_fault")
        self.plugin = plugin
        self.hook = hook
        self.reason = reason
