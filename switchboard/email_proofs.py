"""Level 2 of proof: an e-mail whose owner the customer of a conversation is, by a one-time code or the shop's login.

It belongs to the conversation, expires, and is never a Rasa slot: actions read it here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Sequence

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from base.statements import Prepared
from switchboard.models import ProvedEmail, UsedLogin

CODE, LOGIN = "code", "login"
PROVED = ProvedEmail.__table__

_PROVED = Prepared(
    select(PROVED.c.email, PROVED.c.method)
    .where(PROVED.c.conversation_id == bindparam("conversation_id"), PROVED.c.expires_at > bindparam("now"))
    .order_by(PROVED.c.proved_at.desc())
)


@dataclass(frozen=True)
class Owner:
    """Whose e-mail was proved, and how: `code` or `login`."""

    email: str
    method: str


def proved_emails(session: Session, conversation_id: str, now: datetime) -> Sequence[Owner]:
    """The e-mails that are proved in this conversation now, the latest first."""
    return [Owner(*row) for row in _PROVED.all(session, {"conversation_id": conversation_id, "now": now})]


def prove(session: Session, conversation_id: str, email: str, method: str, now: datetime, expires_at: datetime) -> None:
    """From now on the customer is the owner of `email`; what was proved by a code or a login before is over.

    The caller holds the lock of the conversation.
    """
    end(session, conversation_id)
    proof = {"id": new_id("pe"), "conversation_id": conversation_id, "email": email, "method": method}
    session.execute(PROVED.insert(), {**proof, "proved_at": now, "expires_at": expires_at})


def end(session: Session, conversation_id: str, method: Optional[str] = None) -> bool:
    """Forget the e-mails this conversation has proved, or those of one method; whether there were any."""
    statement = delete(ProvedEmail).where(ProvedEmail.conversation_id == conversation_id)
    if method:
        statement = statement.where(ProvedEmail.method == method)
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount > 0


def proved_until(session: Session, conversation_id: str, now: datetime) -> Optional[datetime]:
    """Until when an e-mail is proved in this conversation; None where none is."""
    query = select(func.max(PROVED.c.expires_at)).where(PROVED.c.conversation_id == conversation_id)
    until = session.execute(query).scalar()
    return until if until and until > now else None


def login_used_by(session: Session, token_key: str) -> Optional[str]:
    """The key of the session that showed this login; None where nobody has. Whoever asks at once waits here."""
    lock_names(session, token_key)
    used = session.get(UsedLogin, token_key)
    return used.session_key if used else None


def use_login(session: Session, token_key: str, session_key: str, expires_at: datetime) -> None:
    """Note that this session showed a login."""
    session.add(UsedLogin(token_key=token_key, session_key=session_key, expires_at=expires_at))
    session.flush()


def forget(session: Session, now: datetime) -> None:
    """Delete proofs and logins that count no more."""
    for statement in (
        delete(ProvedEmail).where(ProvedEmail.expires_at <= now),
        delete(UsedLogin).where(UsedLogin.expires_at <= now),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
