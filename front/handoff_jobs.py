"""The timers of a handoff, as durable jobs: who waits is told of, told of again, and promised an answer by a day.

Each job looks whether the customer still waits for the same thing (`version`): what was accepted, given back or closed
meanwhile leaves it nothing to do.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Optional, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.clock import ROME, Clock
from base.database import Database
from front.job_runner import Handler
from front.mail import Mailer, text_mail
from shop.desk_rules import DeskRules
from switchboard import agents, attending, handoffs, jobs, promises, unseen
from switchboard.handoffs import BEGUN_JOB, OPENS_JOB
from switchboard.log import append_reply
from switchboard.models import BOT, HUMAN, WAITING, Conversation, Handoff, Message
from switchboard.notices import Notices
from switchboard.people import Held, lock_conversation
from switchboard.texts import Texts
from switchboard.wording import Wording

AGAIN_JOB, PROMISE_JOB, AWAY_JOB = "handoff_again", "handoff_promise", "desk_away"
MAIL_JOB = f"{jobs.SENDS}desk_mail"
AWAY_EVERY = timedelta(minutes=1)
OPEN_TEXT, LATE_TEXT, AWAY_TEXT = "utter_person_now_waiting", "utter_nobody_has_come_yet", "utter_person_away"
MAIL_TEXT, SUBJECT_TEXT, AGAIN_TEXT = "utter_mail_desk", "utter_mail_desk_subject", "utter_mail_desk_again_subject"
OWN_TEXTS = (OPEN_TEXT, LATE_TEXT, AWAY_TEXT, MAIL_TEXT, SUBJECT_TEXT, AGAIN_TEXT)

log = logging.getLogger(__name__)


def handoff_handlers(
    database: Database,
    clock: Clock,
    texts: Texts,
    notices: Notices,
    rules: DeskRules,
    mail_to: Optional[Sequence[str]],
) -> dict[str, Handler]:
    """What does each of these jobs.

    Mail goes to `mail_to`, or to everybody at the desk where that is empty; None: there is no way to send any.
    """

    async def begun(payload: dict[str, Any]) -> None:
        conversation_id = await database.write(_begun, payload, rules, mail_to, clock.now())
        if conversation_id:
            await notices.new_rows(conversation_id)

    async def again(payload: dict[str, Any]) -> None:
        await database.write(_again, payload, mail_to, clock.now())

    async def promise(payload: dict[str, Any]) -> None:
        conversation_id = await database.write(_promise, payload, texts, rules, clock.now())
        if conversation_id:
            await notices.new_rows(conversation_id)

    async def opens(payload: dict[str, Any]) -> None:
        conversation_id = await database.write(_opens, payload, texts, clock.now())
        if conversation_id:
            await notices.new_rows(conversation_id)

    async def away(_payload: dict[str, Any]) -> datetime:
        now = clock.now()
        if rules.is_open(now):
            for conversation_id in await database.read(_left_alone, now - rules.put_back):
                if await database.write(_put_back, conversation_id, texts, now - rules.put_back, now):
                    await notices.new_rows(conversation_id)
        return now + AWAY_EVERY

    return {BEGUN_JOB: begun, AGAIN_JOB: again, PROMISE_JOB: promise, OPENS_JOB: opens, AWAY_JOB: away}


def schedule_away(session: Session, now: datetime) -> None:
    """Make sure that conversations of agents who went away are looked for; once for the whole installation."""
    jobs.schedule(session, AWAY_JOB, "minutely", now, {}, now)


def desk_mail_handler(database: Database, clock: Clock, texts: Texts, mailer: Mailer, desk_url: str) -> Handler:
    """Sends the mail that tells of a waiting customer: a link, and nothing that he is or said."""

    async def send(payload: dict[str, Any]) -> None:
        handoff = await database.read(_still_waiting, payload)
        if handoff is None:
            return
        minutes = max(1, round((clock.now() - handoff.waits_from).total_seconds() / 60))
        link = f"{desk_url}/desk/c/{handoff.conversation_id}"
        since = handoff.waits_from.astimezone(ROME).strftime("%H:%M")
        subject = texts.say(AGAIN_TEXT if payload["again"] else SUBJECT_TEXT, minutes=minutes)
        text = texts.say(MAIL_TEXT, since=since, link=link)
        own_id = f"{handoff.id}-{payload['version']}-{int(payload['again'])}"
        await mailer.send(text_mail(mailer.sender, payload["to"], subject, text, own_id, clock.now()))

    return send


def _begun(
    session: Session, payload: dict[str, Any], rules: DeskRules, mail_to: Optional[Sequence[str]], now: datetime
) -> Optional[str]:
    handoff = _still_waiting(session, payload)
    if handoff is None:
        return None
    key, wait = f"{handoff.id}/{payload['version']}", {**payload, "since": now.isoformat()}
    jobs.schedule(session, AGAIN_JOB, key, now + rules.alert_again, wait, now)
    jobs.schedule(session, PROMISE_JOB, key, now + rules.promise, wait, now)
    _mail(session, payload, mail_to, again=False, now=now)
    return handoff.conversation_id


def _again(session: Session, payload: dict[str, Any], mail_to: Optional[Sequence[str]], now: datetime) -> None:
    if _still_waiting(session, payload) is not None:
        log.warning("nobody has accepted handoff %s yet: everybody is told again", payload["handoff_id"])
        _mail(session, payload, mail_to, again=True, now=now)


def _mail(
    session: Session, payload: dict[str, Any], mail_to: Optional[Sequence[str]], again: bool, now: datetime
) -> None:
    """One job for each address, so that one that is refused makes nobody else get two."""
    if mail_to is None:
        return
    addresses = mail_to or [agent.email for agent in agents.everybody(session)]
    for address in addresses:
        key = f"{payload['handoff_id']}/{payload['version']}/{int(again)}/{address}"[:160]
        about = {"handoff_id": payload["handoff_id"], "version": payload["version"], "to": address, "again": again}
        jobs.schedule(session, MAIL_JOB, key, now, about, now)


def _promise(session: Session, payload: dict[str, Any], texts: Texts, rules: DeskRules, now: datetime) -> Optional[str]:
    handoff = _still_waiting(session, payload)
    if handoff is None:
        return None
    conversation = lock_conversation(session, handoff.conversation_id)
    if conversation.owner != WAITING:
        return None
    about = {"kind": "answer", "number": str(handoff.number)}
    key = attending.promise_key(handoff)
    due = promises.make(session, conversation.id, handoff.id, key, rules.promised_by(now), about, now)
    moment = Wording(texts, now).moment(due)
    _tell(session, conversation, texts, LATE_TEXT, {"due": moment}, f"{handoff.id}/{payload['version']}/late", now)
    return conversation.id


def _opens(session: Session, payload: dict[str, Any], texts: Texts, now: datetime) -> Optional[str]:
    """The people of the shop are there: who asked for them while they were not waits from now on."""
    handoff = session.get(Handoff, payload["handoff_id"])
    if handoff is None or handoff.ended_at is not None:
        return None
    conversation = lock_conversation(session, handoff.conversation_id)
    if conversation.owner != BOT:
        return None
    place = {"queue_position": handoffs.position(session, handoff)}
    _tell(session, conversation, texts, OPEN_TEXT, place, f"{handoff.id}/open", now)
    handoffs.begin(session, conversation.id, now)
    return conversation.id


def _left_alone(session: Session, before: datetime) -> list[str]:
    """Conversations whose customer wrote last, and whose agent has not been seen since `before`."""
    held = session.execute(
        select(Conversation.id, Conversation.agent_id, Conversation.last_seq).where(Conversation.owner == HUMAN)
    ).all()
    return [id_ for id_, agent_id, last_seq in held if _is_alone(session, id_, agent_id, last_seq, before)]


def _is_alone(session: Session, conversation_id: str, agent_id: str, last_seq: int, before: datetime) -> bool:
    seen = agents.last_seen(session, agent_id)
    if seen is not None and seen >= before:
        return False
    last = select(Message.author_kind).where(Message.conversation_id == conversation_id, Message.seq == last_seq)
    return session.execute(last).scalar() == "customer"


def _put_back(session: Session, conversation_id: str, texts: Texts, before: datetime, now: datetime) -> bool:
    conversation = lock_conversation(session, conversation_id)
    if conversation.owner != HUMAN or conversation.agent_id is None:
        return False
    if not _is_alone(session, conversation.id, conversation.agent_id, conversation.last_seq, before):
        return False
    agent = agents.find(session, conversation.agent_id)
    assert agent, "an agent's account is never deleted"
    told = texts.render(AWAY_TEXT, conversation.id, {"name": agent.name})
    return attending.put_back(session, conversation_id, agent.id, told, now) is not None


def _still_waiting(session: Session, payload: dict[str, Any]) -> Optional[Handoff]:
    handoff = session.get(Handoff, payload["handoff_id"])
    if handoff is None or handoff.ended_at is not None:
        return None
    conversation = session.get(Conversation, handoff.conversation_id, populate_existing=True)
    waits = conversation.owner == WAITING and conversation.version == payload["version"]
    return handoff if waits else None


def _tell(
    session: Session, conversation: Held, texts: Texts, key: str, values: dict, external_id: str, now: datetime
) -> None:
    channel = attending.channel_of_customer(session, conversation.id)
    words = texts.render(key, conversation.id, values, channel)
    row = append_reply(session, conversation, channel, words, now, author_kind="system", external_id=external_id)
    unseen.want(session, conversation, row, now)
