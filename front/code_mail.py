"""The job that mails a one-time code. It looks up here, not in the turn, whether the address is a customer's.

Run again after a crash it sends the same mail; a code that counts no more is not sent.
"""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from front.job_runner import Handler
from front.mail import Mailer, text_mail
from shop.gateway import ShopGateway
from switchboard import codes as one_time
from switchboard import staff_requests
from switchboard.codes import Codes
from switchboard.texts import Texts

log = logging.getLogger(__name__)

SUBJECT_TEXT, MAIL_TEXT = OWN_TEXTS = "utter_mail_code_subject", "utter_mail_code"
NOT_SENT = "codes_not_sent"
MINUTES = int(one_time.VALID_FOR.total_seconds() // 60)


def code_mail_handler(
    database: Database, clock: Clock, texts: Texts, shop: ShopGateway, codes: Codes, mailer: Mailer
) -> Handler:
    """What does a job of kind `switchboard.codes.MAIL_JOB`."""

    async def send_code(payload: dict[str, Any]) -> None:
        challenge_id = payload["challenge_id"]
        email = await database.read(one_time.to_send, challenge_id, clock.now())
        if email is None:
            return await database.write(_tell_staff, challenge_id, clock.now())
        if await shop.has_customer(email):
            values = {"code": codes.code_of(challenge_id), "minutes": MINUTES}
            subject, text = (texts.say(key, **values) for key in (SUBJECT_TEXT, MAIL_TEXT))
            await mailer.send(text_mail(mailer.sender, email, subject, text, challenge_id, clock.now()))
        return await database.write(one_time.sent, challenge_id, clock.now())

    return send_code


def _tell_staff(session: Session, challenge_id: str, now: datetime) -> None:
    """A code that is over was never sent: unless the customer did without, the mail server has to be looked at."""
    if one_time.ran_out_unsent(session, challenge_id):
        log.error("the code of %s was over before any mail server took it", challenge_id)
        staff_requests.note_once(session, f"{NOT_SENT}:{now:%Y-%m-%d}", NOT_SENT, {}, now)
