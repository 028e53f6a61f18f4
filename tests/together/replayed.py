"""The events of each submission, told once more from the first, lead to the states that the rows are in."""

from reviewhub.domain.replay import Replay, held_from, unexplained
from reviewhub.services.verify_audit_chains import link_of


def replay_problems(state):
    """`state` is a State."""
    owner = {("submission", one.id): one.id for one in state.submissions}
    owner |= {("attempt", one.id): one.submission_id for one in state.attempts}
    owner |= {("round", one.id): owner["attempt", one.attempt_id] for one in state.rounds}
    owner |= {("review", one.id): owner["round", one.round_id] for one in state.reviews}
    rows = {one.id: {("submission", ""): held_from(one.state, one.held_from)} for one in state.submissions}
    for kind, things in (("attempt", state.attempts), ("round", state.rounds), ("review", state.reviews)):
        for one in things:
            now = held_from(one.state, getattr(one, "held_from", None))
            rows[owner[kind, one.id]][kind, one.public_id] = now
    replays = {one.id: Replay() for one in state.submissions}
    for event in state.events:
        if event.aggregate == "submission" and (said := replays[event.aggregate_id].take(link_of(event))):
            yield f"event {event.seq} of submission {event.aggregate_id}: {said}"
    for key, replay in replays.items():
        for thing, said in unexplained(replay.states, rows[key]) if replay.begun else ():
            yield f"{thing} of submission {key}: {said}"
