"""A Bot API server for tests: the real HTTP protocol, with the limits and errors Telegram documents.

Customers are driven with `say`, `press` and `send`; what the bot did is in `sent`, `answered`, `actions` and so on.
"""

import asyncio
import json
import re
from collections import defaultdict
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Any, AsyncIterator, Awaitable, Callable, Optional

from aiohttp import ClientSession, ClientTimeout, web

from tests.connectors.telegram.bot_api_html import CannotParse, plain_text

TOKEN = "123456789:TEST-token-that-nobody-may-ever-read"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Negozio", "username": "negozio_bot", "can_join_groups": True}
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MOST_UNITS, MOST_DATA_BYTES, MOST_UPDATES = 4096, 64, 100
MOST_DOWNLOAD = 20_000_000
DATE = 1_795_426_200
ADMINISTRATORS = """
can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
""".split()

LINK = re.compile('<a href="([^"]*)">')

Handler = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class Sent:
    """A message of the bot's. `text` is what the customer reads."""

    chat: int
    message_id: int
    text: str
    buttons: list[tuple[str, str]] = field(default_factory=list)  # title and callback data
    raw: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0

    @property
    def links(self) -> list[str]:
        """Where the words of the message lead."""
        return [unescape(url) for url in LINK.findall(self.raw.get("text", ""))]


