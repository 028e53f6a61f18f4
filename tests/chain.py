"""Stored events as the links that domain.audit checks."""

from reviewhub.domain.audit import Link


def links(events):
    """(link, stored hash) of each event, in the order given."""
    return [
        (
            Link(
                e.aggregate,
                e.aggregate_id,
                e.seq,
                e.at,
                e.actor_id,
                e.action,
                e.from_state,
                e.to_state,
                e.facts,
                e.commitment,
                e.previous,
            ),
            e.hash,
        )
        for e in events
    ]
