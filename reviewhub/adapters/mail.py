"""Mail: a real SMTP client, and a twin that keeps letters where the demo's mailbox page shows them."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from reviewhub.services.ports import Letter

_SECONDS = 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class SmtpMail:
    """Sends through smtp://user:password@host:port (with STARTTLS where offered) or smtps://… addresses.

    Letters carry links that set passwords: a server whose certificate does not prove its name gets none.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Send one letter; raises OSError or smtplib.SMTPException, and the job is tried again."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = " ".join(
            letter.subject.split()
        )  # names stand in it, and no header holds a line break
        message["Message-ID"] = letter.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        with self._connect() as client:
            client.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or "localhost"
        if self._url.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            client = smtplib.SMTP(host, self._url.port or 25, timeout=_SECONDS)
            client.ehlo()
            if client.has_extn("starttls"):
                client.starttls(context=ssl.create_default_context())
                client.ehlo()
            elif self._url.username and host not in _LOOPBACK:
                client.close()
                raise smtplib.SMTPNotSupportedError("no STARTTLS: the password would be sent in the open")
        if self._url.username:
            client.login(unquote(self._url.username), unquote(self._url.password or ""))
        return client


class KeptMail:
    """Sends nothing: letters stay in the database, and the demo's mailbox page shows them."""

    def send(self, letter: Letter) -> None:
        """Nothing to do; the row is the letter."""
