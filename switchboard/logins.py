"""The shop's own login as a proof: it is shown once, and then counts in the customer's open conversation."""

from datetime import datetime, timedelta
from typing import Optional

from sqlalchemy.orm import Session

from switchboard import email_proofs, proofs
from switchboard.body import Reply
from switchboard.log import lock_open_conversation
from switchboard.people import Sender, lock_conversation, open_conversation_of


class LoginCopied(Exception):
    """Another session has shown this login before."""


def log_in(
    session: Session,
    sender: Sender,
    email: str,
    token_key: str,
    token_until: datetime,
    proof_for: timedelta,
    welcome: Reply,
    now: datetime,
) -> None:
    """The customer is the owner of `email` for `proof_for`; whoever was somebody else before is that no more.

    Shown again by the same session a login changes nothing: what it proved may have been ended since.

    Args:
        token_key: tells one login from all others.
        token_until: when the login itself is over, and need not be remembered.

    Raises:
        LoginCopied: nothing was proved.
        IdentityEnded: the sender has left.
        sqlalchemy.exc.IntegrityError: another process opened a conversation in this moment; try once more.
    """
    conversation = lock_open_conversation(session, sender, welcome, now)
    used_by = email_proofs.login_used_by(session, token_key)
    if used_by is not None:
        if used_by != sender.session_key:
            raise LoginCopied(conversation.id)
        return
    email_proofs.use_login(session, token_key, sender.session_key, token_until)
    side = conversation.speaking
    if any(owner.email != email for owner in email_proofs.proved_emails(session, conversation.id, now, side)):
        proofs.end(session, conversation.id, side)
    email_proofs.prove(session, conversation.id, side, email, email_proofs.LOGIN, now, now + proof_for)


def log_out(session: Session, sender: Sender) -> None:
    """Nobody is logged in at the shop any more: what the login proved is over."""
    conversation = open_conversation_of(session, sender.identity_kind, sender.identity)
    if conversation:
        lock_conversation(session, conversation.id)
        email_proofs.end(session, conversation.id, conversation.speaker, email_proofs.LOGIN)


def proved_until(session: Session, sender: Sender, now: datetime) -> Optional[datetime]:
    """Until when the sender has proved an e-mail in his open conversation; None where he has not."""
    conversation = open_conversation_of(session, sender.identity_kind, sender.identity)
    return email_proofs.proved_until(session, conversation.id, conversation.speaking, now) if conversation else None
