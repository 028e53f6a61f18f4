import smtplib

import pytest

from reviewhub.adapters.mail import SmtpMail
from reviewhub.services.ports import Letter
from tests.smtp_server import smtp_server

LETTER = Letter(
    "<abc@reviewhub.example>", "ada@people.example", "Your result is here – almost", "Grüße\n.\nEnd"
)


def test_a_letter_goes_over_the_wire_with_its_message_id():
    with smtp_server() as server:
        SmtpMail(server.url, "ReviewHub <no-reply@reviewhub.example>").send(LETTER)
        (got,) = server.letters
    assert got["Message-ID"] == LETTER.message_id
    assert got["Subject"] == LETTER.subject
    assert got["To"] == LETTER.to
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content().splitlines() == LETTER.body.splitlines()


def test_a_refusal_and_a_silence_are_errors_so_that_the_job_is_tried_again():
    with smtp_server() as server:
        server.refuse = True
        with pytest.raises(smtplib.SMTPException):
            SmtpMail(server.url, "a@b.example").send(LETTER)
        address = server.url
    with pytest.raises(OSError, match="refused"):
        SmtpMail(address, "a@b.example").send(LETTER)


def test_a_password_is_never_sent_in_the_open_to_another_machine(monkeypatch):
    monkeypatch.setattr("reviewhub.adapters.mail._LOOPBACK", ())
    with smtp_server() as server:
        address = server.url.replace("smtp://", "smtp://ada:swordfish@")
        with pytest.raises(smtplib.SMTPNotSupportedError, match="in the open"):
            SmtpMail(address, "a@b.example").send(LETTER)
        assert server.letters == []


def test_a_subject_with_line_breaks_goes_out_in_one_line():
    """Names of issuers stand in subjects: one that cannot be sent would stop every letter about it."""
    with smtp_server() as server:
        SmtpMail(server.url, "a@b.example").send(Letter("<x@y>", "a@b.example", "About “A\n\nBcc: c”", "b"))
        (got,) = server.letters
    assert (got["Subject"], got["Bcc"]) == ("About “A Bcc: c”", None)


def test_an_address_cannot_smuggle_a_header():
    with smtp_server() as server, pytest.raises(ValueError, match="linefeed"):
        SmtpMail(server.url, "a@b.example").send(Letter("<x@y>", "a@b.example\nBcc: c@d.example", "s", "b"))
