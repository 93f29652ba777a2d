"""What a turn answered, read from the events it left in the conversation (docs/engine.md, "Replies and effects")."""

from typing import Any, Iterable

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered

from engine.parts import is_first, turns_of
from engine.snapshot import is_message
from switchboard.texts import parse_payload

Result = dict[str, Any]
NOT_UNDERSTOOD = "nlu_fallback"
KEPT_RANKS = 3  # for trainers: what it was nearly taken for
OWN_ACTIONS = (
    "action_listen",
    "action_session_start",
    "action_extract_slots",
)  # Rasa's own


def result_of(events: Iterable[Event]) -> Result:
    """Replies and effects of the turn that `events` end with, in all its parts, and how its message was understood."""
    of_turn: list[Event] = []
    for event in reversed(list(events)):
        of_turn.append(event)
        if is_message(event) and is_first(event):
            break
    message, *rest = reversed(of_turn)
    replies: list[Result] = []
    effects: list[Result] = []
    records: list[list[str]] = []
    for event in rest:
        if isinstance(event, BotUttered):
            _read(event, replies, effects)
            records += [one for one in (event.data.get("custom") or {}).get("read") or [] if one not in records]
    return {
        "turn_id": turns_of([message])[0],
        "replies": replies,
        "effects": effects,
        "actions": _actions(rest),
        "read": records,
        "understood": {
            "intent": message.intent.get("name"),
            "confidence": message.intent.get("confidence"),
            "entities": {entity["entity"]: str(entity.get("value")) for entity in message.entities},
            "ranking": _ranking(message),
        },
    }


def _ranking(message: UserUttered) -> list[list[Any]]:
    """The likeliest intents with their confidence, also where the message was not understood; a button has its own."""
    ranking = (message.parse_data or {}).get("intent_ranking") or []
    likely = [[one["name"], round(float(one["confidence"]), 3)] for one in ranking if one["name"] != NOT_UNDERSTOOD]
    return likely[:KEPT_RANKS]


def _actions(events: Iterable[Event]) -> list[str]:
    """What was done to answer, in order, each once."""
    names = (event.action_name for event in events if isinstance(event, ActionExecuted))
    return list(dict.fromkeys(name for name in names if name and name not in OWN_ACTIONS))


def _read(event: BotUttered, replies: list[Result], effects: list[Result]) -> None:
    custom = event.data.get("custom") or {}
    if custom.get("effect"):
        effects.append(custom["effect"])
    card, text = custom.get("card"), (event.text or "").strip()
    if text:
        replies.append(
            {
                "text": text,
                "buttons": [_button(button) for button in event.data.get("buttons") or []],
                "card": card,
                "response": event.metadata.get("utter_action"),
            }
        )
    elif card and replies and replies[-1]["card"] is None:
        replies[-1]["card"] = card
    elif card:
        replies.append({"text": card["title"], "buttons": [], "card": card, "response": None})


def _button(button: dict[str, str]) -> Result:
    intent, entities = parse_payload(button["payload"])
    return {"title": button["title"], "intent": intent, "entities": entities}
