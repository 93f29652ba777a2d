"""How a customer ends a conversation: begins again with an empty one, or leaves, and the session opens nothing more."""

from datetime import datetime
from typing import Optional

from sqlalchemy.orm import Session

from base.database import lock_names
from switchboard import handoffs, proofs
from switchboard.body import Reply
from switchboard.log import append_reply, lock_open_conversation, open_conversation
from switchboard.models import BOT, CLOSED
from switchboard.ownership import change_owner
from switchboard.people import Held, Sender, end_identity, is_known, lock_conversation, open_conversation_of

WELCOME_SEQ = 1


class WithPerson(Exception):
    """A person of the shop has the conversation, or is about to get it: it does not end by itself."""


def restart(session: Session, sender: Sender, seen: Optional[str], welcome: Reply, now: datetime) -> str:
    """Close the sender's conversation and open a new one; its id. One in which nothing was said yet is new enough.

    Args:
        seen: the conversation to be closed; when another one is open by now, that one is the answer. None: any.

    Raises:
        WithPerson: nothing was changed.
        IdentityEnded: the sender has left.
        sqlalchemy.exc.IntegrityError: another process opened a conversation in this moment; try once more.
    """
    conversation = lock_open_conversation(session, sender, welcome, now)
    if seen not in (None, conversation.id):
        return conversation.id
    if conversation.owner != BOT:
        raise WithPerson(conversation.id)
    if conversation.last_seq <= WELCOME_SEQ:
        return conversation.id
    _close(session, conversation, now)
    return open_conversation(session, sender, welcome, now).id


def leave(session: Session, sender: Sender, left: Reply, now: datetime) -> None:
    """End the sender's session for good, and what was proved in it.

    A conversation of the assistant's is closed, unless its customer is on another side of it, too: there it goes on.
    One that a person has, or is about to get, stays, with `left` to tell.
    """
    lock_names(session, sender.identity)
    found = open_conversation_of(session, sender.identity_kind, sender.identity)
    end_identity(session, sender.identity_kind, sender.identity, now)
    if found is None:
        return
    conversation = lock_conversation(session, found.id)
    if conversation.owner == BOT and not is_known(session, conversation.person_id):
        return _close(session, conversation, now)
    proofs.end(session, conversation.id, found.speaking)
    if conversation.owner not in (BOT, CLOSED):
        append_reply(session, conversation, sender.channel, left, now, author_kind="system")


def _close(session: Session, conversation: Held, now: datetime) -> None:
    proofs.end(session, conversation.id)
    handoffs.abandon(session, conversation.id, now)
    change_owner(session, conversation.id, conversation.version, CLOSED, now)
