"""A copy of what was said, by mail, to the e-mail that the customer has proved where he asks for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Optional, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from switchboard import jobs
from switchboard.email_proofs import proved_emails
from switchboard.log import MESSAGES, ROW_COLUMNS, Row
from switchboard.models import Conversation, Turn

MAIL_JOB = f"{jobs.SENDS}copy_mail"
BACK_TO = timedelta(days=1)  # a conversation that has just ended is in it
MOST_ROWS = 2_000


@dataclass(frozen=True)
class Copy:
    """To whom, and the rows of one side in their order."""

    email: str
    rows: Sequence[Row]


def want(session: Session, conversation_id: str, turn_id: str, now: datetime) -> None:
    """Have a copy mailed to whoever wrote the message of this turn."""
    about = {"conversation_id": conversation_id, "turn_id": turn_id, "asked_at": now.isoformat()}
    jobs.schedule(session, MAIL_JOB, turn_id, now, about, now)


def copy_for(session: Session, conversation_id: str, turn_id: str, asked_at: datetime, now: datetime) -> Optional[Copy]:
    """What was said on the side of this turn in the last day; None where no e-mail is proved there any more.

    What was said on other sides is not in it, whatever may be read there.
    """
    side = func.coalesce(Turn.identity_id, Conversation.identity_id)
    of_turn = select(side).join(Conversation, Conversation.id == Turn.conversation_id).where(Turn.id == turn_id)
    identity_id = session.execute(of_turn).scalar()
    proved = proved_emails(session, conversation_id, now, identity_id) if identity_id else []
    if not proved:
        return None
    query = (
        select(*ROW_COLUMNS)
        .join(Conversation, Conversation.id == MESSAGES.c.conversation_id)
        .where(
            func.coalesce(MESSAGES.c.identity_id, Conversation.identity_id) == identity_id,
            MESSAGES.c.created_at > asked_at - BACK_TO,
            MESSAGES.c.created_at <= asked_at,
        )
        .order_by(MESSAGES.c.created_at.desc(), MESSAGES.c.seq.desc())
        .limit(MOST_ROWS)
    )
    return Copy(proved[0].email, [Row(*row) for row in session.execute(query)][::-1])
