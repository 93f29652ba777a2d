"""Finds what rules cannot (products, sizes, colours, places, quantities, dates) with a conditional random field.

It learns from the annotated sentences of data/nlu, for the entities that config.yml lists, and never takes characters
that a rule took before. The model is kept in CRFsuite's own format.
"""

from bisect import bisect_right
from typing import Any, Optional, Sequence

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.clues import capitals_tell, clues_of
from components.normalise import folded_word, italian_words
from components.places import gazetteer, is_street_or_team, named_at
from components.quantities import quantity_value
from components.spans import Found, apart_from, entity_of, found_already
from components.spelling import meant_form

MODEL_FILE = "tagger.crfsuite"
OUTSIDE = "O"
LONGEST_TAIL = 2  # words
BEFORE_AFTER = 2  # neighbours on each side that help to decide

Features = list[str]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class Tagger(GraphComponent, EntityExtractorMixin):
    """A trained entity extractor for the entities in its configuration."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Words."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`L1_c`, `L2_c`: regularisation; `max_iterations`: of the training."""
        return {"entities": [], "L1_c": 0.01, "L2_c": 0.01, "max_iterations": 100}

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
        import pycrfsuite

        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params(
            {
                "c1": self._config["L1_c"],
                "c2": self._config["L2_c"],
                "max_iterations": self._config["max_iterations"],
                "feature.possible_transitions": True,
            }
        )
        for example in training_data.nlu_examples:
            text, tokens = example.get(TEXT), example.get(TOKENS_NAMES[TEXT])
            if not tokens:
                continue
            tags = tags_of(tokens, example.get(ENTITIES, []), self._config["entities"])
            known = self._found_by_rules(example.get(ENTITIES, []))
            trainer.append(features_of(tokens, text, known), tags)
            if capitals_tell(text):  # and once more as those write who do not care for capitals
                trainer.append(features_of(tokens, text, known, telling=False), tags)
        with self._storage.write_to(self._resource) as folder:
            trainer.train(str(folder / MODEL_FILE))
            self._crf = _Crf((folder / MODEL_FILE).read_bytes())
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

    def _found_by_rules(self, entities: Sequence[dict[str, Any]]) -> list[Found]:
        """What rules would have found in an annotated sentence."""
        return [
            Found(e["entity"], e["start"], e["end"], "")
            for e in entities
            if e["entity"] not in self._config["entities"]
        ]


def _is_other(found: Found, text: str) -> bool:
    """Whether what looks like a place is none."""
    return found.entity == "place" and is_street_or_team(text, found.start, found.end)


def tags_of(tokens: Sequence[Token], entities: Sequence[dict[str, Any]], wanted: Sequence[str]) -> list[str]:
    """One tag per token: B- begins an entity, I- goes on with it, O is none. Only entities in `wanted` count."""
    tags = [OUTSIDE] * len(tokens)
    for entity in entities:
        if entity["entity"] not in wanted:
            continue
        inside = [i for i, t in enumerate(tokens) if entity["start"] <= t.start and t.end <= entity["end"]]
        for position, i in enumerate(inside):
            tags[i] = f"{'I' if position else 'B'}-{entity['entity']}"
    return tags


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


def features_of(
    tokens: Sequence[Token], text: str, taken: Sequence[Found] = (), telling: Optional[bool] = None
) -> list[Features]:
    """What is known of each token: its form, its beginning and end, its shape, the clues, and its neighbours.

    Args:
        text: the message that the tokens are of.
        taken: what rules found in it before.
        telling: whether to look at capitals; where they tell something, if it is not said.
    """
    telling = capitals_tell(text) if telling is None else telling
    clues = clues_of(tokens, text, taken, telling)
    own = [_own_features(token, telling) for token in tokens]
    near = [(*row[:2], *of_token) for row, of_token in zip(own, clues)]
    rows = []
    for i, (row, of_token) in enumerate(zip(own, clues)):
        features = [*row, *of_token]
        for distance in range(-BEFORE_AFTER, BEFORE_AFTER + 1):
            if distance and 0 <= i + distance < len(own):
                features += [f"{distance}:{feature}" for feature in near[i + distance]]
        if i:
            features += [f"{own[i - 1][0]}+{feature}" for feature in (row[1], *of_token)]
        features.append("first" if i == 0 else "last" if i == len(own) - 1 else "middle")
        rows.append(features)
    return rows


def _own_features(token: Token, telling: bool) -> Features:
    form = meant_form(token)
    features = [
        f"form={token.lemma}",
        f"shape={_shape(form)}",
        f"start={form[:3]}",
        f"end={form[-3:]}",
        f"end={form[-2:]}",
    ]
    return [*features, f"capital={token.text[:1].isupper()}"] if telling and token.start > 0 else features


def _shape(form: str) -> str:
    """Digits become 9, letters a, runs are shortened: "2,35" → "9,9", "75ml" → "9a"."""
    signs = ["9" if c.isdigit() else "a" if c.isalpha() else c for c in form]
    return "".join(sign for i, sign in enumerate(signs) if i == 0 or sign != signs[i - 1])


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
