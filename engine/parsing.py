"""What the trained model understands of a text, in the form that `sportello parse` and the tests read."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any, Mapping, Optional

from base.clock import ROME, Clock
from components.meanings import with_meanings
from engine.products import with_products
from engine.training import quiet_rasa
from engine.turn_request import disarmed
from shop.gateway import ShopGateway

OUT_OF_SCOPE = "out_of_scope"
NOT_UNDERSTOOD = "nlu_fallback"


class Parser:
    """A loaded model that parses texts, one at a time.

    Args:
        clock: tells the day on which texts are written.
        shop: whose catalogue products are looked for in; without one they stay as they were written.
    """

    def __init__(self, agent: Any, clock: Clock, shop: Optional[ShopGateway] = None) -> None:
        self.agent, self._clock, self._shop = agent, clock, shop

    @classmethod
    def load(cls, model: Path, clock: Clock, shop: Optional[ShopGateway] = None) -> "Parser":
        """Load the archive `model` (see `engine.models.usable_model`)."""
        with quiet_rasa():
            from rasa.core.agent import Agent
            from rasa.utils.log_utils import configure_structlog

            from engine.graph_runner import PlannedRunner

            configure_structlog(logging.ERROR)  # at lower levels Rasa prints what customers write
            agent = Agent.load(str(model))
            agent.processor.graph_runner = PlannedRunner(agent.processor.graph_runner)  # as in a turn
            return cls(agent, clock, shop)

    def now(self) -> datetime:
        """The moment at which texts count as written, UTC."""
        return self._clock.now()

    async def parse(self, text: str) -> dict[str, Any]:
        """What a turn would understand of `text`; see `understood`."""
        parsed = await self.agent.parse_message(disarmed(text))
        entities = with_meanings(text.strip(), parsed["entities"], self._clock.now().astimezone(ROME).date())
        if self._shop:
            entities = await with_products(entities, self._shop)
        return understood(text, {**parsed, "entities": entities})


def understood(text: str, parse_data: Mapping[str, Any]) -> dict[str, Any]:
    """Rasa's parse result as Sportello shows it.

    Args:
        text: what the customer wrote.
        parse_data: what Rasa made of it, which reads a message without the blanks around it and counts from there.

    Returns:
        `text`; `intent` {name, confidence}; `intent_ranking`; `entities`, each {entity, start, end, value,
        normalized}: `value` is the customer's characters, `normalized` the canonical value; `out_of_scope`
        {probability, reasons} of `components.linear_intent`, or None. What was too unsure to be understood has the
        intent `out_of_scope`.
    """
    ranking = [dict(intent) for intent in parse_data.get("intent_ranking", []) if intent["name"] != NOT_UNDERSTOOD]
    intent = parse_data["intent"]
    blanks = len(text) - len(text.lstrip())
    name = intent["name"] if intent["name"] not in (None, NOT_UNDERSTOOD) else OUT_OF_SCOPE
    return {
        "text": text,
        "intent": {"name": name, "confidence": intent["confidence"]},
        "intent_ranking": ranking,
        "entities": [_entity(text, entity, blanks) for entity in parse_data["entities"]],
        "out_of_scope": parse_data.get("out_of_scope"),
    }


def _entity(text: str, entity: Mapping[str, Any], blanks: int) -> dict[str, Any]:
    start, end = entity["start"] + blanks, entity["end"] + blanks
    return {
        "entity": entity["entity"],
        "start": start,
        "end": end,
        "value": text[start:end],
        "normalized": entity.get("normalized", entity["value"]),
    }
