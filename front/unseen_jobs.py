"""Tells a customer elsewhere of an answer that he has not seen in the web chat: in Telegram, or by e-mail.

Telegram gets a line and a link, as what was said in the browser is not shown there. A mail goes to the address that the
customer has proved or given for it, with the answer's words and a link for one use. Run again after a crash the mail is
the same but for its link.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from base.emails import masked_email
from front.job_runner import Handler
from front.mail import Mailer, text_mail
from switchboard import jobs, unseen
from switchboard.body import Reply
from switchboard.contacts import HEARD_JOB, TELEGRAM, reach_of
from switchboard.elsewhere import WEB, Elsewhere, way_from
from switchboard.join_links import MAILED_VALID_FOR
from switchboard.log import append_reply
from switchboard.models import Delivery, Identity
from switchboard.notices import Notices
from switchboard.people import Held, lock_conversation
from switchboard.texts import Texts
from switchboard.unseen import JOB, MAIL_JOB, Unseen

log = logging.getLogger(__name__)

TOLD_TEXT, SHOP_TEXT = "utter_answered_on_web", "utter_label_the_shop"
CARD_TITLE, CARD_ACTION = "utter_label_continue_web", "utter_label_continue_web_action"
SUBJECT_TEXT, MAIL_TEXT, LINK_TEXT = "utter_mail_answer_subject", "utter_mail_answer", "utter_mail_answer_link"
BACK_TEXT, FILES_TEXT, HEARD_TEXT = "utter_mail_answer_back", "utter_mail_answer_files", "utter_contact_heard"
OWN_TEXTS = (
    TOLD_TEXT,
    SHOP_TEXT,
    CARD_TITLE,
    CARD_ACTION,
    SUBJECT_TEXT,
    MAIL_TEXT,
    LINK_TEXT,
    BACK_TEXT,
    FILES_TEXT,
    HEARD_TEXT,
)


@dataclass(frozen=True)
class Telling:
    """What it takes to tell somebody. `mails`: there is a way to send mail."""

    texts: Texts
    elsewhere: Elsewhere
    mails: bool


def unseen_handlers(database: Database, clock: Clock, notices: Notices, telling: Telling) -> dict[str, Handler]:
    """What does the job that looks whether an answer was seen."""

    async def look(payload: dict[str, Any]) -> None:
        conversation_id = await database.write(_look, payload, telling, clock.now())
        if conversation_id:
            await notices.new_rows(conversation_id)

    async def heard(payload: dict[str, Any]) -> None:
        conversation_id = await database.write(_heard, payload, telling.texts, clock.now())
        if conversation_id:
            await notices.new_rows(conversation_id)

    return {JOB: look, HEARD_JOB: heard}


def answer_mail_handler(
    database: Database, clock: Clock, texts: Texts, mailer: Mailer, elsewhere: Elsewhere
) -> Handler:
    """What does the job that mails an answer."""

    async def send(payload: dict[str, Any]) -> None:
        found = await database.write(_to_mail, payload, elsewhere, clock.now())
        if found is None:
            return
        answer, url = found
        assert answer.reach.email
        own_id = f"{payload['conversation_id']}-{payload['last']}"
        name = answer.name or texts.say(SHOP_TEXT)
        subject, text = texts.say(SUBJECT_TEXT, name=name), _letter(texts, answer, name, url)
        await mailer.send(text_mail(mailer.sender, answer.reach.email, subject, text, own_id, clock.now()))

    return send


def _look(session: Session, payload: dict[str, Any], telling: Telling, now: datetime) -> Optional[str]:
    """Have the customer told, one way; the conversation to notify if that was in the log."""
    answer = unseen.take(session, payload["conversation_id"], payload["seq"], now)
    if answer is None:
        return None
    conversation = lock_conversation(session, answer.conversation_id)
    account = _reachable_account(session, conversation) if answer.reach.telegram else None
    if account is not None:
        _tell_in_telegram(session, conversation, account, answer, telling, now)
        return answer.conversation_id
    if answer.reach.email and telling.mails:
        rows = {"first": answer.rows[0].seq, "last": answer.rows[-1].seq}
        key = f"{answer.conversation_id}/{rows['last']}"
        jobs.schedule(session, MAIL_JOB, key, now, {"conversation_id": answer.conversation_id, **rows}, now)
        return None
    log.info("an answer in conversation %s waits in the web chat only", answer.conversation_id)
    return None


def _heard(session: Session, payload: dict[str, Any], texts: Texts, now: datetime) -> Optional[str]:
    """Say that the e-mail was taken, masked; None where the conversation is over."""
    conversation = lock_conversation(session, payload["conversation_id"])
    email = reach_of(session, conversation.id, now).email
    if conversation.closed_at is not None or email is None:
        return None
    words = texts.render(HEARD_TEXT, conversation.id, {"email": masked_email(email)}, WEB)
    append_reply(session, conversation, WEB, words, now, author_kind="system")
    return conversation.id


def _reachable_account(session: Session, conversation: Held) -> Optional[str]:
    """The identity of the customer's Telegram account, unless he has forbidden us to speak there."""
    query = (
        select(Identity.id)
        .join(Delivery, Delivery.conversation_id == conversation.id)
        .where(
            Identity.person_id == conversation.person_id,
            Identity.kind == TELEGRAM,
            Delivery.channel == TELEGRAM,
            Delivery.gone_at.is_(None),
        )
    )
    return session.execute(query.limit(1)).scalar()


def _tell_in_telegram(
    session: Session, conversation: Held, account: str, answer: Unseen, telling: Telling, now: datetime
) -> None:
    texts = telling.texts
    words = texts.render(TOLD_TEXT, answer.conversation_id, {"name": answer.name or texts.say(SHOP_TEXT)}, TELEGRAM)
    card = None
    if telling.elsewhere.base_of(session, WEB):
        card = {"kind": "continue", "to": WEB, "title": texts.say(CARD_TITLE), "action": texts.say(CARD_ACTION)}
    append_reply(
        session,
        conversation,
        TELEGRAM,
        Reply(words.text, words.buttons, card),
        now,
        author_kind="system",
        external_id=f"unseen/{conversation.id}/{answer.rows[-1].seq}",
        side=conversation.side_of(account),
    )


def _to_mail(
    session: Session, payload: dict[str, Any], elsewhere: Elsewhere, now: datetime
) -> Optional[tuple[Unseen, Optional[str]]]:
    """The answer, and the address at which the conversation goes on; None for a customer who cannot be reached."""
    answer = unseen.told(session, payload["conversation_id"], payload["first"], payload["last"], now)
    if answer is None or answer.reach.email is None:
        return None
    if answer.session_over or not elsewhere.base_of(session, WEB):
        return answer, None
    return answer, way_from(session, elsewhere, answer.conversation_id, answer.identity_id, WEB, now, True).url


def _letter(texts: Texts, answer: Unseen, name: str, url: Optional[str]) -> str:
    words = "\n\n".join(row.body["text"] for row in answer.rows if row.body["text"])
    files = sum(len(row.body["attachments"]) for row in answer.rows)
    parts = [texts.say(MAIL_TEXT, name=name, words=words)]
    if files:
        parts.append(texts.say(FILES_TEXT, files=files))
    parts.append(texts.say(LINK_TEXT, link=url, days=MAILED_VALID_FOR.days) if url else texts.say(BACK_TEXT))
    return "\n\n".join(parts)
