"""One call of an action: what it sees of the conversation, and how it speaks.

Keeps Rasa's dictionaries in one place; actions read properties and call `say`, `effect` and `events`.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Iterator, Optional, Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context
from actions.reading import ReadShop
from switchboard.attachments import SEND
from switchboard.body import ButtonMeaning
from switchboard.handoffs import UNSOLVED
from switchboard.texts import write_payload
from switchboard.wording import Wording

REQUESTED_SLOT = "requested_slot"
KEPT_SLOT, PARKED_SLOT, CASE_SLOT, PROOF_SLOT = "kept_details", "parked", "case", "proof_step"
TASK_SLOTS = (
    "order_number",
    "return_number",
    "quote_number",
    "email",
    "missed_answers",
    "digressions",
    CASE_SLOT,
    PROOF_SLOT,
    KEPT_SLOT,
)
AFFIRM, DENY, GIVE_DETAILS = "affirm", "deny", "give_details"
NOES = frozenset({DENY, UNSOLVED})  # intents of buttons that are the "no" beside an offer
CASE_FORM = "case_form"
REJECTED = "action_execution_rejected"
GIVING = (GIVE_DETAILS, AFFIRM)  # said about a request, not requests themselves

Events = list[dict[str, Any]]
Card = dict[str, Any]


class Turn:
    """The customer's latest message and everything an answer to it needs."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, context: Context) -> None:
        self._dispatcher, self._tracker = dispatcher, tracker
        self._shop = ReadShop(context.shop)
        self.context = replace(context, shop=self._shop)
        self.now: datetime = context.clock.now()
        self.wording = Wording(context.texts, self.now)

    @property
    def read(self) -> list[list[str]]:
        """Kind and number of each record of the shop that was read so far."""
        return self._shop.read

    @property
    def conversation_id(self) -> str:
        return self._tracker.sender_id

    @property
    def id(self) -> str:
        """Id of the customer's message, which is the turn's."""
        return _turn_id_of(self._tracker.latest_message)

    @property
    def text(self) -> str:
        return self._tracker.latest_message.get("text") or ""

    @property
    def channel(self) -> str:
        """Where the latest message was written: `web`, `telegram`."""
        return str((self._tracker.latest_message.get("metadata") or {}).get("channel") or "")

    @property
    def intent(self) -> str:
        return _intent_of(self._tracker.latest_message)

    @property
    def confidence(self) -> float:
        """How sure the intent is, from 0 to 1."""
        return float((self._tracker.latest_message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def is_button(self) -> bool:
        """Whether the latest message is a button that was used."""
        return bool((self._tracker.latest_message.get("metadata") or {}).get("button"))

    @property
    def active_form(self) -> Optional[str]:
        return (self._tracker.active_loop or {}).get("name")

    def entity_values(self, entity: str) -> list[str]:
        """The values of an entity in the latest message, in the order they were written."""
        return [str(value) for value in self._tracker.get_latest_entity_values(entity)]

    @property
    def entities(self) -> set[str]:
        """The kinds of values marked in the latest message."""
        return {entity["entity"] for entity in self.marked}

    @property
    def has_entities(self) -> bool:
        """Whether anything in the latest message was marked as a value."""
        return bool(self.entities)

    @property
    def files(self) -> int:
        """How many photos and documents came with the latest message."""
        return int((self._tracker.latest_message.get("metadata") or {}).get("attachments") or 0)

    @property
    def is_files_alone(self) -> bool:
        """Whether the latest message holds files and no words."""
        wordless = (self._tracker.latest_message.get("metadata") or {}).get("button")
        return self.intent == SEND and bool(wordless)

    def slot(self, name: str) -> Any:
        return self._tracker.slots.get(name)

    def has_just_opened(self, form: str) -> bool:
        """Whether `form` was started by the latest message and not by an earlier one."""
        return any(e.get("event") == "active_loop" and e.get("name") == form for e in self._events_of_this_turn())

    def comes_back_to(self, form: str) -> bool:
        """Whether `form` stood aside in this turn, something else was answered, and now it goes on."""
        return self.stood_aside() == form

    def stood_aside(self) -> Optional[str]:
        """The form that stood aside for the latest message, or None."""
        names = (e["name"] for e in self._events_of_this_turn() if e.get("event") == REJECTED)
        return next(names, None)

    @property
    def corrects(self) -> bool:
        """Whether the latest message begins like the correction of the one before: "no, il reso"."""
        return self.context.dialogue.corrects(self.text)

    @property
    def likely_intents(self) -> list[str]:
        """What the latest message may have meant, the likeliest first."""
        ranking = self._tracker.latest_message.get("intent_ranking") or []
        return [intent["name"] for intent in ranking]

    @property
    def confidences(self) -> dict[str, float]:
        """How likely each of them is, from 0 to 1."""
        ranking = self._tracker.latest_message.get("intent_ranking") or []
        return {intent["name"]: intent["confidence"] for intent in ranking}

    @property
    def close_intents(self) -> tuple[str, ...]:
        """The requests between which the latest message leaves open what is meant; none when it is clear."""
        return _close_in(self._tracker.latest_message)

    @property
    def close_questions(self) -> tuple[str, ...]:
        """Titles of the shop's own questions between which the latest message leaves open what is meant."""
        return tuple(self._tracker.latest_message.get("questions") or ())

    def leaves_open_besides(self, intent: str) -> bool:
        """Whether the latest message may mean one of several requests, none of which is `intent`."""
        return bool(self.close_intents) and intent not in self.close_intents

    @property
    def marked(self) -> list[dict[str, Any]]:
        """Everything in the latest message that was marked as a value, as Rasa keeps it."""
        return self._tracker.latest_message.get("entities") or []

    def previous_turn_id(self) -> Optional[str]:
        """Id of the customer's message before the latest one."""
        previous = self._previous_message()
        return _turn_id_of(previous) if previous else None

    def previous_intent(self) -> Optional[str]:
        """What the customer wanted in the message before the latest one."""
        previous = self._previous_message()
        return _intent_of(previous.get("parse_data") or {}) if previous else None

    def recent_turn_ids(self) -> list[str]:
        """Ids of the turns before the latest message that are still remembered, latest first."""
        messages = (event for event in self._before_this_turn() if event["event"] == "user")
        return list(dict.fromkeys(_turn_id_of(event) for event in messages))

    def previous_text(self) -> str:
        """The message before the latest one."""
        return (self._previous_message() or {}).get("text") or ""

    def previous_request(self) -> Optional[str]:
        """What the customer wanted before the latest message; details given since, and what was unclear, left aside."""
        users = (event for event in self._before_this_turn() if event["event"] == "user")
        parsed = (event.get("parse_data") or {} for event in users)
        intents = (_intent_of(parse) for parse in parsed if not _close_in(parse) and not parse.get("questions"))
        return next((intent for intent in intents if intent not in GIVING), None)

    def previous_entities(self) -> dict[str, str]:
        """The entities of the message before the latest one, the last of each kind."""
        parse = (self._previous_message() or {}).get("parse_data") or {}
        return {e["entity"]: str(e["value"]) for e in parse.get("entities") or []}

    def last_offer(self) -> Optional[str]:
        """The intent of the first button under the assistant's last message that offers something, or None.

        An offer is a button beside a "no" (`NOES`), or one that stands alone.
        """
        for event in self._said_before_this_turn():
            intents = _offered_intents(event)
            offered = [intent for intent in intents if intent not in NOES]
            if offered:
                return offered[0] if NOES.intersection(intents) or len(offered) == 1 else None
        return None

    def has_asked_yes_or_no(self) -> bool:
        """Whether the assistant has asked something in this turn that "no" would answer."""
        return any(event["event"] == "bot" and DENY in _offered_intents(event) for event in self._events_of_this_turn())

    def responses_so_far(self) -> list[str]:
        """Names of the responses given in this turn by earlier actions."""
        names = [_response_of(event) for event in self._events_of_this_turn() if event["event"] == "bot"]
        return [name for name in names if name]

    def last_responses(self) -> list[str]:
        """Names of the responses the assistant gave in the turn before, latest first."""
        names = [_response_of(event) for event in self._said_before_this_turn()]
        return [name for name in names if name]

    def say(
        self,
        response: str,
        /,
        card: Optional[Card] = None,
        choices: Sequence[ButtonMeaning] = (),
        **values: object,
    ) -> None:
        """Speak: `values` fill the response's placeholders, `card` is drawn under it, `choices` follow its buttons."""
        shown = {name: str(value) for name, value in values.items() if value is not None}
        buttons = [{"title": choice.title, "payload": write_payload(choice)} for choice in choices]
        custom = {"card": card} if card else None
        self._dispatcher.utter_message(response=response, buttons=buttons, json_message=custom, **shown)

    def offers_something(self) -> bool:
        """Whether this action has said something that "no" would answer."""
        said = (message.get("response") for message in self._dispatcher.messages)
        variants = (variant for name in said for variant in self.context.texts.responses.get(name or "", ()))
        return any(DENY in _offered_intents({"data": variant}) for variant in variants)

    def says_the_same_again(self) -> bool:
        """Whether this action has said just what the turn before said, and nothing else."""
        names, before = [message.get("response") for message in self._dispatcher.messages], self.last_responses()
        return bool(names) and set(names) <= set(before)

    def say_again(self) -> bool:
        """Say what was said in the turn before, word by word; False when there is nothing the customer was shown."""
        said = [event for event in self._said_before_this_turn() if event.get("text")]
        for event in reversed(said):
            buttons = (event.get("data") or {}).get("buttons") or []
            self._dispatcher.utter_message(text=event["text"], buttons=buttons)
        return bool(said)

    def effect(self, kind: str, **fields: object) -> None:
        """Ask the switchboard for something besides speaking (docs/engine.md)."""
        self._dispatcher.utter_message(json_message={"effect": {"kind": kind, **fields}})

    def drop_cards(self) -> None:
        """Leave only the words of what this action has said so far: the cards are on screen already."""
        for message in self._dispatcher.messages:
            message["custom"] = {}

    def unsay(self) -> None:
        """Forget what this action has said and asked for so far."""
        self._dispatcher.messages.clear()

    def _events_of_this_turn(self) -> list[dict[str, Any]]:
        return self._tracker.events[self._latest_user_event() + 1 :]

    def _latest_user_event(self) -> int:
        places = (i for i in range(len(self._tracker.events) - 1, -1, -1) if self._tracker.events[i]["event"] == "user")
        return next(places, -1)

    def _before_this_turn(self) -> Iterator[dict[str, Any]]:
        return reversed(self._tracker.events[: max(self._latest_user_event(), 0)])

    def _previous_message(self) -> Optional[dict[str, Any]]:
        return next((event for event in self._before_this_turn() if event["event"] == "user"), None)

    def _said_before_this_turn(self) -> Iterator[dict[str, Any]]:
        """What the assistant said in the turn before, latest first; nothing if the customer was never shown it.

        A turn that answered several requests has a message for each of them.
        """
        if not self._previous_turn_was_shown():
            return
        events, previous = list(self._before_this_turn()), self.previous_turn_id()
        messages = (i for i, event in enumerate(events) if event["event"] == "user" and _turn_id_of(event) == previous)
        beginning = max(messages, default=0)
        yield from (event for event in events[:beginning] if event["event"] == "bot")

    def _previous_turn_was_shown(self) -> bool:
        previous = self.previous_turn_id()
        return (self._tracker.latest_message.get("metadata") or {}).get("previous_turn_id", previous) == previous


def clear_task() -> Events:
    """Events that empty every slot a form uses: called at a form's start, end and cancel."""
    return [SlotSet(name, None) for name in TASK_SLOTS]


def end_form() -> Events:
    """Events that end the running form and leave nothing of it behind."""
    return [*clear_task(), SlotSet(REQUESTED_SLOT, None)]


def _turn_id_of(message: dict[str, Any]) -> str:
    return (message.get("metadata") or {}).get("turn_id") or message.get("message_id") or ""


def _intent_of(parse: dict[str, Any]) -> str:
    return (parse.get("intent") or {}).get("name") or ""


def _close_in(parse: dict[str, Any]) -> tuple[str, ...]:
    return tuple(parse.get("close") or ())


def _response_of(event: dict[str, Any]) -> Optional[str]:
    return (event.get("metadata") or {}).get("utter_action")


def _offered_intents(event: dict[str, Any]) -> list[str]:
    """What the buttons under something the assistant said stand for."""
    payloads = [button.get("payload", "") for button in (event.get("data") or {}).get("buttons") or []]
    return [intent for intent in map(_intent_of_payload, payloads) if intent]


def _intent_of_payload(payload: str) -> str:
    return payload.removeprefix("/").partition("{")[0]
