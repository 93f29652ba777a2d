"""Who is told that a customer waits, and how: an e-mail to the department, a message in the staff's Telegram group.

Both are durable jobs of their own, so that what cannot be sent holds up nothing. Neither says who the customer is or
what he wrote: a link, since when he waits, and for which department.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Awaitable, Callable, Optional, Sequence

from sqlalchemy.orm import Session

from base.clock import ROME, Clock
from base.database import Database
from front.job_runner import Handler
from front.mail import Mailer, text_mail
from shop.desk_rules import DeskRules
from switchboard import agents, jobs
from switchboard.models import WAITING, Conversation, Handoff
from switchboard.texts import Texts

MAIL_JOB, GROUP_JOB = f"{jobs.SENDS}desk_mail", f"{jobs.SENDS}desk_group"
MAIL_TEXT, SUBJECT_TEXT, AGAIN_TEXT = "utter_mail_desk", "utter_mail_desk_subject", "utter_mail_desk_again_subject"
SUBJECT_OF_TEXT, AGAIN_OF_TEXT = "utter_mail_department_subject", "utter_mail_department_again_subject"
GROUP_TEXT, GROUP_OF_TEXT = "utter_group_customer_waits", "utter_group_customer_waits_for"
OWN_TEXTS = (MAIL_TEXT, SUBJECT_TEXT, AGAIN_TEXT, SUBJECT_OF_TEXT, AGAIN_OF_TEXT, GROUP_TEXT, GROUP_OF_TEXT)

Say = Callable[[str], Awaitable[None]]  # says something in the staff's group


@dataclass(frozen=True)
class Alerts:
    """Whom to tell. `mail_to`: where no department says better, empty for everybody at the desk, None for no mail."""

    mail_to: Optional[Sequence[str]] = None
    group: bool = False

    def plan(
        self, session: Session, handoff: Handoff, version: int, rules: DeskRules, now: datetime, again: bool = False
    ) -> None:
        """Have everybody told whom it concerns, once for each wait in each department, and once more `again`.

        One job for each address, so that one that is refused makes nobody else get two.
        """
        about = {"handoff_id": handoff.id, "version": version, "hops": handoff.hops, "again": again}
        key = f"{handoff.id}/{version}/{handoff.hops}/{int(again)}"
        for address in self._addresses(session, handoff, rules):
            jobs.schedule(session, MAIL_JOB, f"{key}/{address}"[:160], now, {**about, "to": address}, now)
        if self.group:
            jobs.schedule(session, GROUP_JOB, key, now, about, now)

    def _addresses(self, session: Session, handoff: Handoff, rules: DeskRules) -> Sequence[str]:
        if self.mail_to is None:
            return ()
        everybody = agents.answering(session)
        department = rules.department(handoff.department)
        if department:
            members = [one.email for one in everybody if department.key in one.departments]
            own = department.mail or members
            if own:
                return own
        return self.mail_to or [one.email for one in everybody]


def mail_handler(
    database: Database, clock: Clock, texts: Texts, mailer: Mailer, desk_url: str, rules: DeskRules
) -> Handler:
    """Sends the mail that tells of a waiting customer."""

    async def send(payload: dict[str, Any]) -> None:
        handoff = await database.read(_of_alert, payload)
        if handoff is None:
            return
        minutes, link = _minutes(handoff, clock.now()), _link(desk_url, handoff)
        since = handoff.waits_from.astimezone(ROME).strftime("%H:%M")
        department = rules.name_of(handoff.department)
        if department:
            key = AGAIN_OF_TEXT if payload["again"] else SUBJECT_OF_TEXT
            subject = texts.say(key, minutes=minutes, department=department)
        else:
            subject = texts.say(AGAIN_TEXT if payload["again"] else SUBJECT_TEXT, minutes=minutes)
        text = texts.say(MAIL_TEXT, since=since, link=link)
        own_id = f"{handoff.id}-{payload['version']}-{payload.get('hops', 0)}-{int(payload['again'])}"
        await mailer.send(text_mail(mailer.sender, payload["to"], subject, text, own_id, clock.now()))

    return send


def group_handler(database: Database, clock: Clock, texts: Texts, say: Say, desk_url: str, rules: DeskRules) -> Handler:
    """Says in the staff's group that a customer waits."""

    async def send(payload: dict[str, Any]) -> None:
        handoff = await database.read(_of_alert, payload)
        if handoff is None:
            return
        values = {"minutes": _minutes(handoff, clock.now()), "link": _link(desk_url, handoff)}
        department = rules.name_of(handoff.department)
        if department:
            await say(texts.say(GROUP_OF_TEXT, department=department, **values))
        else:
            await say(texts.say(GROUP_TEXT, **values))

    return send


def still_waiting(session: Session, payload: dict[str, Any]) -> Optional[Handoff]:
    """The handoff of a job, while its customer still waits for the same thing."""
    handoff = session.get(Handoff, payload["handoff_id"])
    if handoff is None or handoff.ended_at is not None:
        return None
    conversation = session.get(Conversation, handoff.conversation_id, populate_existing=True)
    waits = conversation.owner == WAITING and conversation.version == payload["version"]
    return handoff if waits else None


def _of_alert(session: Session, payload: dict[str, Any]) -> Optional[Handoff]:
    """None, too, where another department is asked by now: it is told by a job of its own."""
    handoff = still_waiting(session, payload)
    return handoff if handoff and handoff.hops == payload.get("hops", handoff.hops) else None


def _minutes(handoff: Handoff, now: datetime) -> int:
    return max(1, round((now - handoff.waits_from).total_seconds() / 60))


def _link(desk_url: str, handoff: Handoff) -> str:
    return f"{desk_url}/desk/c/{handoff.conversation_id}"
