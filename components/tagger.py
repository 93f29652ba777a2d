"""Finds what rules cannot (products, sizes, colours, places, quantities, dates) with a conditional random field.

It learns from the annotated sentences of data/nlu, for the entities that config.yml lists, and never takes characters
that a rule took before. The model is kept in CRFsuite's own format.
"""

from bisect import bisect_right
from typing import Any, Iterator, Optional, Sequence

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.at_once import all_of
from components.clues import capitals_tell
from components.found import Found, apart_from, entity_of
from components.how_many import quantity_value
from components.no_measures import is_elided, is_of_house_or_time
from components.normalise import folded_word, italian_words
from components.places import gazetteer, is_street_or_team, named_at
from components.remembered import OWN_CODE, file_of
from components.spans import found_already
from components.tag_features import Features, features_of
from components.tag_learning import OUTSIDE, Sentence, learn_tags, tags_of
from components.words import Token, Word

MODEL_FILE = "tagger.crfsuite"
KIND = "tagger"  # of what is remembered
MEASURES = ("size", "quantity")
LONGEST_TAIL = 2  # words


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Tagger(GraphComponent, EntityExtractorMixin):
    """A trained entity extractor for the entities in its configuration."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`L1_c`, `L2_c`: regularisation; `max_iterations`: of the training; `remembers`: whether what is known of the
        sentences is kept on disk for later trainings.
        """
        return {"entities": [], "L1_c": 0.01, "L2_c": 0.01, "max_iterations": 100, "remembers": False}

    @staticmethod
    def required_packages() -> list[str]:
        """The package that brings CRFsuite; Rasa wants the name of a distribution here."""
        return ["sklearn_crfsuite"]

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: bytes = b"") -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._crf = _Crf(model) if model else None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Tagger":
        """A tagger that has learnt nothing yet."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "Tagger":
        """The tagger as it was trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, (folder / MODEL_FILE).read_bytes())

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all sentences: those without annotations teach what is nothing."""
        sentences = list(self._sentences(training_data))
        file = file_of(KIND, *OWN_CODE) if self._config["remembers"] else None
        (model,) = all_of([(learn_tags, (sentences, self._settings(), file))], len(sentences))
        with self._storage.write_to(self._resource) as folder:
            (folder / MODEL_FILE).write_bytes(model)
        self._crf = _Crf(model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is recognised to each message's entities."""
        for message in messages:
            tokens = message.get(TOKENS_NAMES[TEXT])
            if not tokens:
                continue
            if self._crf is None:
                raise RuntimeError("the tagger was asked before it was trained")
            text, taken = message.get(TEXT), found_already(message)
            tagged = spans_of(tokens, self._crf.tag(features_of(tokens, text, taken)), text)
            found = [one for one in completed(tagged, tokens, text) if not _is_other(one, text)]
            new = [entity_of(one, text, type(self).__name__) for one in apart_from(taken, found)]
            message.set(ENTITIES, message.get(ENTITIES, []) + new, add_to_output=True)
        return messages

    def _sentences(self, training_data: TrainingData) -> Iterator[Sentence]:
        """As they are learnt from."""
        wanted = self._config["entities"]
        for example in training_data.nlu_examples:
            text, tokens, entities = example.get(TEXT), example.get(TOKENS_NAMES[TEXT]), example.get(ENTITIES, [])
            if not tokens:
                continue
            words = tuple(Word(token.text, token.start, token.end, token.lemma) for token in tokens)
            tags, telling = tags_of(words, entities, wanted), capitals_tell(text)
            # What rules would have found in it.
            taken = tuple(Found(e["entity"], e["start"], e["end"], "") for e in entities if e["entity"] not in wanted)
            yield Sentence(text, words, taken, telling, tags)
            if telling:  # and once more as those write who do not care for capitals
                yield Sentence(text, words, taken, False, tags)

    def _settings(self) -> dict[str, Any]:
        """Of CRFsuite."""
        return {
            "c1": self._config["L1_c"],
            "c2": self._config["L2_c"],
            "max_iterations": self._config["max_iterations"],
            "feature.possible_transitions": True,
        }


def _is_other(found: Found, text: str) -> bool:
    """Whether what looks like a place, a size or a quantity is none."""
    if found.entity == "place":
        return is_street_or_team(text, found.start, found.end)
    return found.entity in MEASURES and any(
        is_other(text, found.start, found.end) for is_other in (is_of_house_or_time, is_elided)
    )


def spans_of(tokens: Sequence[Token], tags: Sequence[str], text: str) -> list[Found]:
    """The entities that `tags` describe; an I- without its B- begins one."""
    found: list[Found] = []
    current: Optional[str] = None
    for token, tag in zip(tokens, tags):
        entity = None if tag == OUTSIDE else tag[2:]
        if entity and tag.startswith("I-") and entity == current:
            begun = found.pop()
            found.append(_found(entity, begun.start, token.end, text))
        elif entity:
            found.append(_found(entity, token.start, token.end, text))
        current = entity
    return found


def completed(found: Sequence[Found], tokens: Sequence[Token], text: str) -> list[Found]:
    """The same, each whole: "blu notte", "scarpe da ginnastica", "San Lazzaro di Savena".

    A value takes the words after it that always belong to its kind (italian.yml: `tails`), a place all words of its
    name; what lies in them and was found as something else goes.
    """
    whole: list[Found] = []
    names = _names_of_places(tokens) if any(one.entity == "place" for one in found) else ()
    ends = [token.end for token in tokens]
    for one in found:
        if whole and one.start < whole[-1].end:
            continue
        start, end = _with_tail(one, tokens, bisect_right(ends, one.end))
        if one.entity == "place":
            start, end = next((n for n in names if n[0] < one.end and one.start < n[1]), (start, end))
        is_free = not whole or whole[-1].end <= start
        whole.append(_found(one.entity, start if is_free else one.start, end, text))
    return whole


def _with_tail(one: Found, tokens: Sequence[Token], following: int) -> tuple[int, int]:
    """The span with its tail; `following` is the place of the token after it."""
    tails = italian_words().tails.get(one.entity, frozenset())
    after = tokens[following : following + LONGEST_TAIL] if tails else ()
    for size in range(len(after), 0, -1):
        if " ".join(folded_word(token.text) for token in after[:size]) in tails:
            return one.start, after[size - 1].end
    return one.start, one.end


def _names_of_places(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    names = named_at([folded_word(token.text) for token in tokens], gazetteer())
    return [(tokens[first].start, tokens[after - 1].end) for first, after, _ in names]


def _found(entity: str, start: int, end: int, text: str) -> Found:
    written = text[start:end]
    if entity == "quantity":
        return Found(entity, start, end, quantity_value(written) or written)
    return Found(entity, start, end, written)


class _Crf:
    """A trained model. CRFsuite reads these very bytes at every call and does not keep them alive itself."""

    def __init__(self, model: bytes) -> None:
        import pycrfsuite

        self._bytes = model
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._bytes)

    def tag(self, features: list[Features]) -> list[str]:
        """One tag per token."""
        return self._tagger.tag(features)
