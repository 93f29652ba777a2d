"""What the durable jobs do when they are due."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any, Optional

from sqlalchemy import delete
from sqlalchemy.orm import Session

from attachments.folder import Folder
from base.clock import Clock
from base.database import Database
from front.job_runner import Handler
from switchboard import (
    agents,
    attachments,
    attending,
    codes,
    email_proofs,
    jobs,
    join_links,
    notices_to,
    people,
    promises,
    staff_requests,
    unseen,
)
from switchboard.log import append_reply
from switchboard.models import BOT, WAITING, Job, ProofFailure
from switchboard.notices import Notices
from switchboard.texts import Texts

MISSED_TEXT, NO_ANSWER_TEXT = OWN_TEXTS = "utter_promise_due_customer", "utter_no_answer_yet"
HOUSEKEEPING = "housekeeping"
FOR_EVER = frozenset({HOUSEKEEPING})
HOUSEKEEPING_EVERY = timedelta(hours=1)
SILENT_FOR = timedelta(days=30)
FAILURES_KEPT = timedelta(days=7)
CODES_KEPT = timedelta(days=7)
LINKS_KEPT = timedelta(days=7)
JOBS_KEPT = timedelta(days=30)
UNSENT_KEPT = timedelta(days=1)
ORPHANS_KEPT_S = 7_200.0  # by the computer's own clock; longer than any upload
AT_ONCE = 500

log = logging.getLogger(__name__)


def job_handlers(database: Database, clock: Clock, texts: Texts, notices: Notices, files: Folder) -> dict[str, Handler]:
    """Every kind of job with what does it."""

    async def promise_due(payload: dict[str, Any]) -> None:
        conversation_id = await database.write(_tell_missed_promise, payload["promise_id"], texts, clock.now())
        if conversation_id:
            await notices.new_rows(conversation_id)

    async def housekeeping(_payload: dict[str, Any]) -> datetime:
        now = clock.now()
        await database.write(_tidy, now)
        await sweep_files(database, files, now)
        return now + HOUSEKEEPING_EVERY

    async def codes_guessed(payload: dict[str, Any]) -> None:
        now = clock.now()
        key = f"{codes.GUESSED_JOB}:{now:%Y-%m-%dT%H}"
        await database.write(staff_requests.note_once, key, codes.GUESSED_JOB, payload, now)

    async def links_guessed(payload: dict[str, Any]) -> None:
        now = clock.now()
        key = f"{join_links.GUESSED_JOB}:{now:%Y-%m-%dT%H}"
        await database.write(staff_requests.note_once, key, join_links.GUESSED_JOB, payload, now)

    return {
        promises.DUE_JOB: promise_due,
        HOUSEKEEPING: housekeeping,
        codes.GUESSED_JOB: codes_guessed,
        join_links.GUESSED_JOB: links_guessed,
    }


def schedule_housekeeping(session: Session, now: datetime) -> None:
    """Make sure the hourly housekeeping is planned; once for the whole installation."""
    jobs.schedule(session, HOUSEKEEPING, "hourly", now, {}, now)


async def sweep_files(database: Database, files: Folder, now: datetime, orphans_kept_s: float = ORPHANS_KEPT_S) -> None:
    """Remove files that were never sent, and from disk what no row knows: left by a process that died in between."""
    unsent = await database.write(attachments.forget_unsent, now - UNSENT_KEPT)
    await asyncio.to_thread(files.remove, *unsent)
    await asyncio.to_thread(files.remove_old_drafts, orphans_kept_s)
    there = await asyncio.to_thread(files.ids, orphans_kept_s)
    for start in range(0, len(there), AT_ONCE):
        orphans = await database.read(attachments.unknown_among, there[start : start + AT_ONCE])
        await asyncio.to_thread(files.remove, *orphans)
        if orphans:
            log.warning("removed %d files that no row knew", len(orphans))


def _tell_missed_promise(session: Session, promise_id: str, texts: Texts, now: datetime) -> Optional[str]:
    """End a promise that fell due. Nobody kept it: the customer hears it from us first. The conversation to notify."""
    promise = promises.find(session, promise_id)
    if promise is None:
        return None
    conversation = people.lock_where_it_goes_on(session, promise.conversation_id)
    kept = staff_requests.is_closed(session, promise.request_number)
    if promises.settle(session, promise_id, "kept" if kept else "missed", now) is None or kept:
        return None
    staff_requests.open_for_conversation(
        session,
        promise.conversation_id,
        promise.turn_id,
        "promise_missed",
        {**promise.about, "missed": promise.due.isoformat()},
        now,
    )
    waits = promise.key.startswith(attending.ANSWER) and conversation.owner == WAITING
    place = notices_to.place_for(session, conversation.id)
    if place is None or (conversation.owner != BOT and not waits):
        return None
    reply = texts.render(NO_ANSWER_TEXT if waits else MISSED_TEXT, promise.id, promise.about, place.channel)
    own = f"promise/{promise.id}"
    row = append_reply(session, conversation, place.channel, reply, now, external_id=own, side=place.side)
    unseen.want(session, conversation, row, now)
    return conversation.id


def _tidy(session: Session, now: datetime) -> None:
    people.close_silent(session, now - SILENT_FOR, now)
    codes.forget(session, now - CODES_KEPT)
    email_proofs.forget(session, now)
    agents.forget(session, now)
    join_links.forget(session, now - LINKS_KEPT)
    for statement in (
        delete(ProofFailure).where(ProofFailure.failed_at < now - FAILURES_KEPT),
        delete(Job).where(Job.finished_at < now - JOBS_KEPT),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
