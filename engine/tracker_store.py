"""Keeps each conversation's state in one row, with the answer of its last turn, written in one transaction.

Rasa wraps every store so that a database error becomes an empty conversation (on reading) or an answer that is soon
forgotten (on writing). The engine takes the wrapper off (`engine/app.py`): here an error ends the turn.
"""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Iterable, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from base.clock import Clock, clock_for
from base.database import Database
from base.settings import load_settings
from base.statements import Prepared
from engine.parts import turns_of
from engine.results import Result, result_of
from engine.snapshot import is_message, restore, shorten
from engine.tables import TrackerRow

TRACKERS = TrackerRow.__table__
_OF_CONVERSATION = TRACKERS.c.conversation_id == bindparam("conversation")
_OF_TURN = (_OF_CONVERSATION, TRACKERS.c.last_turn_id == bindparam("turn"))
_ROW = Prepared(select(TRACKERS.c.snapshot, TRACKERS.c.last_turn_id, TRACKERS.c.last_result).where(_OF_CONVERSATION))
_ANSWER = Prepared(select(TRACKERS.c.last_result).where(*_OF_TURN))
_BEGIN, _SAVE = Prepared(TRACKERS.insert()), Prepared(update(TRACKERS).where(*_OF_TURN))


class TurnOvertaken(Exception):
    """Another process saved a turn of this conversation meanwhile; this one may be tried again."""


@dataclass
class _Begun:
    """What a running turn has read and saved."""

    conversation_id: str
    turn_id: str
    snapshot: Optional[list[dict[str, Any]]]
    retrieved: bool = False
    result: Optional[Result] = None

    @property
    def ids(self) -> tuple[str, str]:
        return self.conversation_id, self.turn_id

    def saved(self, row: dict[str, Any]) -> None:
        """`row` was committed."""
        if self.ids == (row["conversation_id"], row["last_turn_id"]):
            self.result = row["last_result"]


_begun: ContextVar[Optional[_Begun]] = ContextVar("begun", default=None)  # each turn has a task, and so its own


class SnapshotTrackerStore(TrackerStore):
    """One row per conversation. Every method raises what the database raises.

    Args:
        domain: given by Rasa, replaced when a model is loaded.
        event_broker: not used; nothing of a conversation leaves by that way.
        database: where to keep the rows; `DATABASE_URL` when not given, as Rasa does.
        clock: what time it is; the settings' clock when not given.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        event_broker: Optional[EventBroker] = None,
        database: Optional[Database] = None,
        clock: Optional[Clock] = None,
        **_settings_of_rasa: Any,
    ) -> None:
        super().__init__(domain, event_broker=None)
        if database is None or clock is None:
            settings = load_settings()
            database = database or Database(settings.database_url)
            clock = clock or clock_for(settings.dev, settings.var)
        self._database, self._clock = database, clock

    def beside(self) -> "SnapshotTrackerStore":
        """A store of the same rows for another model, which has a domain of its own."""
        return SnapshotTrackerStore(database=self._database, clock=self._clock)

    async def begin(self, conversation_id: str, turn_id: str) -> Optional[Result]:
        """What this turn answered, if it is the conversation's last one. Else it begins, in the task that asks.

        What is read here, and saved later in this task or one it started, is not read again for the same turn.
        """
        stored = await self._database.read(_row, conversation_id)
        if stored is not None and stored.last_turn_id == turn_id:
            return stored.last_result
        _begun.set(_Begun(conversation_id, turn_id, stored.snapshot if stored else None))
        return None

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        begun = _begun.get()
        if begun is not None and begun.conversation_id == sender_id and not begun.retrieved:
            begun.retrieved, stored = True, begun.snapshot
        else:
            stored = await self._database.read(_snapshot, sender_id)
        return None if stored is None else restore(sender_id, stored, self.domain)

    async def create_tracker(self, sender_id: str, append_action_listen: bool = True) -> DialogueStateTracker:
        """A new conversation; it gets its row with its first turn."""
        return self.init_tracker(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the state after the turn and what the turn answered; once begun, it is waited for.

        Raises:
            TurnOvertaken: the row is not the one this turn began with.
        """
        turn_ids = turns_of(event for event in tracker.events if is_message(event))
        row = {
            "conversation_id": tracker.sender_id,
            "snapshot": [event.as_dict() for event in shorten(tracker)],
            "last_turn_id": turn_ids[-1],
            "last_result": result_of(tracker.events),
            "updated_at": self._clock.now(),
        }
        writing = asyncio.ensure_future(self._database.write(_write, row, turn_ids[-2] if len(turn_ids) > 1 else None))
        try:
            await asyncio.shield(writing)
            if (begun := _begun.get()) is not None:
                begun.saved(row)
        except asyncio.CancelledError:
            await writing  # its thread goes on and may commit: until then nobody knows whether the turn was saved
            raise

    async def answer_to(self, conversation_id: str, turn_id: str) -> Optional[Result]:
        """What this turn answered, if it is the conversation's last one."""
        begun = _begun.get()
        if begun is not None and begun.result is not None and begun.ids == (conversation_id, turn_id):
            return begun.result
        return await self._database.read(_answer, conversation_id, turn_id)

    def close(self) -> None:
        """Close every connection."""
        self._database.close()

    async def keys(self) -> Iterable[str]:
        return await self._database.read(_ids)


def _row(session: Session, conversation_id: str) -> Optional[Any]:
    return _ROW.first(session, {"conversation": conversation_id})


def _snapshot(session: Session, conversation_id: str) -> Optional[list[dict[str, Any]]]:
    row = _row(session, conversation_id)
    return row and row.snapshot


def _answer(session: Session, conversation_id: str, turn_id: str) -> Optional[Result]:
    row = _ANSWER.first(session, {"conversation": conversation_id, "turn": turn_id})
    return row and row.last_result


def _ids(session: Session) -> list[str]:
    return list(session.scalars(select(TrackerRow.conversation_id)))


def _write(session: Session, row: dict[str, Any], previous_turn_id: Optional[str]) -> None:
    if previous_turn_id is None:
        if _row(session, row["conversation_id"]) is not None:
            raise TurnOvertaken(row["conversation_id"])
        _BEGIN.run(session, row)
    elif _SAVE.run(session, {"conversation": row["conversation_id"], "turn": previous_turn_id, **row}) != 1:
        raise TurnOvertaken(row["conversation_id"])
