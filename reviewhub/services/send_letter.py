"""Deliver one letter: at least once, with a Message-ID that stays the same."""

from reviewhub.models import LetterRow
from reviewhub.services.kit import Job, Kit
from reviewhub.services.ports import Letter


def send_letter(kit: Kit, job: Job, letter_id: int) -> None:
    """Send, then record. A crash in between sends it again; the receiver sees the same Message-ID."""
    with kit.read() as session:
        row = session.get_one(LetterRow, letter_id)
        letter = Letter(row.message_id, row.to, row.subject, row.body)
    kit.mail.send(letter)
    with kit.write() as tx:
        tx.session.get_one(LetterRow, letter_id).sent_at = tx.now
        tx.done(job)
