"""Sends what was said to channels that have to be sent to: in order, from the log, and each part of a message once.

A row is written together with the job that sends it (`want`). The job of a conversation takes one row after the other,
from the last one that is settled. A part is marked before it is sent and after: when a process dies between the two,
nobody can know whether it arrived. It is sent again then, and the doubt is counted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from switchboard import jobs
from switchboard.jobs import TakenJob
from switchboard.models import Delivery, DeliveryMark, Message

SENT_TO = frozenset({"telegram"})  # channels that deliver by job; a web chat reads the log by itself
CUSTOMER = "customer"
TO_CUSTOMERS = ("bot", "system", "agent")
WAITING, SENDING, SENT, REFUSED = "waiting", "sending", "sent", "refused"


@dataclass(frozen=True)
class Outgoing:
    """The next row of a conversation that has to be sent, and how many parts of it were sent already.

    Attributes:
        heard_seq: the customer's last message on this channel when this was looked up.
    """

    message_id: str
    seq: int
    heard_seq: int
    body: dict[str, Any]
    address: str
    parts_sent: int


def kind_of(channel: str) -> str:
    """The kind of the jobs that send to this channel."""
    return f"{jobs.SENDS}{channel}"


def want(session: Session, conversation_id: str, channel: str, author_kind: str, now: datetime) -> None:
    """A row was written: have it sent, if its channel has to be sent to and it is meant for the customer.

    The caller holds the lock of the conversation.
    """
    if channel in SENT_TO and author_kind in TO_CUSTOMERS:
        jobs.arm(session, kind_of(channel), conversation_id, {"conversation_id": conversation_id}, now)


def reachable(session: Session, conversation_id: str, channel: str, address: str) -> None:
    """The customer of this conversation has just been heard from this address."""
    delivery = _locked(session, conversation_id, channel)
    if delivery is None:
        session.add(Delivery(conversation_id=conversation_id, channel=channel, address=address, sent_seq=0))
    else:
        delivery.address, delivery.gone_at = address, None


def heard(session: Session, channel: str, address: str, reachable_again: bool, now: datetime) -> None:
    """The customer at this address let us speak again, or forbade it."""
    gone_at = None if reachable_again else now
    statement = update(Delivery).where(Delivery.channel == channel, Delivery.address == address)
    session.execute(statement.values(gone_at=gone_at).execution_options(synchronize_session=False))


def go_along(session: Session, from_conversation: str, to_conversation: str, sent_seq: int) -> None:
    """The customer of one conversation goes on in another one, and is reached there as he was here.

    Args:
        sent_seq: the last row of the other one so far; what was said there before was said to somebody else.
    """
    for delivery in session.execute(select(Delivery).where(Delivery.conversation_id == from_conversation)).scalars():
        if session.get(Delivery, (to_conversation, delivery.channel)) is None:
            reached = {"channel": delivery.channel, "address": delivery.address, "gone_at": delivery.gone_at}
            session.add(Delivery(conversation_id=to_conversation, sent_seq=sent_seq, **reached))
    session.flush()


def address_of(session: Session, conversation_id: str, channel: str) -> Optional[str]:
    """Where the customer of this conversation is reached on this channel, None where he is not."""
    delivery = session.get(Delivery, (conversation_id, channel))
    return delivery.address if delivery and delivery.gone_at is None else None


def next_row(session: Session, job: TakenJob, channel: str, now: datetime) -> Optional[Outgoing]:
    """What this job has to send next; None when there is nothing, and the job is done then, or somebody else's.

    Where a row is to be read was decided when it was written; the customer may have gone on elsewhere since.
    """
    if not jobs.hold(session, job, now):
        return None
    conversation_id = job.payload["conversation_id"]
    delivery = _locked(session, conversation_id, channel)
    if delivery is not None and delivery.gone_at is not None:
        _refuse_waiting(session, delivery, now)
        jobs.finish(session, job, now)
        return None
    row = _first_after(session, conversation_id, channel, delivery.sent_seq) if delivery else None
    if delivery is None or row is None:
        jobs.finish(session, job, now)
        return None
    sent = select(func.count()).where(
        DeliveryMark.message_id == row.id, DeliveryMark.channel == channel, DeliveryMark.state.in_((SENT, REFUSED))
    )
    parts_sent = session.execute(sent).scalar_one()
    heard_seq = last_of_customer(session, conversation_id, channel)
    return Outgoing(row.id, row.seq, heard_seq, row.body, delivery.address, parts_sent)


def begin_part(
    session: Session, job: TakenJob, outgoing: Outgoing, channel: str, part: int, now: datetime
) -> Optional[int]:
    """Mark that this part is about to be sent; the doubts about it so far, None when the job is somebody else's."""
    if not jobs.hold(session, job, now):
        return None
    mark = session.get(DeliveryMark, (outgoing.message_id, channel, part), populate_existing=True)
    if mark is None:
        mark = DeliveryMark(message_id=outgoing.message_id, channel=channel, part=part, doubts=0)
        session.add(mark)
    elif mark.state == SENDING:
        mark.doubts += 1
    mark.state, mark.at = SENDING, now
    return mark.doubts