class BotApi:
    """One bot's server. `refuse[method]` are answers to be given before it works; `down` cuts every connection."""

    def __init__(self) -> None:
        self.port = 0
        self.down = False
        self.token_valid = True
        self.refuse: dict[str, list[Refused]] = defaultdict(list)
        self.blocked: set[int] = set()
        self.deleted: set[int] = set()
        self.floods: dict[int, list[int]] = defaultdict(list)  # by chat: how long each refusal says to wait, in seconds
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.unheard: list[str] = []  # methods that were called while it was down
        self.sent: list[Sent] = []
        self.answered: list[dict[str, Any]] = []
        self.edited: list[int] = []
        self.actions: list[int] = []
        self.left: list[int] = []
        self.commands: list[dict[str, str]] = []
        self.confirmed: list[int] = []
        self.files: dict[str, bytes] = {}
        self.sizes: dict[str, int] = {}
        self.downloads: list[str] = []
        self.cut_files = 0  # so many downloads are cut
        self.fetching: Optional[Callable[[], Awaitable[None]]] = None  # called before a file is handed out
        self.webhook: dict[str, Any] = {"url": ""}
        self.push_to: Optional[str] = None
        self.confirming: Optional[Callable[[int], Awaitable[bool]]] = None  # False: cut before it is confirmed
        self.sending: Optional[Callable[[Sent], Awaitable[None]]] = None  # called when a message is there, unanswered
        self._updates: list[dict[str, Any]] = []
        self._next_update, self._next_message = 1_000, 1
        self._news = asyncio.Event()
        self._polls = 0
        self._buttons: dict[int, Sent] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pending(self) -> list[dict[str, Any]]:
        """Updates that were not confirmed."""
        return self._updates

    def texts(self, chat: int) -> list[str]:
        """What the customer of this chat has read from the bot."""
        return [sent.text for sent in self.sent if sent.chat == chat]

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator["BotApi"]:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file that `getFile` has named."""
        if self.down or self.cut_files:
            self.cut_files = max(0, self.cut_files - 1)
            assert request.transport
            request.transport.abort()
            return web.Response()
        content = self.files.get(request.match_info["path"].removeprefix("files/"))
        if request.match_info["token"] != TOKEN or content is None:
            return web.json_response({"ok": False, "error_code": 404, "description": "Not Found"}, status=404)
        self.downloads.append(request.match_info["path"])
        if self.fetching:
            await self.fetching()
        return web.Response(body=content)

    # what customers do

    def send_photo(self, chat: int, content: bytes, size: Optional[int] = None, **message: Any) -> dict[str, Any]:
        """A customer sends a photo, which Telegram keeps in two sizes."""
        small = {"file_id": "small", "file_unique_id": "u-small", "width": 90, "height": 67, "file_size": 900}
        large = {**self._keep(content, size), "width": 800, "height": 600}
        return self.send(chat, photo=[small, large], **message)

    def send_document(
        self, chat: int, content: bytes, name: str, size: Optional[int] = None, **message: Any
    ) -> dict[str, Any]:
        """A customer sends a file as it is."""
        return self.send(chat, document={**self._keep(content, size), "file_name": name}, **message)

    def _keep(self, content: bytes, size: Optional[int]) -> dict[str, Any]:
        file_id = f"file{len(self.files)}"
        self.files[file_id] = content
        self.sizes[file_id] = len(content) if size is None else size
        return {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": self.sizes[file_id]}

    def say(self, chat: int, text: str, **message: Any) -> dict[str, Any]:
        """A customer writes."""
        return self.send(chat, text=text, **message)

    def send(self, chat: int, *, kind: str = "private", user: Optional[int] = None, **message: Any) -> dict[str, Any]:
        """A customer sends something."""
        return self.update(message={**self._head(chat, kind, user), **message})

    def edit(self, chat: int, message_id: int, **message: Any) -> dict[str, Any]:
        """A customer edits a message."""
        head = {**self._head(chat, "private", None), "message_id": message_id, "edit_date": DATE + 1}
        return self.update(edited_message={**head, **message})

    def press(self, sent: Sent, title: str, **query: Any) -> dict[str, Any]:
        """A customer presses a button under a message."""
        (data,) = (data for shown, data in sent.buttons if shown == title)
        message = {
            "message_id": sent.message_id,
            "date": DATE,
            "chat": {"id": sent.chat, "type": "private", "first_name": "Anna"},
            "text": sent.text,
        }
        found = {
            "id": str(self._next_update * 7),
            "from": _person(sent.chat),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return self.update(callback_query={**found, **query})

    def member(self, chat: int, status: str, kind: str = "private") -> dict[str, Any]:
        """The bot's place in a chat changes: `kicked` is blocked, `member` is back."""
        more: dict[str, Any] = {"until_date": 0} if status == "kicked" else {}
        if status == "administrator":
            more = dict.fromkeys(ADMINISTRATORS, False)
        bot = {"user": BOT, "status": status, **more}
        old = {"user": BOT, "status": "left"}
        chat_data = {"id": chat, "type": kind, "title": "Gruppo"}
        return self.update(
            my_chat_member={
                "chat": chat_data,
                "from": _person(abs(chat)),
                "date": DATE,
                "old_chat_member": old,
                "new_chat_member": bot,
            }
        )

    def update(self, **content: Any) -> dict[str, Any]:
        """An update with the next number."""
        found = {"update_id": self._next_update, **content}
        self._next_update += 1
        return self.repeat(found)

    def repeat(self, update: dict[str, Any]) -> dict[str, Any]:
        """Offer this update, again perhaps."""
        self._updates.append(update)
        self._news.set()
        return update

    async def push(self, update: dict[str, Any], secret: Optional[str] = None) -> int:
        """Bring an update to the webhook, as Telegram does; the status it was answered with."""
        assert self.push_to
        token = self.webhook.get("secret_token", "") if secret is None else secret
        async with (
            ClientSession(timeout=ClientTimeout(total=20)) as session,
            session.post(self.push_to, json=update, headers={SECRET_HEADER: token}) as response,
        ):
            return response.status

    # what the bot asks for

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if self.down:
            self.unheard.append(method)
            assert request.transport
            request.transport.abort()
            return web.Response()
        fields = {name: _value(value) for name, value in (await request.post()).items()}
        given = {name: _attached(value, fields) for name, value in fields.items()}
        self.calls.append((method, given))
        try:
            if request.match_info["token"] != TOKEN or not self.token_valid:
                raise Refused(401, "Unauthorized")
            if self.refuse[method]:
                raise self.refuse[method].pop(0)
            handler = getattr(self, f"_do_{method}", None)
            if handler is None:
                raise Refused(404, "Not Found")
            result = await handler(given)
        except Refused as refused:
            body = {"ok": False, "error_code": refused.code, "description": refused.description}
            if refused.parameters:
                body["parameters"] = refused.parameters
            return web.json_response(body, status=refused.code)
        if result is None:  # cut
            assert request.transport
            request.transport.abort()
            return web.Response()
        return web.json_response({"ok": True, "result": result})

    async def _do_getMe(self, _given: dict[str, Any]) -> Any:
        return BOT

    async def _do_getUpdates(self, given: dict[str, Any]) -> Any:
        if self.webhook["url"]:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        poll, offset = self._polls, int(given.get("offset") or 0)
        confirmed = [update["update_id"] for update in self._updates if update["update_id"] < offset]
        if confirmed and self.confirming and not await self.confirming(offset):
            return None
        self.confirmed.extend(confirmed)
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        loop = asyncio.get_running_loop()
        end = loop.time() + float(given.get("timeout") or 0)
        while not self._updates and loop.time() < end and not self.down:
            self._news.clear()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), min(0.2, max(0.01, end - loop.time())))
            if poll != self._polls:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        if self.down:
            return None
        return self._updates[: int(given.get("limit") or MOST_UPDATES)]

    async def _do_setWebhook(self, given: dict[str, Any]) -> Any:
        if not given["url"].startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = dict(given)
        return True

    async def _do_deleteWebhook(self, _given: dict[str, Any]) -> Any:
        self.webhook = {"url": ""}
        return True

    async def _do_getWebhookInfo(self, _given: dict[str, Any]) -> Any:
        shown = {name: value for name, value in self.webhook.items() if name != "secret_token"}
        return {"has_custom_certificate": False, "pending_update_count": len(self._updates), **shown}

    async def _do_setMyCommands(self, given: dict[str, Any]) -> Any:
        self.commands = given["commands"]
        return True

    def receive(self, given: dict[str, Any]) -> Sent:
        """A message of the bot's comes to its chat.

        Raises:
            Refused: Telegram does not take it.
        """
        chat = self._chat(given)
        text = given["text"]
        if given.get("parse_mode") == "HTML":
            try:
                text = plain_text(text)
            except CannotParse as error:
                raise Refused(400, f"Bad Request: can't parse entities: {error}") from error
        text = text.strip()
        if not text:
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > MOST_UNITS:
            raise Refused(400, "Bad Request: message is too long")
        sent = Sent(chat, self._number(), text, _buttons(given), given, asyncio.get_running_loop().time())
        self.sent.append(sent)
        self._buttons[sent.message_id] = sent
        return sent

    async def _do_sendMessage(self, given: dict[str, Any]) -> Any:
        sent = self.receive(given)
        if self.sending:
            await self.sending(sent)
        return {
            "message_id": sent.message_id,
            "date": DATE,
            "chat": _private(sent.chat),
            "from": BOT,
            "text": sent.text,
        }

    async def _do_getFile(self, given: dict[str, Any]) -> Any:
        file_id = given["file_id"]
        if file_id not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if self.sizes[file_id] > MOST_DOWNLOAD:
            raise Refused(400, "Bad Request: file is too big")
        found = {"file_id": file_id, "file_unique_id": f"u-{file_id}", "file_size": self.sizes[file_id]}
        return {**found, "file_path": f"files/{file_id}"}

    async def _do_sendPhoto(self, given: dict[str, Any]) -> Any:
        return await self._sent_file(given, "photo")

    async def _do_sendDocument(self, given: dict[str, Any]) -> Any:
        return await self._sent_file(given, "document")

    async def _sent_file(self, given: dict[str, Any], kind: str) -> Any:
        chat, (name, content) = self._chat(given), given[kind]
        sent = Sent(chat, self._number(), f"[{kind} {name}]", [], {kind: content}, asyncio.get_running_loop().time())
        self.sent.append(sent)
        if self.sending:
            await self.sending(sent)
        return {"message_id": sent.message_id, "date": DATE, "chat": _private(chat), "from": BOT}

    async def _do_editMessageReplyMarkup(self, given: dict[str, Any]) -> Any:
        chat, message_id = self._chat(given), int(given["message_id"])
        sent = self._buttons.get(message_id)
        if sent is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if not sent.buttons:
            raise Refused(400, "Bad Request: message is not modified")
        sent.buttons = []
        self.edited.append(message_id)
        private = {"id": chat, "type": "private", "first_name": "Anna"}
        return {"message_id": message_id, "date": DATE, "chat": private, "from": BOT, "text": sent.text}

    async def _do_answerCallbackQuery(self, given: dict[str, Any]) -> Any:
        if any(answer["callback_query_id"] == given["callback_query_id"] for answer in self.answered):
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered.append(given)
        return True

    async def _do_sendChatAction(self, given: dict[str, Any]) -> Any:
        self.actions.append(self._chat(given))
        return True

    async def _do_leaveChat(self, given: dict[str, Any]) -> Any:
        self.left.append(int(given["chat_id"]))
        return True

    def _chat(self, given: dict[str, Any]) -> int:
        chat = int(given["chat_id"])
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat in self.deleted:
            raise Refused(400, "Bad Request: chat not found")
        if self.floods[chat]:
            seconds = self.floods[chat].pop(0)
            raise Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return chat

    def _number(self) -> int:
        self._next_message += 1
        return self._next_message

    def _head(self, chat: int, kind: str, user: Optional[int]) -> dict[str, Any]:
        return {
            "message_id": self._number(),
            "date": DATE,
            "chat": {"id": chat, "type": kind, "title": "Gruppo"} if kind != "private" else _private(chat),
            **({} if kind == "channel" else {"from": _person(user or abs(chat))}),
        }


def _person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "Anna", "language_code": "it"}


def _private(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "Anna"}


def _value(raw: Any) -> Any:
    """A parameter: JSON where it is some; a file is its name and content."""
    if isinstance(raw, web.FileField):
        return raw.filename, raw.file.read()
    try:
        found = json.loads(raw)
    except ValueError:
        return raw
    return found if isinstance(found, (dict, list, bool)) else raw


def _attached(value: Any, fields: dict[str, Any]) -> Any:
    """What a parameter such as `attach://x` points at."""
    attached = isinstance(value, str) and value.startswith("attach://")
    return fields[value.removeprefix("attach://")] if attached else value


def _buttons(given: dict[str, Any]) -> list[tuple[str, str]]:
    rows = (given.get("reply_markup") or {}).get("inline_keyboard", [])
    found = [(button["text"], button["callback_data"]) for row in rows for button in row]
    for title, data in found:
        if not title.strip():
            raise Refused(400, "Bad Request: text buttons are not allowed to be empty")
        if not 1 <= len(data.encode()) <= MOST_DATA_BYTES:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return found
