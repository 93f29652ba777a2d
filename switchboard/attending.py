"""What the people of the shop do with a conversation: accept it, answer, note, pass it on, give it back, close it.

Each step checks, under the conversation's lock, whose it is: one person has it at a time, and only that one speaks.
The words a customer reads are given by the caller, as everywhere here.
"""

from datetime import datetime
from typing import Optional

from sqlalchemy import select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard import handoffs, promises, proofs, unseen
from switchboard.agents import AtDesk
from switchboard.body import Reply
from switchboard.history import row_of
from switchboard.log import MESSAGES, Row, append_reply, last_channel
from switchboard.masking import mask_text
from switchboard.models import BOT, CLOSED, HUMAN, WAITING, Handoff, Note
from switchboard.ownership import give
from switchboard.people import Held, change_held, lock_conversation

AGENT, SYSTEM = "agent", "system"
ANSWER = "answer:"  # how the key of a promise begins that somebody will answer


class SomebodyElses(Exception):
    """Another person of the shop has the conversation; `agent_id` is that person's."""

    def __init__(self, agent_id: Optional[str]) -> None:
        super().__init__(agent_id)
        self.agent_id = agent_id


class NotHeld(Exception):
    """Nobody of the shop has the conversation: it is the assistant's, in the queue, or closed (`owner`)."""

    def __init__(self, owner: str) -> None:
        super().__init__(owner)
        self.owner = owner


def accept(session: Session, conversation_id: str, agent: AtDesk, joined: Reply, now: datetime) -> bool:
    """The agent takes the conversation, from the queue or from the assistant; False when he has it already.

    Raises:
        SomebodyElses: another one was faster.
        NotHeld: it is closed.
    """
    conversation = lock_conversation(session, conversation_id)
    if conversation.owner == HUMAN:
        if conversation.agent_id == agent.id:
            return False
        raise SomebodyElses(conversation.agent_id)
    if conversation.owner == CLOSED:
        raise NotHeld(CLOSED)
    handoff = handoffs.open_of(session, conversation_id)
    if handoff is None:
        handoff = handoffs.ask(session, conversation_id, new_id("by_hand"), handoffs.TAKEN, {}, now)
    give(session, conversation, HUMAN, now, agent.id)
    handoff.waits_from = min(handoff.waits_from, now)
    handoff.accepted_at, handoff.accepted_by = handoff.accepted_at or now, agent.id
    _say(session, conversation, joined, now)
    change_held(session, conversation, read_seq=conversation.last_seq)
    return True


def reply(
    session: Session,
    conversation_id: str,
    agent: AtDesk,
    external_id: str,
    text: str,
    now: datetime,
    attachments: tuple[str, ...] = (),
) -> Row:
    """Say something to the customer, on the channel from which he last wrote; once for each `external_id`.

    Raises:
        SomebodyElses, NotHeld: nothing was said.
    """
    conversation = _held(session, conversation_id, agent)
    channel = channel_of_customer(session, conversation_id)
    said = row_of(session, channel, external_id)
    if said is not None:
        return said
    row = append_reply(
        session,
        conversation,
        channel,
        Reply(mask_text(text), attachments=attachments),
        now,
        author_kind=AGENT,
        author=agent.name,
        external_id=external_id,
    )
    handoff = handoffs.open_of(session, conversation_id)
    if handoff is not None:
        handoff.first_reply_at = handoff.first_reply_at or now
        promises.keep(session, conversation_id, promise_key(handoff), now)
    change_held(session, conversation, read_seq=row.seq)
    unseen.want(session, conversation, row, now)
    return row


def note(session: Session, conversation_id: str, agent: AtDesk, text: str, now: datetime) -> None:
    """Write something that only people of the shop read, whoever has the conversation."""
    conversation = lock_conversation(session, conversation_id)
    _note(session, conversation, agent, text, now)


def pass_to(
    session: Session, conversation_id: str, agent: AtDesk, to: AtDesk, why: str, told: Reply, now: datetime
) -> None:
    """Give the conversation to somebody else, who has it at once; `why` is a note for that one.

    Raises:
        SomebodyElses, NotHeld: it was not the agent's to give.
    """
    conversation = _held(session, conversation_id, agent)
    if to.id == agent.id:
        return
    if why:
        _note(session, conversation, agent, why, now)
    give(session, conversation, HUMAN, now, to.id)
    handoff = handoffs.open_of(session, conversation_id)
    if handoff is not None:
        handoff.accepted_by = to.id
    _say(session, conversation, told, now)


