"""Makes two identities one person's, on proof alone, and leaves one of their conversations open (docs/joining.md).

No row moves. The conversation that a person of the shop has stays open, or else the one the link was given in; the
other is closed with a row that says where it goes on, and what was begun there goes along. Who may read what is not
decided here (`sides`): joining shows nobody anything that was said elsewhere.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Optional, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from switchboard import contacts, deliveries, handoffs, join_links
from switchboard.body import Reply
from switchboard.join_links import OTHER_ACCOUNT, OVER, LinkRefused
from switchboard.log import LAST_HEARD, append_reply, last_channel
from switchboard.models import (
    BOT,
    CLOSED,
    HUMAN,
    QUEUED,
    RUNNING,
    WAITING,
    Attachment,
    CodeChallenge,
    Conversation,
    Identity,
    Joining,
    Person,
    Proof,
    ProvedEmail,
    Turn,
)
from switchboard.ownership import change_owner
from switchboard.people import (
    AN_INSTANT,
    Held,
    Known,
    Sender,
    add_identity,
    change_held,
    known_identity,
    last_opened,
    lock_conversation,
    lock_people,
    start_conversation,
)

LINK, CODE, PARTED = "link", "code", "parted"
ONLY_ONE = frozenset({"telegram"})  # channels on which a person is one account: an answer must not reach another one
RANK = {HUMAN: 2, WAITING: 1, BOT: 0}
OF_CONVERSATION = (Proof, ProvedEmail, CodeChallenge)  # what goes along with a conversation that is closed for another


@dataclass(frozen=True)
class Words:
    """What is said of it: to the side that is there already, and at the end of a conversation that is closed.

    `welcome` begins the conversation that a mailed link leads to when the old one was closed.
    """

    moved: Reply
    closed: Reply
    welcome: Optional[Reply] = None


@dataclass(frozen=True)
class Joined:
    """The conversation that goes on and who has it.

    `again`: everything was so before. `unanswered`: something was asked in the other one and nobody will answer it
    there.
    """

    conversation_id: str
    owner: str
    again: bool = False
    unanswered: bool = False


def open_link(session: Session, sender: Sender, token: str, words: Words, now: datetime) -> Joined:
    """The sender shows the token of a link that leads to his channel: he is the same person as whoever was given it.

    Raises:
        LinkRefused: nothing was changed, but a token that is none was counted.
        IdentityEnded: the sender has left.
    """
    issuer = join_links.issuer_of(session, token)
    lock_names(session, sender.identity, *([issuer.value] if issuer else []))
    link = join_links.find(session, token, sender.channel, sender.address_key, now)
    assert issuer, "a link has been given to somebody"
    session.refresh(issuer)
    known = known_identity(session, sender.identity_kind, sender.identity)
    people = [issuer.person_id, *([known.person_id] if known else [])]
    lock_people(session, *people)
    held = _open_of(session, people)
    if link.resumes and join_links.is_open(link, now) and not (issuer.ended_at or _is_of(held, issuer.person_id)):
        held = [_begun_again(session, issuer, words, now), *held]
    if held and known and (known.id == issuer.id or (known.id == link.used_by and len(set(people)) == 1)):
        return Joined(held[0].id, held[0].owner, again=True)
    if not _is_of(held, issuer.person_id) or not join_links.is_open(link, now) or issuer.ended_at:
        raise LinkRefused(OVER)
    if held[0].id != link.conversation_id and not link.resumes:
        raise LinkRefused(OVER)
    if _comes_as_another(session, issuer.person_id, sender, known):
        raise LinkRefused(OTHER_ACCOUNT)
    coming = known or add_identity(session, issuer.person_id, sender.identity_kind, sender.identity, now)
    join_links.use(session, link, coming.id, now)
    whose = known.person_id if known else None
    return join(session, Coming(Known(issuer.id, issuer.person_id), coming, whose, LINK), words, now)


@dataclass(frozen=True)
class Coming:
    """Who comes to whom, whose the one who comes was (None: nobody's), and how that was proved."""

    staying: Known
    coming: Known
    from_person: Optional[str]
    how: str


def join(session: Session, two: Coming, words: Words, now: datetime) -> Joined:
    """The one who comes is the other one's person from now on. Both people are locked, and it was proved."""
    staying, coming = two.staying, two.coming
    held = _open_of(session, [staying.person_id, coming.person_id])
    kept, closed, unanswered = held[0], None, False
    if len(held) > 1:
        kept, closed = _which_stays(*held)
        unanswered = _has_unanswered(session, closed.id)
        _close(session, closed, kept, words.closed, now)
    if coming.person_id != staying.person_id:
        _move_person(session, coming.person_id, staying.person_id)
    since = update(Person).where(Person.id == staying.person_id).values(joined_at=func.coalesce(Person.joined_at, now))
    session.execute(since.execution_options(synchronize_session=False))
    _let_it_be_the_last(session, kept, staying.person_id)
    channel, side = _channel_of(session, staying.id), kept.side_of(staying.id)
    append_reply(session, kept, channel, words.moved, now, author_kind="system", side=side)
    note(session, two.how, staying, coming, two.from_person, kept.id, closed.id if closed else None, now)
    return Joined(kept.id, kept.owner, unanswered=unanswered)


def note(
    session: Session,
    how: str,
    staying: Known,
    coming: Known,
    from_person: Optional[str],
    conversation_id: str,
    closed_id: Optional[str],
    now: datetime,
) -> None:
    """For whoever has to find out later what happened. No names, no addresses."""
    session.add(
        Joining(
            id=new_id("jn"),
            how=how,
            conversation_id=conversation_id,
            person_id=staying.person_id,
            from_person_id=from_person,
            identity_id=coming.id,
            by_identity_id=staying.id,
            closed_id=closed_id,
            at=now,
        )
    )
    session.flush()


def _open_of(session: Session, person_ids: Sequence[str]) -> list[Held]:
    """The open conversations of these people, each once, locked, in the order of the people."""
    query = select(Conversation.id, Conversation.person_id).where(
        Conversation.person_id.in_(set(person_ids)), Conversation.closed_at.is_(None)
    )
    found = {row.person_id: row.id for row in session.execute(query)}
    held = {id_: lock_conversation(session, id_) for id_ in sorted(found.values())}
    people = dict.fromkeys(person_id for person_id in person_ids if person_id in found)
    return [held[found[person_id]] for person_id in people if held[found[person_id]].closed_at is None]


def _is_of(held: Sequence[Held], person_id: str) -> bool:
    """Whether the first of these conversations is this person's."""
    return bool(held) and held[0].person_id == person_id


def _begun_again(session: Session, issuer: Identity, words: Words, now: datetime) -> Held:
    """A new conversation for whoever was mailed an answer in one that was closed since."""
    begun = start_conversation(session, Known(issuer.id, issuer.person_id), now)
    if words.welcome:
        append_reply(session, begun, issuer.kind, words.welcome, now, side=None)
    return begun


def _which_stays(one: Held, other: Held) -> tuple[Held, Held]:
    return (other, one) if RANK[other.owner] > RANK[one.owner] else (one, other)


def _close(session: Session, closed: Held, kept: Held, said: Reply, now: datetime) -> None:
    """What is known there goes along: what was proved, each for its own side, and a code that is awaited."""
    channel = last_channel(session, closed.id)
    append_reply(session, closed, channel, said, now, author_kind="system", side=LAST_HEARD)
    for table in OF_CONVERSATION:
        statement = update(table).where(table.conversation_id == closed.id).values(conversation_id=kept.id)
        session.execute(statement.execution_options(synchronize_session=False))
    deliveries.go_along(session, closed.id, kept.id, kept.last_seq)
    handoffs.go_along(session, closed.id, kept, now)
    contacts.go_along(session, closed.id, kept.id)
    change_owner(session, closed.id, closed.version, CLOSED, now)
    change_held(session, closed, continued_in=kept.id)


def _move_person(session: Session, from_person: str, to_person: str) -> None:
    for table in (Identity, Conversation, Attachment):
        statement = update(table).where(table.person_id == from_person).values(person_id=to_person)
        session.execute(statement.execution_options(synchronize_session=False))
    preferred = select(Person.notices_to).where(Person.id == from_person).scalar_subquery()
    session.execute(
        update(Person)
        .where(Person.id == to_person)
        .values(notices_to=func.coalesce(Person.notices_to, preferred))
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(Person).where(Person.id == from_person).execution_options(synchronize_session=False))


def _let_it_be_the_last(session: Session, kept: Held, person_id: str) -> None:
    """The open conversation comes after all others of the person, as it does for whoever has one channel."""
    latest = last_opened(session, person_id, besides=kept.id)
    if latest and latest >= kept.opened_at:
        change_held(session, kept, opened_at=latest + AN_INSTANT)


def _has_unanswered(session: Session, conversation_id: str) -> bool:
    query = select(Turn.id).where(Turn.conversation_id == conversation_id, Turn.state.in_((QUEUED, RUNNING)))
    return session.execute(query.limit(1)).first() is not None


def is_other_account(session: Session, person_id: str, other_person_id: str) -> bool:
    """Whether both people have an account on a channel where a person is one account."""
    return bool(_accounts(session, person_id) & _accounts(session, other_person_id))


def _comes_as_another(session: Session, person_id: str, sender: Sender, known: Optional[Known]) -> bool:
    """The same of a person and a sender who may be nobody yet."""
    if known is None:
        return bool({sender.identity_kind} & _accounts(session, person_id))
    return known.person_id != person_id and is_other_account(session, person_id, known.person_id)


def _accounts(session: Session, person_id: str) -> set[str]:
    query = select(Identity.kind).where(Identity.person_id == person_id, Identity.kind.in_(ONLY_ONE))
    return set(session.execute(query).scalars())


def _channel_of(session: Session, identity_id: str) -> str:
    """A web session and a Telegram user are known by the name of their channel."""
    kind: str = session.execute(select(Identity.kind).where(Identity.id == identity_id)).scalar_one()
    return kind
