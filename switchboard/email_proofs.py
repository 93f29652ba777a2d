"""Level 2 of proof: an e-mail whose owner the customer of a conversation is, by a one-time code or the shop's login.

It belongs to one side of the conversation, expires, and is never a Rasa slot: actions read it here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Sequence

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from base.statements import Prepared
from switchboard.models import Conversation, IdentityEmail, ProvedEmail, Turn, UsedLogin

CODE, LOGIN = "code", "login"
PROVED = ProvedEmail.__table__

TURNS, CONVERSATIONS = Turn.__table__, Conversation.__table__

_PROVED = Prepared(
    select(PROVED.c.email, PROVED.c.method, PROVED.c.identity_id)
    .where(PROVED.c.conversation_id == bindparam("conversation_id"), PROVED.c.expires_at > bindparam("now"))
    .order_by(PROVED.c.proved_at.desc())
)
_PROVED_IN_TURN = Prepared(
    select(PROVED.c.email, PROVED.c.method)
    .join(TURNS, TURNS.c.conversation_id == PROVED.c.conversation_id)
    .join(CONVERSATIONS, CONVERSATIONS.c.id == PROVED.c.conversation_id)
    .where(
        TURNS.c.id == bindparam("turn"),
        PROVED.c.identity_id == func.coalesce(TURNS.c.identity_id, CONVERSATIONS.c.identity_id),
        PROVED.c.expires_at > bindparam("now"),
    )
    .order_by(PROVED.c.proved_at.desc())
)


@dataclass(frozen=True)
class Owner:
    """Whose e-mail was proved, and how: `code` or `login`."""

    email: str
    method: str


def proved_emails(
    session: Session, conversation_id: str, now: datetime, identity_id: Optional[str] = None
) -> Sequence[Owner]:
    """The e-mails that are proved in this conversation now, or on one side of it, the latest first."""
    proved = _PROVED.all(session, {"conversation_id": conversation_id, "now": now})
    return [Owner(row.email, row.method) for row in proved if identity_id in (None, row.identity_id)]


def proved_in_turn(session: Session, turn_id: str, now: datetime) -> Sequence[Owner]:
    """The e-mails that are proved now on the side on which this turn's message was written, the latest first."""
    return [Owner(*row) for row in _PROVED_IN_TURN.all(session, {"turn": turn_id, "now": now})]


def prove(
    session: Session,
    conversation_id: str,
    identity_id: str,
    email: str,
    method: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """From now on the customer on this side owns `email`; what was proved there by a code or a login before is over.

    The caller holds the lock of the conversation.
    """
    end(session, conversation_id, identity_id)
    proof = {"id": new_id("pe"), "conversation_id": conversation_id, "identity_id": identity_id, "email": email}
    session.execute(PROVED.insert(), {**proof, "method": method, "proved_at": now, "expires_at": expires_at})
    session.merge(IdentityEmail(identity_id=identity_id, email=email, proved_at=now))


def end(
    session: Session, conversation_id: str, identity_id: Optional[str] = None, method: Optional[str] = None
) -> bool:
    """Forget the e-mails proved in this conversation, or those of one side or method; whether there were any."""
    statement = delete(ProvedEmail).where(ProvedEmail.conversation_id == conversation_id)
    if identity_id:
        statement = statement.where(ProvedEmail.identity_id == identity_id)
    if method:
        statement = statement.where(ProvedEmail.method == method)
    return session.execute(statement.execution_options(synchronize_session=False)).rowcount > 0


def proved_until(session: Session, conversation_id: str, identity_id: str, now: datetime) -> Optional[datetime]:
    """Until when an e-mail is proved on this side of the conversation; None where none is."""
    query = select(func.max(PROVED.c.expires_at)).where(
        PROVED.c.conversation_id == conversation_id, PROVED.c.identity_id == identity_id
    )
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
