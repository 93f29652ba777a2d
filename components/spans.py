"""The graph component that every rule-based extractor is, and what was found before in Rasa's message."""

from typing import Any, ClassVar, Sequence

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.found import Found, apart_from, entity_of


def found_already(message: Message) -> tuple[Found, ...]:
    """What earlier components found in `message`."""
    return tuple(Found(e["entity"], e["start"], e["end"], str(e["value"])) for e in message.get(ENTITIES, []))


class RuleExtractor(GraphComponent, EntityExtractorMixin):
    """An entity extractor without training: a subclass says what it finds.

    A span that an earlier component took is never taken again, so the order in config.yml decides.
    """

    entities: ClassVar[tuple[str, ...]]

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "RuleExtractor":
        """A component needs nothing but its configuration."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to each message's entities."""
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            taken = found_already(message)
            new = apart_from(taken, self.find(text, taken))
            entities = [entity_of(found, text, type(self).__name__) for found in new]
            message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """What this extractor finds in `text`; `taken` is what others found before."""
        raise NotImplementedError
