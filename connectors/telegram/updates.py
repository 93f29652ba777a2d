"""What an update of Telegram's means for us. No network, no database.

| update | becomes |
|---|---|
| text, command, contact, location or venue in a private chat | a message the assistant answers |
| `/start` with the token of a link | the customer comes from another channel |
| photo or file | something to be fetched; its caption is the message, or the files are |
| voice, video, sticker and the like | a note in the log and a polite answer; a caption is a message |
| a text that was edited | a note, and the request to write what has changed as a new message |
| a button | the button's message |
| the bot blocked, or unblocked | nothing is sent there, or may be sent again |
| the bot in a group or a channel | it leaves |
| anything else | nothing |
"""

from dataclasses import dataclass, field
from typing import Mapping, Optional, Union

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Contact, Location, Message, Update
from telegram.constants import ChatType

from connectors.telegram.commands import START, read_command
from connectors.telegram.offers import Offer
from connectors.telegram.places import nearest_place
from switchboard.body import MAX_TEXT, clean_text
from switchboard.join_links import TOKEN
from switchboard.masking import mask_text

PRIVATE, SENDER = ChatType.PRIVATE, ChatType.SENDER
NOTED = {  # attributes of a message with the kind of note they leave; an animation is a document, too
    "animation": "video",
    "video": "video",
    "video_note": "video",
    "voice": "voice",
    "audio": "voice",
    "sticker": "sticker",
    "poll": "other",
    "dice": "other",
    "story": "other",
    "game": "other",
    "paid_media": "other",
    "checklist": "other",
    "invoice": "other",
}
KINDS = tuple(dict.fromkeys(NOTED.values()))
LOCATION, EDITED = "location", "edited"
FILE_KINDS = PHOTO, DOCUMENT = "photo", "document"
MY_PHONE_TEXT, A_PHONE_TEXT = "utter_telegram_my_phone", "utter_telegram_a_phone"
PLACE_TEXT, ADDRESS_TEXT = "utter_telegram_my_place", "utter_telegram_my_address"
LONGEST_ADDRESS = 200
TOO_LONG_TEXT = "utter_error_too_long"


@dataclass(frozen=True)
class Pressed:
    """A button that was pressed: its id, the question Telegram wants answered, the message the button is under."""

    button_id: str
    query_id: str
    message_id: int


@dataclass(frozen=True)
class Words:
    """Words for the log: as they are, or those of a response."""

    text: str = ""
    key: Optional[str] = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Incoming:
    """Something a customer sent. `own_id` is its id within the chat."""

    chat: str
    user: str
    own_id: str
    words: Words = Words()
    pressed: Optional[Pressed] = None
    intent: Optional[str] = None
    notice: Optional[str] = None  # the response to be said about it at once
    for_assistant: bool = True
    start: bool = False  # nothing but the wish to begin
    link: Optional[str] = None  # the token of a link by which the customer came (docs/joining.md)
    offer: Optional[Offer] = None  # a file that has to be fetched first


@dataclass(frozen=True)
class Reached:
    """The customer of this chat blocked the bot, or let it speak again."""

    chat: str
    reachable: bool


@dataclass(frozen=True)
class Elsewhere:
    """The bot was put where customers' matters must not be discussed. `talks`: a group, where one may say so."""

    chat: str
    talks: bool


Meaning = Union[Incoming, Reached, Elsewhere, None]


def read_meaning(update: Update) -> Meaning:
    """What this update means; None when it means nothing to us."""
    if update.callback_query:
        return _pressed(update.callback_query)
    if update.my_chat_member:
        return _membership(update.my_chat_member)
    if update.edited_message:
        return _edited(update.edited_message, update.update_id)
    return _message(update.message) if update.message else None


def _pressed(query: CallbackQuery) -> Meaning:
    message = query.message
    if message is None or query.data is None or query.from_user.is_bot:
        return None
    if message.chat.type not in (PRIVATE, SENDER):
        return _elsewhere(message.chat.id, message.chat.type)
    return Incoming(
        chat=str(message.chat.id),
        user=str(query.from_user.id),
        own_id=f"{message.message_id}.{query.data}"[:100],  # pressed twice in haste, it is one choice
        pressed=Pressed(query.data, query.id, message.message_id),
    )


def _membership(changed: ChatMemberUpdated) -> Meaning:
    status = changed.new_chat_member.status
    if changed.chat.type == PRIVATE:
        return Reached(str(changed.chat.id), status not in (ChatMember.BANNED, ChatMember.LEFT))
    if status in (ChatMember.LEFT, ChatMember.BANNED):
        return None
    return _elsewhere(changed.chat.id, changed.chat.type)


def _elsewhere(chat: int, kind: str) -> Elsewhere:
    return Elsewhere(str(chat), talks=kind != ChatType.CHANNEL)


