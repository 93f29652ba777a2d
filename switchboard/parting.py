"""It was not me: whoever came by a link or a code is taken out of the conversation by the side that was told of it.

It works at once, whoever has the conversation. What was said stays in the log; whoever came reads and writes nothing
more there, and what he proved in it counts no more.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from switchboard import proofs
from switchboard.body import Reply
from switchboard.joining import ONLY_ONE, PARTED, note
from switchboard.log import append_reply
from switchboard.models import (
    DROPPED,
    QUEUED,
    RUNNING,
    Attachment,
    Button,
    Conversation,
    Delivery,
    Identity,
    Joining,
    JoinLink,
    Message,
    Person,
    Turn,
)
from switchboard.people import Held, Known, lock_conversation, lock_people, new_person
from switchboard.texts import Texts

NOT_ME = "not_me"  # the intent of the button
ANSWER = "answer"  # its entity: what is said when it was used
PARTED_TEXT = "utter_parted"


def answering(texts: Texts, moved: Reply) -> Reply:
    """The words for the side that somebody came to: the button under them carries what is said when it was used."""
    answer = {ANSWER: texts.say(PARTED_TEXT)}
    buttons = (replace(button, entities=answer) if button.intent == NOT_ME else button for button in moved.buttons)
    return replace(moved, buttons=tuple(buttons))


def parts(session: Session, button_id: Optional[str]) -> bool:
    """Whether this button is that one."""
    button = session.get(Button, button_id) if button_id else None
    return button is not None and button.intent == NOT_ME


def part(session: Session, conversation_id: str, identity_id: str, button_id: str, now: datetime) -> None:
    """Take out whoever came last to this side, which has used the button under the row that said so.

    The button of another side does nothing, and one that is used again changes nothing.
    """
    conversation = lock_conversation(session, conversation_id)
    button = session.get(Button, button_id)
    if conversation.identity_of(session.get(Message, button.message_id).identity_id) != identity_id:
        return
    came = _who_came(session, conversation_id, identity_id)
    if came is not None and came.person_id == conversation.person_id and came.ended_at is None:
        _take_out(session, conversation, came, Known(identity_id, conversation.person_id), now)
    channel = session.get(Identity, identity_id).kind
    said = Reply(str(button.entities[ANSWER]))
    append_reply(
        session, conversation, channel, said, now, author_kind="system", side=conversation.side_of(identity_id)
    )


def _who_came(session: Session, conversation_id: str, identity_id: str) -> Optional[Identity]:
    query = (
        select(Identity)
        .join(Joining, Joining.identity_id == Identity.id)
        .where(Joining.conversation_id == conversation_id, Joining.by_identity_id == identity_id)
        .order_by(Joining.at.desc(), Joining.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def _take_out(session: Session, conversation: Held, came: Identity, by: Known, now: datetime) -> None:
    lock_people(session, by.person_id)
    proofs.end(session, conversation.id, came.id)
    own = new_person(session, now)
    session.execute(_silently(update(Person).where(Person.id == own).values(joined_at=now)))
    his = select(Conversation.id).where(
        Conversation.identity_id == came.id,
        Conversation.person_id == by.person_id,
        Conversation.closed_at.is_not(None),
    )
    his_ids = session.execute(his).scalars().all()
    for statement in (
        update(Conversation).where(Conversation.id.in_(his_ids)).values(person_id=own),
        update(Attachment).where(Attachment.conversation_id.in_(his_ids)).values(person_id=own),
        update(Identity).where(Identity.id == came.id).values(person_id=own, ended_at=_end_of(came, now)),
        update(JoinLink).where(JoinLink.identity_id == came.id, JoinLink.expires_at > now).values(expires_at=now),
        update(Turn)
        .where(Turn.conversation_id == conversation.id, Turn.identity_id == came.id, Turn.state.in_((QUEUED, RUNNING)))
        .values(state=DROPPED, outcome=PARTED, finished_at=now, lease_until=None),
        delete(Delivery).where(Delivery.conversation_id == conversation.id, Delivery.channel == came.kind),
    ):
        session.execute(_silently(statement))
    note(session, PARTED, by, Known(came.id, own), by.person_id, conversation.id, None, now)


def _end_of(came: Identity, now: datetime) -> Optional[datetime]:
    """A web session ends, as if its customer had left; an account goes on as somebody else."""
    return None if came.kind in ONLY_ONE else now


def _silently(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)
