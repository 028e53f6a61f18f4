"""How much waits behind each of a lead's tabs."""

from reviewhub.queries.corrections import count_corrections
from reviewhub.queries.lead import count_waiting
from reviewhub.queries.questions import count_questions
from reviewhub.web import actor, kit


def tab_counts(waiting: int | None = None) -> dict[str, int]:
    """To confirm, to answer, to correct: each 1,001 at most. `waiting`: to confirm, where it is known."""
    with kit().read() as session:
        return {
            "confirm": count_waiting(session, actor()) if waiting is None else waiting,
            "questions": count_questions(session, actor()),
            "corrections": count_corrections(session, actor()),
        }