def end_part(
    session: Session,
    outgoing: Outgoing,
    channel: str,
    part: int,
    state: str,
    now: datetime,
    external_id: Optional[str] = None,
) -> None:
    """What became of this part: `SENT` with its id there, `REFUSED`, or `WAITING` when it certainly was not sent."""
    mark = session.get(DeliveryMark, (outgoing.message_id, channel, part), populate_existing=True)
    mark.state, mark.external_id, mark.at = state, external_id, now


def settle_row(session: Session, job: TakenJob, outgoing: Outgoing, channel: str, now: datetime) -> bool:
    """All parts of the row are sent or refused: go on after it. False when the job is somebody else's."""
    if not jobs.hold(session, job, now):
        return False
    delivery = session.get(Delivery, (job.payload["conversation_id"], channel), populate_existing=True)
    delivery.sent_seq = max(delivery.sent_seq, outgoing.seq)
    return True


def give_up_address(session: Session, job: TakenJob, outgoing: Outgoing, channel: str, now: datetime) -> None:
    """This row cannot be sent to its address any more: what waits is refused, until the customer is heard of again.

    A customer who has written while it was sent is there: what is said to him after that is tried.
    """
    if not jobs.hold(session, job, now):
        return
    delivery = _locked(session, job.payload["conversation_id"], channel)
    assert delivery, "what was sent had an address"
    back = _customer_wrote_after(session, delivery, outgoing.heard_seq)
    _refuse_waiting(session, delivery, now, before=back)
    if back is None:
        delivery.gone_at = now
    jobs.finish(session, job, now, again_at=None if back is None else now)


def _refuse_waiting(session: Session, delivery: Delivery, now: datetime, before: Optional[int] = None) -> None:
    """Nothing more is tried of what waits, or of what was said before the row `before`."""
    row = _first_after(session, delivery.conversation_id, delivery.channel, delivery.sent_seq)
    while row is not None and (before is None or row.seq < before):
        mark = session.get(DeliveryMark, (row.id, delivery.channel, 0))
        if mark is None:
            key = {"message_id": row.id, "channel": delivery.channel, "part": 0}
            session.add(DeliveryMark(**key, state=REFUSED, doubts=0, at=now))
        elif mark.state != SENT:
            mark.state, mark.at = REFUSED, now
        delivery.sent_seq = row.seq
        row = _first_after(session, delivery.conversation_id, delivery.channel, delivery.sent_seq)


def doubts(session: Session, channel: str) -> int:
    """How many times something may have been sent twice on this channel."""
    query = select(func.coalesce(func.sum(DeliveryMark.doubts), 0)).where(DeliveryMark.channel == channel)
    return int(session.execute(query).scalar_one())


def _locked(session: Session, conversation_id: str, channel: str) -> Optional[Delivery]:
    """As it is now and stays until the end of the transaction: the customer may block us, and be back, at any time."""
    key = {"populate_existing": True, "with_for_update": True}
    return session.get(Delivery, (conversation_id, channel), **key)


def _customer_wrote_after(session: Session, delivery: Delivery, seq: int) -> Optional[int]:
    query = select(func.min(Message.seq)).where(
        Message.conversation_id == delivery.conversation_id,
        Message.channel == delivery.channel,
        Message.author_kind == CUSTOMER,
        Message.seq > seq,
    )
    return session.execute(query).scalar_one()


def _first_after(session: Session, conversation_id: str, channel: str, seq: int) -> Optional[Message]:
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq > seq,
            Message.channel == channel,
            Message.author_kind.in_(TO_CUSTOMERS),
        )
        .order_by(Message.seq)
        .limit(1)
    )
    return session.execute(query).scalar()


def last_of_customer(session: Session, conversation_id: str, channel: Optional[str] = None) -> int:
    """Place of the customer's last message, on this channel or, with None, on any; 0 where there is none."""
    query = select(func.max(Message.seq)).where(
        Message.conversation_id == conversation_id, Message.author_kind == CUSTOMER
    )
    on_channel = query.where(Message.channel == channel) if channel else query
    return session.execute(on_channel).scalar() or 0
