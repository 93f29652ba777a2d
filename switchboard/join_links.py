"""Links by which a customer goes on with a conversation elsewhere (docs/joining.md).

A token is 256 random bits, good for a quarter of an hour and one use, and only its hash is kept. It tells on which side
of which conversation it was given; whoever shows it has proved nothing but that he holds it. Tokens that open nothing
are counted by address, and after ten of them none is looked at any more for a while.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Optional

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from base.database import lock_names
from base.ids import new_id
from switchboard import jobs
from switchboard.models import Identity, JoinLink, JoinTry

VALID_FOR = timedelta(minutes=15)
MAILED_VALID_FOR = timedelta(days=3)
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
TOKEN_BYTES = 32
GUESSED_JOB = "links_guessed"  # tells the staff that somebody tries links

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
MADE_BY_SIDE = 10  # links in a quarter of an hour
WRONG_OF_ADDRESS = 10  # tokens that open nothing, in a quarter of an hour
WRONG_IN_ALL = 100  # in an hour: the staff is told

OVER, PAUSED, OTHER_ACCOUNT = "over", "paused", "other_account"


class LinkRefused(Exception):
    """The link opens nothing. `reason`: `over` (used, expired, unknown: all alike), `paused`, or `other_account`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyLinks(Exception):
    """This side has been given as many links as it may have for now."""


@dataclass(frozen=True)
class Link:
    """A link that was just made: what it holds, and until when it opens anything."""

    token: str
    expires_at: datetime


def make(
    session: Session, conversation_id: str, identity_id: str, channel: str, now: datetime, resumes: bool = False
) -> Link:
    """A new link that leads from this side of the conversation to `channel`.

    With `resumes` it is one that is mailed with an answer (`JoinLink`).

    Raises:
        TooManyLinks: nothing was made.
    """
    lock_names(session, f"links:{identity_id}")
    made = select(func.count()).where(JoinLink.identity_id == identity_id, JoinLink.created_at > now - QUARTER)
    if session.execute(made).scalar_one() >= MADE_BY_SIDE:
        raise TooManyLinks(identity_id)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = JoinLink(
        token_hash=hash_of(token),
        channel=channel,
        conversation_id=conversation_id,
        identity_id=identity_id,
        created_at=now,
        expires_at=now + (MAILED_VALID_FOR if resumes else VALID_FOR),
        resumes=resumes,
    )
    session.add(link)
    session.flush()
    return Link(token, link.expires_at)


def issuer_of(session: Session, token: str) -> Optional[Identity]:
    """The identity that was given the link of this token, None where there is no such link. Nothing is counted."""
    query = select(Identity).join(JoinLink, JoinLink.identity_id == Identity.id)
    return session.execute(query.where(JoinLink.token_hash == hash_of(token))).scalar()


def find(session: Session, token: str, channel: str, address_key: str, now: datetime) -> JoinLink:
    """The link of this token, whether it still counts or not. Whoever shows what is none is counted.

    Raises:
        LinkRefused: `over`, there is no link of this token that leads to `channel`; `paused`.
    """
    lock_names(session, address_key)
    if _wrong(session, now - QUARTER, address_key) >= WRONG_OF_ADDRESS:
        raise LinkRefused(PAUSED)
    link: Optional[JoinLink] = session.get(JoinLink, hash_of(token), populate_existing=True)
    if link is None or link.channel != channel:
        _count_wrong(session, address_key, now)
        raise LinkRefused(OVER)
    return link


def is_open(link: JoinLink, now: datetime) -> bool:
    """Whether the link may still be used, as far as itself tells."""
    return link.used_at is None and link.expires_at > now


def use(session: Session, link: JoinLink, by: str, now: datetime) -> None:
    """From now on this link counts no more, nor do others that were given to the same side.

    The caller has the lock of that side's identity, under which no link of it is used twice.

    Args:
        by: the identity that came by it.
    """
    link.used_at, link.used_by = now, by
    session.flush()
    others = update(JoinLink).where(JoinLink.identity_id == link.identity_id, JoinLink.expires_at > now)
    session.execute(others.values(expires_at=now).execution_options(synchronize_session=False))


def forget(session: Session, before: datetime) -> None:
    """Delete what is older."""
    for statement in (
        delete(JoinTry).where(JoinTry.at < before),
        delete(JoinLink).where(JoinLink.created_at < before),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def hash_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _count_wrong(session: Session, address_key: str, now: datetime) -> None:
    session.add(JoinTry(id=new_id("jt"), address_key=address_key, at=now))
    session.flush()
    if _wrong(session, now - HOUR) >= WRONG_IN_ALL:
        jobs.schedule(session, GUESSED_JOB, f"{now:%Y-%m-%dT%H}", now, {"wrong": WRONG_IN_ALL}, now)


def _wrong(session: Session, since: datetime, address_key: Optional[str] = None) -> int:
    query = select(func.count()).select_from(JoinTry).where(JoinTry.at > since)
    if address_key:
        query = query.where(JoinTry.address_key == address_key)
    return session.execute(query).scalar_one()
