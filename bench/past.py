"""A past of a shop's chat, made up: customers of every kind over half a year, for measuring what reads all of it."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, Iterator

from sqlalchemy import Table
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.body import body_of
from switchboard.models import (
    CLOSED,
    DONE,
    Conversation,
    Handoff,
    Identity,
    IdentityEmail,
    Message,
    Person,
    StaffRequest,
    Turn,
)

Rows = Iterator[tuple[Table, dict[str, Any]]]
DAYS = 182
AT_ONCE = 500  # conversations
INTENTS = ("track_order", "track_order", "track_return", "request_return", "ask_shipping_terms", "find_store",
           "ask_shop_question", "nlu_fallback")  # fmt: skip
ANSWERS = {"track_order": "utter_order_shipped", "nlu_fallback": "utter_not_understood"}


def make_past(session: Session, conversations: int, until: datetime, seed: int = 1) -> None:
    """Write so many conversations, spread over the `DAYS` days before `until`."""
    chance, people = Random(seed), [_person(number) for number in range(max(1, conversations * 4 // 5))]
    for first in range(0, conversations, AT_ONCE):
        rows: dict[Table, list[dict[str, Any]]] = {}
        for number in range(first, min(first + AT_ONCE, conversations)):
            ago = timedelta(days=DAYS) * (conversations - number) / conversations
            who = people[number] if number < len(people) else people[chance.randrange(len(people))]
            for table, row in _conversation(chance, number, number < len(people), who, until - ago):
                rows.setdefault(table, []).append(row)
        for table, some in rows.items():
            session.execute(table.insert(), some)


def _person(number: int) -> tuple[str, str, str]:
    return new_id("pe"), new_id("id"), "telegram" if number % 5 == 0 else "web"


def _conversation(chance: Random, number: int, new: bool, who: tuple[str, str, str], at: datetime) -> Rows:
    person, identity, channel = who
    if new:
        yield Person.__table__, {"id": person, "created_at": at}
        told = {"id": identity, "person_id": person, "kind": channel, "value": new_id("x"), "created_at": at}
        yield Identity.__table__, told
        if number % 4 == 0:
            proved = {"identity_id": identity, "email": f"c{number}@example.it", "proved_at": at}
            yield IdentityEmail.__table__, proved
    conversation, handed = new_id("cv"), chance.random() < 0.12
    said = list(_talk(chance, conversation, channel, chance.randint(2, 6), handed, at))
    messages = [row for table, row in said if table is Message.__table__]
    end = messages[-1]["created_at"]
    yield (
        Conversation.__table__,
        {
            "id": conversation,
            "person_id": person,
            "identity_id": identity,
            "owner": CLOSED,
            "version": 1,
            "last_seq": messages[-1]["seq"],
            "read_seq": 0,
            "seen_seq": 0,
            "told_seq": 0,
            "contact_asked": False,
            "customer_says": chance.choice((None, None, None, "solved", "unsolved")),
            "opened_at": at,
            "last_at": end,
            "closed_at": end + timedelta(minutes=1),
        },
    )
    yield from said
    if handed:
        yield from _handoff(number, conversation, at, end)


def _talk(chance: Random, conversation: str, channel: str, customers: int, handed: bool, at: datetime) -> Rows:
    seq, wanted = 1, chance.choice(INTENTS)
    yield _message(conversation, seq, "bot", channel, at)
    for place in range(customers):
        at += timedelta(seconds=chance.randint(10, 120))
        seq += 1
        table, row = _message(conversation, seq, "customer", channel, at)
        yield table, row
        if handed and place > 1:
            at += timedelta(minutes=chance.randint(1, 30))
            seq += 1
            yield _message(conversation, seq, "agent", channel, at)
            continue
        intent = "give_details" if place == 1 else wanted if place == 0 else chance.choice(INTENTS)
        done = at + timedelta(seconds=chance.uniform(0.05, 0.4))
        yield Turn.__table__, _turn(row, intent, done)
        for _ in range(chance.randint(1, 2)):
            seq += 1
            yield _message(conversation, seq, "bot", channel, done)


def _message(conversation: str, seq: int, kind: str, channel: str, at: datetime) -> tuple[Table, dict[str, Any]]:
    text = f"un messaggio inventato, il numero {seq}, lungo come ne scrivono i clienti"
    return Message.__table__, {
        "id": new_id("ms"),
        "conversation_id": conversation,
        "seq": seq,
        "author_kind": kind,
        "channel": channel,
        "body": body_of(text),
        "plain": text,
        "created_at": at,
    }


def _turn(message: dict[str, Any], intent: str, done: datetime) -> dict[str, Any]:
    return {
        "id": message["id"],
        "conversation_id": message["conversation_id"],
        "seq": message["seq"],
        "state": DONE,
        "session_key": "s",
        "address_key": "a",
        "claims": 1,
        "queued_at": message["created_at"],
        "finished_at": done,
        "outcome": "answered",
        "understood": {
            "intent": intent,
            "confidence": 0.87,
            "entities": {"order_number": "104206"} if intent == "track_order" else {},
            "actions": ["action_answer", "order_status_form"],
            "read": [["order", "104206"]] if intent == "track_order" else [],
            "responses": [ANSWERS.get(intent, f"utter_{intent}")],
        },
    }


def _handoff(number: int, conversation: str, at: datetime, end: datetime) -> Rows:
    asked = at + timedelta(minutes=3)
    request = {
        "number": number + 1,
        "key": f"past:{number}",
        "conversation_id": conversation,
        "reason": "asked",
        "about": {},
        "created_at": asked,
        "closed_at": end,
    }
    yield StaffRequest.__table__, request
    yield (
        Handoff.__table__,
        {
            "id": new_id("ho"),
            "conversation_id": conversation,
            "number": number + 1,
            "reason": ("asked", "not_understood", "anger")[number % 3],
            "about": {},
            "asked_at": asked,
            "asked_seq": 2,
            "waits_from": asked,
            "ranks_from": asked,
            "hops": 0,
            "routed": {},
            "accepted_at": asked,
            "first_reply_at": asked + timedelta(minutes=4),
            "ended_at": end,
            "ending": "closed",
            "outcome": "solved",
            "customer_says": (None, "solved", "unsolved")[number % 3],
        },
    )
