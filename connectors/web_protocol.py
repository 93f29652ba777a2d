"""Reads what a web client sends and writes what it gets: docs/web-protocol.md as functions. No network, no database."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Mapping, Optional

from base.ids import new_id
from connectors.web_file_links import FileLinks
from connectors.web_sockets import WithWhom
from switchboard.attachments import MOST_PER_MESSAGE
from switchboard.body import MAX_TEXT, clean_text
from switchboard.elsewhere import CHANNELS
from switchboard.history import Page
from switchboard.log import Row
from switchboard.sides import HIDDEN

REFUSALS = (
    "no_session",
    "too_long",
    "empty",
    "too_fast",
    "bad_request",
    "unknown_button",
    "later",
    "with_person",
    "too_many",
    "login_refused",
    "login_off",
    "unknown_file",
    "link_nowhere",
    "link_too_many",
    "link_over",
    "link_paused",
    "link_other_account",
)
CLIENT_ID = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")
CONVERSATION_ID = re.compile(r"cv_[A-Za-z0-9_\-]{1,37}")
FILE_ID = re.compile(r"at_[A-Za-z0-9_\-]{1,37}")
BUTTON_ID = re.compile(r"bt_[A-Za-z0-9_\-]{1,36}")
MAX_SEQ = 2**31 - 1
LONGEST_LINK_TOKEN = 200
RAW_LIMIT = 20_000
TYPING_S = 10


class Refused(Exception):
    """A client's event cannot be used. `code` is docs/web-protocol.md's, the customer reads `utter_error_<code>`."""

    def __init__(self, code: str, retry_after: Optional[float] = None) -> None:
        super().__init__(code)
        self.code, self.retry_after = code, retry_after


@dataclass(frozen=True)
class SessionRequest:
    token: Any
    protocol: int
    since: int


@dataclass(frozen=True)
class RowsBefore:
    conversation_id: str
    before: int


@dataclass(frozen=True)
class Uttered:
    """A message, with or without files, or a button, with the client's id for it."""

    client_id: str
    text: str
    button_id: Optional[str] = None
    attachments: tuple[str, ...] = ()


def read_session_request(data: Any) -> SessionRequest:
    """What a client asks for when it opens the chat.

    Raises:
        Refused: `bad_request`, the data is no object or `since` no number of the log.
    """
    fields = _fields(data)
    return SessionRequest(fields.get("session_id"), 1 if fields.get("protocol") == 1 else 0, _seq(fields.get("since")))


def read_since(data: Any) -> int:
    """The last `seq` a client has.

    Raises:
        Refused: `bad_request`.
    """
    return _seq(_fields(data).get("since"))


def read_rows_before(data: Any) -> RowsBefore:
    """Which row a client wants to see what came before.

    Raises:
        Refused: `bad_request`.
    """
    fields = _fields(data)
    conversation_id, before = _conversation(fields.get("conversation")), _seq(fields.get("before"))
    if conversation_id is None or before == 0:
        raise Refused("bad_request")
    return RowsBefore(conversation_id, before)


def read_restart(data: Any) -> Optional[str]:
    """The conversation a client wants to be closed, where it names one.

    Raises:
        Refused: `bad_request`.
    """
    return _conversation(_fields(data).get("conversation"))


def read_login(data: Any) -> Optional[str]:
    """The login that a page was given by its shop; None: nobody is logged in there.

    Raises:
        Refused: `bad_request`.
    """
    fields = _fields(data)
    token = fields.get("token")
    if "token" not in fields or not (token is None or isinstance(token, str)):
        raise Refused("bad_request")
    return token


def read_seen(data: Any) -> tuple[Optional[str], int]:
    """Up to which row of a conversation its customer has seen what was said.

    Raises:
        Refused: `bad_request`.
    """
    fields = _fields(data)
    return _conversation(fields.get("conversation")), _seq(fields.get("seq"))


def read_link(data: Any) -> str:
    """Where a client wants a link to.

    Raises:
        Refused: `bad_request`.
    """
    channel = _fields(data).get("to")
    if channel not in CHANNELS:
        raise Refused("bad_request")
    return str(channel)


def read_join(data: Any) -> str:
    """The token of a link, as it came.

    Raises:
        Refused: `bad_request`.
    """
    token = _fields(data).get("token")
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_LINK_TOKEN:
        raise Refused("bad_request")
    return token