def _edited(message: Message, update_id: int) -> Meaning:
    if not _is_customers(message):
        return None
    text = clean_text(message.text or message.caption or "")
    if not text:
        return None  # such as a location that is followed
    return _note(message, f"u{update_id}", Words(text[:MAX_TEXT]), f"utter_telegram_{EDITED}")


def _message(message: Message) -> Meaning:
    if message.chat.type != PRIVATE:
        is_ours = message.left_chat_member is None
        return _elsewhere(message.chat.id, message.chat.type) if is_ours else None
    if not _is_customers(message):
        return None
    if message.text is not None:
        return _text(message, message.text)
    if message.contact:
        return _contact(message, message.contact)
    if message.location:
        return _place(message, message.location)
    if message.photo or (message.document and not message.animation):
        return _file(message)
    kind = next((kind for attribute, kind in NOTED.items() if getattr(message, attribute, None)), None)
    return _of_kind(message, kind) if kind else None


def _is_customers(message: Message) -> bool:
    return message.chat.type == PRIVATE and message.from_user is not None and not message.from_user.is_bot


def _text(message: Message, raw: str) -> Meaning:
    text = clean_text(raw)
    if not text:
        return None
    if len(text) > MAX_TEXT:
        return _note(message, str(message.message_id), Words(text[:MAX_TEXT]), TOO_LONG_TEXT)
    command = read_command(text)
    if command is None:
        return _said(message, Words(text))
    if command.name == START:
        link = command.rest if TOKEN.fullmatch(command.rest) else None  # else a word of the shop's own links
        return _said(message, Words(f"/{START}"), intent=command.intent, start=True, link=link)
    if command.asked_text:
        return _said(message, Words(key=command.asked_text, values={"details": command.rest}))
    return _said(message, Words(text if command.intent else command.words), intent=command.intent)


def _contact(message: Message, contact: Contact) -> Incoming:
    """A telephone number; the customer's own where Telegram says so."""
    own = message.from_user is not None and contact.user_id == message.from_user.id
    values = {"phone": _phone(contact.phone_number)}
    return _said(message, Words(key=MY_PHONE_TEXT if own else A_PHONE_TEXT, values=values))


def _place(message: Message, location: Location) -> Meaning:
    """A location or a venue, which has an address as well."""
    place = nearest_place(location.latitude, location.longitude)
    if place is None:
        return _of_kind(message, LOCATION)
    address = clean_text(message.venue.address)[:LONGEST_ADDRESS] if message.venue else ""
    if address:
        return _said(message, Words(key=ADDRESS_TEXT, values={"place": place, "address": address}))
    return _said(message, Words(key=PLACE_TEXT, values={"place": place}))


def _file(message: Message) -> Incoming:
    """A photo in its largest size, or a document."""
    chat, user, own_id = _ids(message)
    caption = clean_text(message.caption or "")[:MAX_TEXT]
    found = message.photo[-1] if message.photo else message.document
    offer = Offer(
        chat=chat,
        user=user,
        message=message.message_id,
        file_id=found.file_id,
        size=found.file_size,
        name=(message.document.file_name or "") if message.document else "",
        kind=PHOTO if message.photo else DOCUMENT,
        caption=mask_text(caption),
        album=message.media_group_id or "",
    )
    return Incoming(chat, user, own_id, Words(caption), offer=offer)


def _of_kind(message: Message, kind: str) -> Incoming:
    """A note for what the assistant cannot look into; the words under it are the customer's message."""
    notice, caption = f"utter_telegram_{kind}", clean_text(message.caption or "")
    if caption and len(caption) <= MAX_TEXT:
        return _said(message, Words(caption), notice=notice)
    return _note(message, str(message.message_id), Words(key=f"utter_telegram_noted_{kind}"), notice)


def _said(
    message: Message,
    words: Words,
    *,
    intent: Optional[str] = None,
    notice: Optional[str] = None,
    start: bool = False,
    link: Optional[str] = None,
) -> Incoming:
    chat, user, own_id = _ids(message)
    return Incoming(chat, user, own_id, words, intent=intent, notice=notice, start=start, link=link)


def _note(message: Message, own_id: str, words: Words, notice: str) -> Incoming:
    chat, user, _ = _ids(message)
    return Incoming(chat, user, own_id, words, notice=notice, for_assistant=False)


def _ids(message: Message) -> tuple[str, str, str]:
    user = message.from_user.id if message.from_user else message.chat.id
    return str(message.chat.id), str(user), str(message.message_id)


def _phone(raw: str) -> str:
    """As one writes it: Telegram leaves the plus of a number with its country out."""
    digits = "".join(character for character in raw if character.isdigit())
    return f"+{digits}" if raw.startswith("+") or len(digits) > 10 else digits
