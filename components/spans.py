"""Spans that rules found in a message, and the graph component that every rule-based extractor is."""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, ClassVar, Iterable, Sequence

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message


@dataclass(frozen=True)
class Found:
    """One entity: `text[start:end]` of the customer's message means `value`."""

    entity: str
    start: int
    end: int
    value: str


def apart_from(taken: Iterable[Found], found: Iterable[Found]) -> list[Found]:
    """Those of `found` that share no character with any of `taken`, which share none with each other."""
    spans = sorted((one.start, one.end) for one in taken)
    ends = [end for _, end in spans]
    nearest = ((one, bisect_right(ends, one.start)) for one in found)
    return [one for one, i in nearest if i == len(spans) or one.end <= spans[i][0]]


def entity_of(found: Found, text: str, extractor: str) -> dict[str, Any]:
    """The entity as Rasa carries it: `value` is canonical and fills slots, `text` is what the customer wrote."""
    return {
        "entity": found.entity,
        "start": found.start,
        "end": found.end,
        "value": found.value,
        "text": text[found.start : found.end],
        "extractor": extractor,
    }


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
