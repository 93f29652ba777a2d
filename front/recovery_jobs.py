"""Looks whether the engine answers again while customers wait for a person because it did not."""

import logging
from datetime import datetime, timedelta
from typing import Any, Callable

from sqlalchemy.orm import Session

from base.clock import Clock
from base.database import Database
from front.engine_client import EngineClient
from front.job_runner import Handler
from switchboard import jobs, recovery
from switchboard.log import last_channel
from switchboard.notices import Notices
from switchboard.texts import Texts

JOB = "engine_back"
EVERY = timedelta(seconds=15)
BACK_TEXT = "utter_engine_is_back"
OWN_TEXTS = (BACK_TEXT,)

log = logging.getLogger(__name__)


def recovery_handlers(
    database: Database,
    clock: Clock,
    texts: Texts,
    notices: Notices,
    engine: EngineClient,
    wake: Callable[[str], None],
) -> dict[str, Handler]:
    """What does this job; `wake` is told of conversations that have something to be answered."""

    async def look(_payload: dict[str, Any]) -> datetime:
        left = await database.read(recovery.left_by_engine)
        if left and await engine.is_ready():
            for conversation_id in left:
                if await database.write(_bring_back, conversation_id, texts, clock.now()):
                    log.info("the engine answers again: conversation %s is the assistant's", conversation_id)
                    await notices.new_rows(conversation_id)
                    wake(conversation_id)
        return clock.now() + EVERY

    return {JOB: look}


def schedule_recovery(session: Session, now: datetime) -> None:
    """Make sure that it is looked for; once for the whole installation."""
    jobs.schedule(session, JOB, "always", now, {}, now)


def _bring_back(session: Session, conversation_id: str, texts: Texts, now: datetime) -> bool:
    words = texts.render(BACK_TEXT, conversation_id, {}, last_channel(session, conversation_id))
    return recovery.bring_back(session, conversation_id, words, now)
