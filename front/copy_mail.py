"""The job that mails a customer the copy of a conversation he has asked for: words and times, no pictures."""

import logging
from datetime import datetime
from typing import Any, Iterator

from base.clock import ROME, Clock
from base.database import Database
from front.job_runner import Handler
from front.mail import Mailer, text_mail
from switchboard import copies
from switchboard.log import Row
from switchboard.texts import Texts

SUBJECT_TEXT, MAIL_TEXT = "utter_mail_copy_subject", "utter_mail_copy"
YOU, ASSISTANT, SHOP = "utter_label_copy_you", "utter_label_copy_assistant", "utter_label_the_shop"
FILE_TEXT = "utter_label_copy_file"
OWN_TEXTS = (SUBJECT_TEXT, MAIL_TEXT, YOU, ASSISTANT, SHOP, FILE_TEXT)
AUTHORS = {"customer": YOU, "bot": ASSISTANT, "agent": SHOP, "system": SHOP}

log = logging.getLogger(__name__)


def copy_mail_handler(database: Database, clock: Clock, texts: Texts, mailer: Mailer) -> Handler:
    """What does a job of kind `switchboard.copies.MAIL_JOB`."""

    async def send(payload: dict[str, Any]) -> None:
        asked_at, now = datetime.fromisoformat(payload["asked_at"]), clock.now()
        about = (payload["conversation_id"], payload["turn_id"], asked_at, now)
        copy = await database.read(copies.copy_for, *about)
        if copy is None:
            log.warning("the copy asked for in turn %s has nobody to go to any more", payload["turn_id"])
            return
        lines = "\n".join(line for row in copy.rows for line in _lines(texts, row))
        text = texts.say(MAIL_TEXT, lines=lines)
        await mailer.send(
            text_mail(mailer.sender, copy.email, texts.say(SUBJECT_TEXT), text, f"copy-{payload['turn_id']}", now)
        )

    return send


def _lines(texts: Texts, row: Row) -> Iterator[str]:
    """What a row says: when, who, the words, the title of its card, its files."""
    author = row.author or texts.say(AUTHORS[row.author_kind])
    at = row.created_at.astimezone(ROME).strftime("%d/%m/%Y %H:%M")
    card = row.body["card"] or {}
    said = [row.body["text"], str(card.get("title") or "")]
    files = [texts.say(FILE_TEXT, name=file.get("name") or "") for file in row.body["attachments"]]
    yield f"[{at}] {author}: " + "\n  ".join(part for part in (*said, *files) if part)