def put_back(session: Session, conversation_id: str, agent_id: str, told: Reply, now: datetime) -> Optional[int]:
    """The agent cannot go on: the customer waits again, in his old place, which is returned. None: it was not his."""
    conversation = lock_conversation(session, conversation_id)
    if conversation.owner != HUMAN or conversation.agent_id != agent_id:
        return None
    handoff = handoffs.open_of(session, conversation_id)
    if handoff is None:  # older than handoffs
        handoff = handoffs.ask(session, conversation_id, new_id("put_back"), handoffs.TAKEN, {}, now)
    handoff.accepted_by = None
    give(session, conversation, WAITING, now)
    session.flush()
    place = handoffs.position(session, handoff)
    _say(session, conversation, told, now)
    handoffs.tell_staff(session, handoff, now)
    return place


def give_back(
    session: Session, conversation_id: str, agent: AtDesk, outcome: str, told: str, words: Reply, now: datetime
) -> None:
    """The assistant goes on. `outcome` and `told` are what it knows about how this ended.

    Raises:
        SomebodyElses, NotHeld: it was not the agent's to give.
    """
    conversation = _held(session, conversation_id, agent)
    _end(session, conversation, agent, handoffs.GIVEN_BACK, outcome, told, now)
    unseen.want(session, conversation, _say(session, conversation, words, now), now)
    give(session, conversation, BOT, now)


def close(
    session: Session, conversation_id: str, agent: AtDesk, outcome: str, told: str, words: Reply, now: datetime
) -> None:
    """It is over; `words` ask the customer how it was. What was proved in the conversation ends with it.

    Raises:
        SomebodyElses, NotHeld: it was not the agent's to close.
    """
    conversation = _held(session, conversation_id, agent)
    _end(session, conversation, agent, handoffs.CLOSED, outcome, told, now)
    unseen.want(session, conversation, _say(session, conversation, words, now), now)
    proofs.end(session, conversation_id)
    give(session, conversation, CLOSED, now)


def promise_key(handoff: Handoff) -> str:
    """The key of the promise that somebody will answer this handoff."""
    return f"{ANSWER}{handoff.id}"


def notes_of(session: Session, conversation_id: str) -> list[Note]:
    """The notes on a conversation, in their order."""
    query = select(Note).where(Note.conversation_id == conversation_id).order_by(Note.created_at, Note.id)
    return list(session.execute(query).scalars())


def channel_of_customer(session: Session, conversation_id: str) -> str:
    """Where the customer last wrote from; where the conversation was last alive if he has not."""
    query = (
        select(MESSAGES.c.channel)
        .where(MESSAGES.c.conversation_id == conversation_id, MESSAGES.c.author_kind == "customer")
        .order_by(MESSAGES.c.seq.desc())
        .limit(1)
    )
    return session.execute(query).scalar() or last_channel(session, conversation_id)


def _held(session: Session, conversation_id: str, agent: AtDesk) -> Held:
    """The conversation, locked, which is this agent's.

    Raises:
        SomebodyElses, NotHeld: it is not.
    """
    conversation = lock_conversation(session, conversation_id)
    if conversation.owner != HUMAN:
        raise NotHeld(conversation.owner)
    if conversation.agent_id != agent.id:
        raise SomebodyElses(conversation.agent_id)
    return conversation


def _end(
    session: Session, conversation: Held, agent: AtDesk, ending: str, outcome: str, told: str, now: datetime
) -> None:
    handoff = handoffs.open_of(session, conversation.id)
    if handoff is None:
        handoff = handoffs.ask(session, conversation.id, new_id("by_hand"), handoffs.TAKEN, {}, now)
        handoff.accepted_at, handoff.accepted_by = now, agent.id
    handoffs.end(session, handoff, ending, now, outcome, told)


def _say(session: Session, conversation: Held, words: Reply, now: datetime) -> Row:
    channel = channel_of_customer(session, conversation.id)
    return append_reply(session, conversation, channel, words, now, author_kind=SYSTEM)


def _note(session: Session, conversation: Held, agent: AtDesk, text: str, now: datetime) -> None:
    session.add(
        Note(
            id=new_id("nt"),
            conversation_id=conversation.id,
            agent_id=agent.id,
            after_seq=conversation.last_seq,
            text=mask_text(text),
            created_at=now,
        )
    )
    session.flush()
