"""The intent classifier: linear models over counts and vectors, with honest confidences.

`components/intent/` learns and decides; here is what Rasa wants of a component. A sentence vector is asked for only
where the counts alone are not enough, and the classifier works without any.
"""

import hashlib
from pathlib import Path
from typing import Any, Optional

import numpy as np
import scipy.sparse as sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import telling
from components.intent.blocks import Raw
from components.intent.kept import findings_folder, keep_findings, kept_findings, keys_of
from components.intent.learning import Settings, findings_of, learn
from components.intent.stage import Verdict
from components.intent.storage import load, save
from components.intent.two_stages import TwoStages
from components.on_demand import VectorOnDemand
from components.spelling import UNREADABLE

MODEL_FILE = "linear_intent.npz"
DECIDES_WHAT_IS_FOUND = ("*.py", "*.yml", "intent/*.py", "encoder/*.py")  # of this folder
OUT_OF_SCOPE = "out_of_scope"  # of a message's output: why it does, or does not, concern the shop
SHOWN_REASONS = 3


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntent(GraphComponent, IntentClassifier):
    """Classifies a message from the sentence features that earlier components left in it."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Features of any kind; at least one that counts."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See `components.intent.learning.Settings`; `ranking_length`: how many intents are reported; `most_changed`:
        share of the sentences that may change before cross-validation is done again, 0 for always and not to be kept.
        """
        return {
            "C": 1.0,
            "C_with_vectors": 0.3,
            "folds": 5,
            "agreement": 0.99,
            "most_refused": 0.02,
            "harder": 1.0,
            "outside": "out_of_scope",
            "random_state": 42,
            "most_changed": 0.0,
            "ranking_length": 10,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """scikit-learn."""
        return ["sklearn"]

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: Optional[TwoStages] = None,
        found_in: Optional[Path] = None,
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model
        self._found_in = found_in  # where findings are kept

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntent":
        """A classifier that has learnt nothing yet."""
        return cls(config, model_storage, resource, found_in=_file_of_findings(config, execution_context))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LinearIntent":
        """The classifier as it was trained; a damaged file raises instead of leaving an untrained component."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, load(folder / MODEL_FILE))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the sentences that have an intent, and keep the model."""
        cheap = [(example, blocks) for example in training_data.intent_examples if (blocks := _cheap(example))]
        examples = [example for example, _ in cheap]
        intents = [example.get(INTENT) for example in examples]
        keys = keys_of([example.get(TEXT) for example in examples], intents)
        vectors = _stacked([_vectors(example) for example in examples])
        most_changed = self._config["most_changed"] if self._found_in else 0.0
        kept = kept_findings(self._found_in, keys, intents, bool(vectors), most_changed) if most_changed else None
        self._model = learn(
            _stacked([blocks for _, blocks in cheap]),
            vectors,
            np.array([_characters(example) for example in examples]),
            intents,
            self._settings(),
            _name_vectors(examples),
            kept,
        )
        telling.counted(telling.LEFT_OUT, 0 if kept else len(keys), 0 if kept else len(keys), len(keys))
        if most_changed and not kept:
            keep_findings(self._found_in, keys, intents, findings_of(self._model))
        with self._storage.write_to(self._resource) as folder:
            save(self._model, folder / MODEL_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Write intent, ranking and why it is in or out of scope into each message."""
        for message in messages:
            verdict = self._verdict(message)
            ranking = self._ranking(verdict) if verdict else []
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, dict(best), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set(OUT_OF_SCOPE, _explained(verdict), add_to_output=True)
        return messages

    def _settings(self) -> Settings:
        config = self._config
        return Settings(
            closeness=config["C"],
            closeness_with_vectors=config["C_with_vectors"],
            folds=config["folds"],
            agreement=config["agreement"],
            most_refused=config["most_refused"],
            harder=config["harder"],
            outside=config["outside"],
            seed=config["random_state"],
        )

    def _verdict(self, message: Message) -> Optional[Verdict]:
        """None for a message without a single word, and for letters at random."""
        if self._model is None:
            raise RuntimeError("the intent classifier was asked before it was trained")
        cheap = _cheap(message)
        if not cheap or not _has_a_word(message) or message.get(UNREADABLE):
            return None
        return self._model.verdict(cheap, lambda: _vectors(message), _characters(message))

    def _ranking(self, verdict: Verdict) -> list[dict[str, Any]]:
        """What was decided for, then the others by confidence."""
        intents, order = self._model.intents, np.argsort(-verdict.confidences, kind="stable")
        ranked = [verdict.best, *(i for i in order if i != verdict.best)][: self._config["ranking_length"]]
        return [{"name": intents[i], "confidence": float(verdict.confidences[i])} for i in ranked]


def _file_of_findings(config: dict[str, Any], context: ExecutionContext) -> Path:
    """Another one whenever the pipeline is another, or what it is made of."""
    pipeline = sorted((node.uses.__name__, repr(node.config)) for node in context.graph_schema.nodes.values())
    whole, folder = hashlib.sha256(repr((pipeline, config)).encode()), Path(__file__).parent
    for pattern in DECIDES_WHAT_IS_FOUND:
        for source in sorted(folder.glob(pattern)):
            whole.update(f"\n{source.name} ".encode() + source.read_bytes())
    return findings_folder() / f"{whole.hexdigest()[:16]}.json"


def _explained(verdict: Optional[Verdict]) -> Optional[dict[str, Any]]:
    """`probability`, and up to `SHOWN_REASONS` with how much each speaks for being out of scope, in log odds."""
    if verdict is None or verdict.outside is None:
        return None
    reasons = [{"name": name, "push": round(push, 3)} for name, push in verdict.reasons[:SHOWN_REASONS]]
    return {"probability": verdict.outside, "reasons": reasons}


def _has_a_word(message: Message) -> bool:
    """Whether there is more than punctuation and signs nobody gave a meaning; a known emoji is a word."""
    return any(character.isalnum() for token in message.get(TOKENS_NAMES[TEXT]) for character in token.lemma)


def _characters(message: Message) -> int:
    return sum(len(token.lemma) for token in message.get(TOKENS_NAMES[TEXT]))


def _features(message: Message) -> list[Features]:
    return [f for f in message.features if f.attribute == TEXT and f.type == FEATURE_TYPE_SENTENCE]


def _cheap(message: Message) -> list[Raw]:
    """What is there of the whole sentence, one row per featurizer: those that count first."""
    ready = [f for f in _features(message) if not isinstance(f, VectorOnDemand)]
    counts = [f.features for f in ready if f.is_sparse()]
    return [*counts, *(np.asarray(f.features) for f in ready if f.is_dense())]


def _vectors(message: Message) -> list[np.ndarray]:
    """The sentence vector, made only now."""
    return [f.features for f in _features(message) if isinstance(f, VectorOnDemand)]


def _name_vectors(examples: list[Message]) -> list[np.ndarray]:
    """Of the intents' names, in alphabetical order, one block per featurizer; nothing when one of them has none."""
    rows = {}
    for example in examples:
        rows[example.get(INTENT)] = [
            f.features for f in example.features if f.attribute == INTENT and isinstance(f, VectorOnDemand)
        ]
    return _stacked([rows[name] for name in sorted(rows)])


def _stacked(raw: list[list[Any]]) -> list[Any]:
    """One block per featurizer of what is there for each sentence; a featurizer that is not for all is left out."""
    width = min((len(one) for one in raw), default=0)
    columns = [[one[i] for one in raw] for i in range(width)]
    return [sparse.vstack(c, format="csr") if sparse.issparse(c[0]) else np.vstack(c) for c in columns]
