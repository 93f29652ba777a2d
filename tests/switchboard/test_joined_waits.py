"""Who waits for a person of the shop goes on waiting when his sides are joined, and leaves one side at a time."""

from datetime import datetime, timedelta

import pytest

from base.clock import FixedClock
from base.database import Database
from switchboard import handoffs, leaving, staff_requests, turns
from switchboard.body import Reply
from switchboard.effects import Effect
from switchboard.models import BOT, CLOSED, WAITING, Conversation, Handoff, StaffRequest
from switchboard.people import IdentityEnded
from tests.switchboard.desk import HANDED, owner_of
from tests.switchboard.helpers import FRONT
from tests.switchboard.side import Side

LEFT = Reply("Ha chiuso la chat.")


def asks_for_a_person(database: Database, side: Side, now: datetime, opens: str = "") -> str:
    """The conversation in which the side does; with `opens`, when the shop opens."""
    conversation_id = side.say("voglio una persona").conversation_id
    with database.writing() as session:
        session.execute(turns.TURNS.update().values(lease_until=None, state="queued"))
        turn = turns.claim_next(session, conversation_id, FRONT, now)
        assert turn
        fields = {"reason": "asked", "about": {}, "opens": opens or None}
        assert turns.complete(session, turn, [HANDED], [Effect("handoff", fields)], now)
    return conversation_id


def test_the_conversation_that_waits_stays_and_keeps_its_place(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    web.say("ciao")
    waiting = asks_for_a_person(database, chat, clock.now())

    joined = chat.open(web.link("telegram"))

    assert (joined.conversation_id, joined.owner) == (waiting, WAITING)
    with database.reading() as session:
        assert handoffs.queue(session) == [waiting]


def test_who_waits_on_both_sides_waits_once_and_both_requests_stay(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    on_web = asks_for_a_person(database, web, clock.now())
    clock.move(timedelta(minutes=1))
    on_telegram = asks_for_a_person(database, chat, clock.now())

    chat.open(web.link("telegram"))

    with database.reading() as session:
        assert handoffs.queue(session) == [on_web]
        assert owner_of(session, on_telegram) == (CLOSED, None)
        ended = session.query(Handoff).filter_by(conversation_id=on_telegram).one()
        assert ended.ending == handoffs.JOINED
        assert session.query(StaffRequest).filter(StaffRequest.closed_at.is_(None)).count() == 2


def test_a_wait_planned_for_the_opening_goes_along(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    web.say("ciao")
    opens = clock.now() + timedelta(hours=2)
    asks_for_a_person(database, chat, clock.now(), opens.isoformat())

    kept = chat.open(web.link("telegram")).conversation_id

    with database.writing() as session:
        planned = handoffs.open_of(session, kept)
        assert planned and planned.waits_from == opens
        clock.move(timedelta(hours=2))
        handoffs.begin(session, kept, clock.now())
        assert owner_of(session, kept) == (WAITING, None)
        assert staff_requests.find(session, planned.number)


def test_whoever_leaves_the_web_goes_on_in_telegram(
    database: Database, clock: FixedClock, web: Side, chat: Side
) -> None:
    conversation_id = web.say("ciao").conversation_id
    chat.open(web.link("telegram"))
    web.prove("anna@example.it")
    chat.prove("anna@example.it")

    with database.writing() as session:
        leaving.leave(session, web.sender, LEFT, clock.now())

    with pytest.raises(IdentityEnded):
        web.say("ancora io")
    assert chat.say("io sono qui").conversation_id == conversation_id
    with database.reading() as session:
        assert session.get(Conversation, conversation_id).owner == BOT
    assert "ciao" in chat.reads(), "what Telegram has proved counts on"


def test_when_the_last_side_leaves_the_conversation_ends(database: Database, clock: FixedClock, web: Side) -> None:
    other = Side(database, clock, "web", "ws_other")
    conversation_id = web.say("ciao").conversation_id
    other.open(web.link("web"))

    for side in (web, other):
        with database.writing() as session:
            leaving.leave(session, side.sender, LEFT, clock.now())

    with database.reading() as session:
        assert session.get(Conversation, conversation_id).owner == CLOSED