def read_uttered(data: Any) -> Uttered:
    """A customer's message.

    Raises:
        Refused: `bad_request`, `empty`, `too_long`.
    """
    fields = _fields(data)
    client_id = fields.get("message_id")
    if client_id is None:
        client_id = new_id("c")
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise Refused("bad_request")
    message, button_id = fields.get("message"), fields.get("button")
    if button_id is None and isinstance(message, str) and BUTTON_ID.fullmatch(message):
        button_id = message  # a client written for Rasa sends a quick reply's payload as text
    if button_id is not None:
        if not isinstance(button_id, str) or not BUTTON_ID.fullmatch(button_id):
            raise Refused("bad_request")
        return Uttered(client_id, "", button_id)
    attachments = _attachments(fields.get("attachments"))
    if message is None and attachments:
        message = ""
    if not isinstance(message, str):
        raise Refused("bad_request")
    if len(message) > RAW_LIMIT:
        raise Refused("too_long")
    text = clean_text(message)
    if not text and not attachments:
        raise Refused("empty")
    if len(text) > MAX_TEXT:
        raise Refused("too_long")
    return Uttered(client_id, text, attachments=attachments)


def page_json(page: Page, session_id: str, links: FileLinks) -> dict[str, Any]:
    """A page of rows as protocol 1 shows it to the session `session_id`."""
    return {
        "conversation": page.conversation_id,
        "rows": [row_json(row, session_id, links) for row in page.rows],
        "first_seq": page.rows[0].seq if page.rows else 0,
        "last_seq": page.last_seq,
        "read_seq": page.read_seq,
        "previous": page.previous,
    }


def row_json(row: Row, session_id: str, links: FileLinks) -> dict[str, Any]:
    """A row as protocol 1 shows it to the session `session_id`, with links to its files for this session.

    One that the session may not read has `author_kind` `hidden` and no words.
    """
    own = f"{session_id}:"
    client_id = row.external_id[len(own) :] if row.external_id and row.external_id.startswith(own) else None
    return {
        "seq": row.seq,
        "id": row.id,
        "author_kind": row.author_kind,
        "author": row.author,
        "channel": row.channel,
        "at": iso(row.created_at),
        "client_id": client_id,
        "body": links.shown(row.body, session_id),
    }


def is_uttered(row: Row) -> bool:
    """Whether clients written for Rasa, which know only what is said to them, get this row."""
    return row.author_kind not in ("customer", HIDDEN)


def bot_uttered_json(row: Row) -> dict[str, Any]:
    """A row as clients written for Rasa expect it."""
    return {
        "text": row.body["text"],
        "quick_replies": [
            {"content_type": "text", "title": button["title"], "payload": button["id"]}
            for button in row.body["buttons"]
        ],
        "metadata": {"seq": row.seq},
    }


def standing_json(conversation_id: str, with_whom: Optional[WithWhom]) -> dict[str, Any]:
    """Who answers in a conversation; None: the assistant."""
    if with_whom is None:
        return {"conversation": conversation_id, "who": "bot", "name": None, "position": None}
    who = "waiting" if with_whom.name is None else "agent"
    return {"conversation": conversation_id, "who": who, "name": with_whom.name, "position": with_whom.position}


def read_typing(data: Any) -> bool:
    """Whether a client's customer is writing.

    Raises:
        Refused: `bad_request`.
    """
    on = _fields(data).get("on")
    if not isinstance(on, bool):
        raise Refused("bad_request")
    return on


def typing_json(on: bool, name: Optional[str]) -> dict[str, Any]:
    """Somebody is writing: the person of the shop with this name, or the assistant (None)."""
    return {"who": "agent" if name else "bot", "name": name, "on": on, "expires_in": TYPING_S}


def _fields(data: Any) -> Mapping[str, Any]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise Refused("bad_request")
    return data


def _seq(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_SEQ:
        raise Refused("bad_request")
    return value


def _conversation(value: Any) -> Optional[str]:
    if value is not None and not (isinstance(value, str) and CONVERSATION_ID.fullmatch(value)):
        raise Refused("bad_request")
    return value


def _attachments(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_PER_MESSAGE:
        raise Refused("bad_request")
    if not all(isinstance(id_, str) and FILE_ID.fullmatch(id_) for id_ in value):
        raise Refused("bad_request")
    return tuple(value)


def iso(moment: datetime) -> str:
    """`2026-11-23T09:15:02.120Z`."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
