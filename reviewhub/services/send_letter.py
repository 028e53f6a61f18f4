"""Deliver one letter: at least once, with a Message-ID that stays the same."""

import re

from reviewhub.models import LetterRow
from reviewhub.services.kit import Job, Kit
from reviewhub.services.ports import Letter

_KEYS = re.compile(r"(?<=/choose-password/)\S+|(?<=/invitation/)\S+")


def send_letter(kit: Kit, job: Job, letter_id: int) -> None:
    """Send, then record. A crash in between sends it again; the receiver sees the same Message-ID."""
    with kit.read() as session:
        row = session.get_one(LetterRow, letter_id)
        letter = Letter(row.message_id, row.to, row.subject, row.body)
    kit.mail.send(letter)
    with kit.write() as tx:
        row = tx.session.get_one(LetterRow, letter_id)
        row.sent_at = tx.now
        # Tokens are stored as hashes alone, so a sent letter must not keep them. One that is only kept must.
        if kit.settings.smtp_url:
            row.body = _KEYS.sub("…", row.body)
        tx.done(job)
