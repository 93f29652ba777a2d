"""Sends a mail: through the shop's SMTP server, or into the outbox of a demonstration.

Both take a ready `EmailMessage`. Whatever goes wrong is raised, for the job that sends to try again.
"""

import os
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Optional, Protocol

import aiosmtplib

from base.clock import ROME
from base.settings import Settings, Smtp, SmtpTls

SMTP_S = 10.0
DEMO_SENDER = "negozio@localhost"


class Mailer(Protocol):
    """A way to send mail."""

    sender: str

    async def send(self, mail: EmailMessage) -> None:
        """Hand the mail over; it may be handed over again after an error, and then arrive twice.

        Raises:
            aiosmtplib.SMTPException, OSError: it was not taken.
        """


class SmtpMailer:
    """The shop's mail server. `tls` is for tests: the certificates that are trusted."""

    def __init__(self, smtp: Smtp, tls: Optional[ssl.SSLContext] = None, timeout_s: float = SMTP_S) -> None:
        self._smtp, self._tls, self._timeout_s = smtp, tls, timeout_s
        self.sender = smtp.sender

    async def send(self, mail: EmailMessage) -> None:
        """See `Mailer`; every step of the exchange has the timeout, and the job that sends has one for all."""
        async with connected(self._smtp, self._tls, self._timeout_s) as client:
            await client.send_message(mail)


class Outbox:
    """A folder of mails that would have been sent, one file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sender = DEMO_SENDER

    async def send(self, mail: EmailMessage) -> None:
        """Write the mail, whole or not at all; the same mail again is the same file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = "".join(sign for sign in str(mail["Message-ID"]).partition("@")[0] if sign.isalnum() or sign in "-_")
        draft = self._folder / f"{name}.draft-{os.getpid()}"
        draft.write_bytes(bytes(mail))
        draft.replace(self._folder / f"{name}.eml")


def mailer_of(settings: Settings) -> Optional[Mailer]:
    """How mail is sent here; None where there is no way. A demonstration never sends any."""
    if settings.dev:
        return Outbox(settings.outbox)
    return SmtpMailer(settings.smtp) if settings.smtp else None


def connected(smtp: Smtp, tls: Optional[ssl.SSLContext], timeout_s: float) -> aiosmtplib.SMTP:
    """A client that connects, protects the line as asked and logs in, when it is entered."""
    return aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.user or None,
        password=smtp.password or None,
        timeout=timeout_s,
        use_tls=smtp.tls is SmtpTls.TLS,
        start_tls=smtp.tls is SmtpTls.STARTTLS,
        tls_context=tls,
    )


def text_mail(sender: str, to: str, subject: str, text: str, own_id: str, at: datetime) -> EmailMessage:
    """A plain mail written by a machine, which no absence note answers. `own_id` makes a repeated one the same."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(at.astimezone(ROME))
    mail["Message-ID"] = f"<{own_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail
