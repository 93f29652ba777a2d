"""`sportello doctor mail`: whether one-time codes can be sent. Connects, protects the line, logs in; sends nothing."""

import asyncio
import ssl
from typing import Iterator

import aiosmtplib

from base.settings import LOOPBACK_HOSTS, Settings, Smtp, SmtpTls
from cli.findings import Finding, bad, good
from front.mail import connected

ANSWER_S = 10.0


def examine_mail(settings: Settings) -> Iterator[Finding]:
    """What can be found out without sending a mail; without a server, how to switch codes on."""
    if settings.smtp is None:
        yield good("doctor_mail_outbox" if settings.dev else "doctor_mail_off")
        return
    if settings.smtp.tls is SmtpTls.NONE and settings.smtp.host not in LOOPBACK_HOSTS:
        yield bad("doctor_mail_unprotected")
    yield asyncio.run(_ask(settings.smtp))


async def _ask(smtp: Smtp) -> Finding:
    where = {"host": smtp.host, "port": smtp.port}
    try:
        async with connected(smtp, None, ANSWER_S) as client:
            await client.noop()
    except aiosmtplib.SMTPAuthenticationError:
        return bad("doctor_mail_login", **where)
    except (aiosmtplib.SMTPException, OSError) as error:
        if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError) or "STARTTLS" in str(error):
            return bad("doctor_mail_tls", **where)
        return bad("doctor_mail_away", **where, error=type(error).__name__)
    return good("doctor_mail_good", **where, sender=smtp.sender)
