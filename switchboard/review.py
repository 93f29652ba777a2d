"""Tags and comments of those who review conversations. Who wrote them is not kept; they go with the conversation."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Callable, Optional, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from base.ids import new_id
from switchboard.body import clean_text
from switchboard.masking import mask_personal
from switchboard.models import Conversation, ReviewComment, ReviewTag
from switchboard.people import lock_conversation

TAG = re.compile(r"[^\W_][\w '’-]{0,39}")
MOST_COMMENT = 2_000
MOST_TAGS = 20  # of a conversation


class NoSuchConversation(LookupError):
    """There is no conversation of this id."""


class Refusal(ValueError):
    """It cannot be kept; `key` says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True)
class Comment:
    """A comment with its id."""

    id: str
    text: str
    at: datetime


def tag_in(typed: str) -> str:
    """A tag as it is kept: small letters, single spaces.

    Raises:
        Refusal: it is empty, too long, or has signs that no word has.
    """
    tag = " ".join(clean_text(typed).lower().split())
    if not TAG.fullmatch(tag) or mask_personal(tag) != tag:
        raise Refusal("review_bad_tag")
    return tag


def add_tag(session: Session, conversation_id: str, typed: str, now: datetime) -> None:
    """Give the conversation a tag; nothing where it has it.

    Raises:
        Refusal: as `tag_in`, or there are too many.
        NoSuchConversation: as it says.
    """
    tag = tag_in(typed)
    _lock(session, conversation_id)
    known = tags_of(session, [conversation_id]).get(conversation_id, [])
    if tag in known:
        return
    if len(known) >= MOST_TAGS:
        raise Refusal("review_too_many_tags")
    session.add(ReviewTag(conversation_id=conversation_id, tag=tag, at=now))
    session.flush()


def remove_tag(session: Session, conversation_id: str, tag: str) -> None:
    """Take a tag away."""
    gone = delete(ReviewTag).where(ReviewTag.conversation_id == conversation_id, ReviewTag.tag == tag)
    session.execute(gone.execution_options(synchronize_session=False))


def tags_of(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    """The tags of these conversations, in their order."""
    query = select(ReviewTag.conversation_id, ReviewTag.tag).where(ReviewTag.conversation_id.in_(ids))
    found: dict[str, list[str]] = {}
    for conversation_id, tag in session.execute(query.order_by(ReviewTag.tag)):
        found.setdefault(conversation_id, []).append(tag)
    return found


def with_tag(session: Session, tag: str) -> frozenset[str]:
    """The conversations that have this tag."""
    return frozenset(session.execute(select(ReviewTag.conversation_id).where(ReviewTag.tag == tag)).scalars())


def every_tag(session: Session) -> list[str]:
    """All tags there are, the most used first."""
    query = select(ReviewTag.tag).group_by(ReviewTag.tag).order_by(func.count().desc(), ReviewTag.tag)
    return list(session.execute(query).scalars())


def add_comment(session: Session, conversation_id: str, typed: str, mask: Callable[[str], str], now: datetime) -> None:
    """Write a comment; what `mask` hides of it is kept nowhere.

    Raises:
        Refusal: it is empty or too long.
        NoSuchConversation: as it says.
    """
    text = mask(clean_text(typed.replace("\r\n", "\n")))
    if not text or len(text) > MOST_COMMENT:
        raise Refusal("review_bad_comment")
    _lock(session, conversation_id)
    session.add(ReviewComment(id=new_id("rc"), conversation_id=conversation_id, text=text, at=now))
    session.flush()


def remove_comment(session: Session, conversation_id: str, comment_id: str) -> None:
    """Take a comment away."""
    comment: Optional[ReviewComment] = session.get(ReviewComment, comment_id)
    if comment is not None and comment.conversation_id == conversation_id:
        session.delete(comment)
        session.flush()


def comments_of(session: Session, conversation_id: str) -> list[Comment]:
    """The comments on a conversation, in the order in which they were written."""
    query = select(ReviewComment).where(ReviewComment.conversation_id == conversation_id)
    found = session.execute(query.order_by(ReviewComment.at, ReviewComment.id)).scalars()
    return [Comment(one.id, one.text, one.at) for one in found]


def _lock(session: Session, conversation_id: str) -> None:
    if session.get(Conversation, conversation_id) is None:
        raise NoSuchConversation(conversation_id)
    lock_conversation(session, conversation_id)
