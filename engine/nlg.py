"""Gives Rasa the words of `data/responses`, chosen by the turn's id (switchboard/texts.py)."""

import logging
from pathlib import Path
from typing import Any, Optional

from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from base.apology import APOLOGY, FAILED_TURN
from base.layers import data_layers
from base.settings import Register
from switchboard.live_texts import LiveTexts
from switchboard.texts import TextMissing, Texts, write_payload

log = logging.getLogger(__name__)


class ResponseTexts(NaturalLanguageGenerator):
    """Rasa's generator on top of `Texts`.

    Args:
        endpoint_config: Rasa's `nlg:` entry: `register` says how customers are addressed; `folder` names another
            folder of responses.
        domain: not used; a changed response needs no training, and no restart.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Optional[Domain] = None) -> None:
        folder, register = endpoint_config.kwargs.get("folder"), endpoint_config.kwargs["register"]
        self.texts: Texts = LiveTexts(Path(folder) if folder else data_layers().responses, Register(register))

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """The response as Rasa wants it; an apology, and word to the staff, if it cannot be said."""
        turn_id = tracker.latest_message.message_id or ""
        try:
            return self._message(utter_action, turn_id, {**tracker.current_slot_values(), **kwargs}, output_channel)
        except TextMissing as missing:
            log.error("turn %s cannot be answered: no text for %s", turn_id, missing)
            return {**self._message(APOLOGY, turn_id, {}, output_channel), "custom": {"effect": FAILED_TURN}}

    def _message(self, key: str, turn_id: str, values: dict[str, Any], channel: str) -> dict[str, Any]:
        reply = self.texts.render(key, turn_id, values, channel)
        buttons = [{"title": button.title, "payload": write_payload(button)} for button in reply.buttons]
        return {"text": reply.text, "buttons": buttons}
