"""An answer that nobody has seen in the web chat goes another way too: what is unseen, and when it is told of.

A person's answer is written together with a job that looks after two minutes whether its customer has had it before
him (`seen`), or has written since. What he is told of elsewhere he is told of once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from switchboard import jobs
from switchboard.contacts import Reach, reach_of
from switchboard.deliveries import last_of_customer
from switchboard.log import Row, rows_since
from switchboard.models import Conversation, Identity, Job
from switchboard.people import Held, Sender, lock_conversation

JOB = "reply_unseen"
MAIL_JOB = f"{jobs.SENDS}reply_mail"
AFTER = timedelta(minutes=2)
WEB = "web"


@dataclass(frozen=True)
class Unseen:
    """Answers on one side of a conversation that its customer has not seen; `identity_id` is that side's.

    `name` is the person's who answered last, None where only the system spoke. `session_over`: he has left that side.
    """

    conversation_id: str
    identity_id: str
    rows: Sequence[Row]
    reach: Reach
    session_over: bool

    @property
    def name(self) -> Optional[str]:
        return next((row.author for row in reversed(self.rows) if row.author), None)


def want(session: Session, conversation: Held, row: Row, now: datetime) -> None:
    """Have it looked at in two minutes whether this answer was seen. Other channels tell their customers themselves."""
    if row.channel == WEB:
        about = {"conversation_id": conversation.id, "seq": row.seq}
        jobs.schedule(session, JOB, _key(conversation.id, row.seq), now + AFTER, about, now)


def seen(session: Session, sender: Sender, conversation_id: str, seq: int) -> None:
    """The customer has had the rows up to `seq` of his conversation before him; of anybody else's nothing is kept."""
    his = select(Identity.person_id).where(
        Identity.kind == sender.identity_kind, Identity.value == sender.identity, Identity.ended_at.is_(None)
    )
    statement = update(Conversation).where(
        Conversation.id == conversation_id,
        Conversation.person_id == his.scalar_subquery(),
        Conversation.seen_seq < seq,
        Conversation.last_seq >= seq,
    )
    session.execute(statement.values(seen_seq=seq).execution_options(synchronize_session=False))


def take(session: Session, conversation_id: str, seq: int, now: datetime) -> Optional[Unseen]:
    """What has to be told elsewhere now because of the answer `seq`; it counts as told from here on. None: nothing."""
    held = lock_conversation(session, conversation_id)
    conversation = session.get(Conversation, conversation_id, populate_existing=True)
    written = last_of_customer(session, conversation_id)  # he has read what was there, or will ask
    known = max(conversation.seen_seq, conversation.told_seq, written)
    if seq <= known:
        return None
    rows = _answers(session, conversation_id, known, seq)
    if not rows:
        return None
    conversation.told_seq = rows[-1].seq
    session.flush()
    return _unseen(session, held, rows, now)


def told(session: Session, conversation_id: str, first: int, last: int, now: datetime) -> Optional[Unseen]:
    """The answers from `first` to `last` that were taken to be told of, to write them in a mail."""
    conversation = lock_conversation(session, conversation_id)
    rows = [row for row in _answers(session, conversation_id, first - 1, last) if row.seq <= last]
    return _unseen(session, conversation, rows, now) if rows else None


def _unseen(session: Session, conversation: Held, rows: Sequence[Row], now: datetime) -> Unseen:
    identity_id = conversation.identity_of(rows[-1].identity_id)
    assert identity_id, "a conversation has been opened by somebody"
    over = select(Identity.ended_at).where(Identity.id == identity_id)
    session_over = session.execute(over).scalar() is not None
    return Unseen(conversation.id, identity_id, rows, reach_of(session, conversation.id, now), session_over)


def _answers(session: Session, conversation_id: str, since: int, seq: int) -> list[Row]:
    """The rows that were wanted to be heard, on the side of row `seq`; who has come or gone is no answer."""
    rows = {_key(conversation_id, row.seq): row for row in rows_since(session, conversation_id, since)}
    wanted = set(session.execute(select(Job.key).where(Job.kind == JOB, Job.key.in_(rows))).scalars())
    side = next((row.identity_id for row in rows.values() if row.seq == seq), None)
    return [row for key, row in rows.items() if key in wanted and row.identity_id == side]


def _key(conversation_id: str, seq: int) -> str:
    return f"{conversation_id}/{seq}"
