"""How a viewer names a submission: a random name for the learner, and a case reference to quote."""

import secrets

from sqlmodel import Session, col, or_, select

from reviewhub.domain.alias_words import ADJECTIVES, BIRDS
from reviewhub.models import Alias
from reviewhub.services.kit import Tx

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"
_ANY = _LETTERS + _DIGITS
_TRIES = 20


def alias_for(tx: Tx, submission_id: int, viewer_id: int) -> Alias:
    """The viewer's alias for this submission, made at the first call. Nobody else has the same."""
    kept = tx.session.exec(
        select(Alias).where(Alias.submission_id == submission_id, Alias.viewer_id == viewer_id)
    ).first()
    if kept is not None:
        return kept
    alias = Alias(
        submission_id=submission_id,
        viewer_id=viewer_id,
        name=_name(tx.session, submission_id, viewer_id),
        case_ref=_case_ref(tx.session),
    )
    tx.session.add(alias)
    tx.session.flush()
    return alias


def _name(session: Session, submission_id: int, viewer_id: int) -> str:
    """A name that this viewer has not met yet, nor another for this submission, as far as the words reach.

    Two who talk must not find out by a name that they score the same.
    """
    used = or_(col(Alias.viewer_id) == viewer_id, col(Alias.submission_id) == submission_id)
    met = set(session.exec(select(Alias.name).where(used)).all())
    drawn = ""
    for _ in range(_TRIES):
        drawn = f"{secrets.choice(ADJECTIVES)} {secrets.choice(BIRDS)}"
        if drawn not in met:
            break
    return drawn


def _case_ref(session: Session) -> str:
    """Such as K7-204X: nothing that is misread or misheard (no 0 O 1 I L), nothing that counts up."""
    while True:
        tail = "".join(secrets.choice(_ANY) for _ in range(4))
        drawn = f"{secrets.choice(_LETTERS)}{secrets.choice(_DIGITS)}-{tail}"
        if session.exec(select(Alias.id).where(col(Alias.case_ref) == drawn)).first() is None:
            return drawn
