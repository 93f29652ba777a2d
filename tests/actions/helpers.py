"""Small steps that tests of actions share: what Rasa would send, and what an action said."""

from dataclasses import dataclass
from typing import Any, Optional

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import context
from actions.dialogue import Dialogue
from actions.turn import Turn
from base.clock import Clock
from base.database import Database
from base.settings import ROOT, Register
from shop.gateway import ShopGateway
from shop.sql_shop import SqlShop
from switchboard.texts import Texts
from tests.switchboard.helpers import say

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
DIALOGUE = Dialogue.load(ROOT / "data" / "dialogue.yml")
YES, NO = {"title": "Sì", "payload": "/ask_human"}, {"title": "No", "payload": "/deny"}


@dataclass
class Said:
    """What an action told its dispatcher, sorted."""

    dispatcher: CollectingDispatcher

    @property
    def responses(self) -> list[str]:
        return [message["response"] for message in self.dispatcher.messages if message["response"]]

    @property
    def effects(self) -> list[dict[str, Any]]:
        custom = [message["custom"] for message in self.dispatcher.messages]
        return [found["effect"] for found in custom if "effect" in found]

    @property
    def cards(self) -> list[dict[str, Any]]:
        custom = [message["custom"] for message in self.dispatcher.messages]
        return [found["card"] for found in custom if "card" in found]

    @property
    def words(self) -> str:
        """All of it as the customer reads it; a missing text or value raises."""
        said = [message for message in self.dispatcher.messages if message["response"]]
        return "\n".join(TEXTS.render(m["response"], "", m).text for m in said).replace("\xa0", " ")


def user(text: str = "", intent: str = "give_details", turn_id: str = "ms_1", **entities: str) -> dict[str, Any]:
    """A customer's message among a tracker's events."""
    marked = [{"entity": name, "value": value} for name, value in entities.items()]
    metadata = {"turn_id": turn_id, "channel": "web"}
    parse = {"text": text, "intent": {"name": intent}, "entities": marked, "message_id": turn_id, "metadata": metadata}
    return {"event": "user", "text": text, "parse_data": parse, "message_id": turn_id, "metadata": metadata}


def bot(response: str, *buttons: dict[str, str]) -> dict[str, Any]:
    """Something the assistant said, among a tracker's events."""
    return {"event": "bot", "text": "…", "data": {"buttons": list(buttons)}, "metadata": {"utter_action": response}}


def tracker(
    *events: dict[str, Any],
    slots: Optional[dict[str, Any]] = None,
    form: Optional[str] = None,
    conversation_id: str = "cv_1",
) -> Tracker:
    """The tracker Rasa would send after `events`."""
    latest = next(event["parse_data"] for event in reversed(events) if event["event"] == "user")
    loop = {"name": form} if form else {}
    return Tracker(conversation_id, slots or {}, latest, list(events), False, None, loop, "action_listen")


def use_context(database: Database, clock: Clock, shop: Optional[ShopGateway] = None) -> context.Context:
    """Make actions work on this database, with the shop in it unless another is given."""
    chosen = context.Context(database, shop or SqlShop(database), clock, TEXTS, DIALOGUE)
    context.use(chosen)
    return chosen


def turn_of(tracked: Tracker, chosen: context.Context) -> tuple[Turn, Said]:
    dispatcher = CollectingDispatcher()
    return Turn(dispatcher, tracked, chosen), Said(dispatcher)


def message_in_log(database: Database, clock: Clock, text: str, session_id: str = "ws_anna") -> tuple[str, str]:
    """Log a customer's message; ids of its conversation and of its turn."""
    with database.writing() as session:
        accepted = say(session, text, clock.now(), session_id=session_id)
    return accepted.conversation_id, accepted.message_id
