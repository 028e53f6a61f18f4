"""Compare the states on the rows of submissions with what their events lead to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from reviewhub.domain.replay import Thing, held_from, unexplained
from reviewhub.models import Attempt, Review, Round, Submission
from reviewhub.services.kit import Kit
from reviewhub.services.scope import stored

States = dict[Thing, str]


def states_of(kit: Kit, ids: Sequence[int]) -> Mapping[int, States]:
    """By submission, the state of itself and of all that hangs on it, named as domain.replay does.

    Four statements however many there are, oldest root first.
    """
    found: defaultdict[int, States] = defaultdict(dict)
    of_attempt = col(Attempt.submission_id)
    rounds = select(of_attempt, Round.public_id, Round.state, Round.held_from).join(
        Attempt, col(Attempt.id) == Round.attempt_id
    )
    reviews = (
        select(of_attempt, Review.public_id, Review.state)
        .join(Round, col(Round.id) == Review.round_id)
        .join(Attempt, col(Attempt.id) == Round.attempt_id)
    )
    attempts = select(of_attempt, Attempt.public_id, Attempt.state)
    with kit.read() as session:
        for root in session.exec(select(Submission).where(col(Submission.id).in_(ids))):
            found[stored(root.id)]["submission", ""] = held_from(root.state, root.held_from)
        for key, name, state in session.exec(attempts.where(of_attempt.in_(ids))):
            found[key]["attempt", name] = state
        for key, name, state, back_to in session.exec(rounds.where(of_attempt.in_(ids))):
            found[key]["round", name] = held_from(state, back_to)
        for key, name, state in session.exec(reviews.where(of_attempt.in_(ids))):
            found[key]["review", name] = state
    return found


def wrong_state(told: Mapping[Thing, str], rows: Mapping[Thing, str]) -> str:
    """The first thing whose row says what no event does, with what it is; "" where all is explained."""
    for (kind, name), text in unexplained(told, rows):
        return f"{kind} {name} ({text})" if name else f"its own state ({text})"
    return ""
