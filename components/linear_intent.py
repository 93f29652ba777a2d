"""The intent classifier: one linear model per intent over all features, sparse and dense, with honest confidences.

Each featurizer's block is weighted (tf-idf for counts) and brought to length 1, so that a later dense featurizer joins
without drowning the others. A linear support vector machine per intent gives scores; a softmax with one temperature,
chosen by cross-validation on the training sentences, makes confidences of them. Everything is deterministic; the model
is kept as .npz without pickle.
"""

import json
from dataclasses import dataclass
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
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

MODEL_FILE = "linear_intent.npz"
TEMPERATURES = np.geomspace(0.05, 2.0, 40)


@dataclass(frozen=True)
class Block:
    """How one featurizer's columns are weighted. `idf` is `None` for dense features."""

    width: int
    idf: Optional[np.ndarray]


@dataclass(frozen=True)
class LinearModel:
    """What was learnt.

    Attributes:
        intents: names, in the order of the columns of `weights`.
        blocks: one per featurizer, in the pipeline's order.
        weights: `(n_features, n_intents)` float32.
        bias: `(n_intents,)`.
        temperature: the softmax's; lower is more certain.
    """

    intents: tuple[str, ...]
    blocks: tuple[Block, ...]
    weights: np.ndarray
    bias: np.ndarray
    temperature: float

    def confidences(self, columns: np.ndarray, values: np.ndarray) -> np.ndarray:
        """`(n_intents,)`, sums to 1, of the sentence whose weighted features are `values` in these columns."""
        scores = np.add.reduce(self.weights[columns] * values[:, np.newaxis], axis=0) + self.bias
        return softmax(scores[np.newaxis], self.temperature)[0]


def softmax(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Row-wise softmax of `scores / temperature`."""
    scaled = scores / temperature
    raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntent(GraphComponent, IntentClassifier):
    """Classifies a message from the sentence features that earlier components left in it."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Features of any kind."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`C`: how closely training sentences are followed; `folds`: of the cross-validation for the temperature."""
        return {"C": 1.0, "folds": 5, "random_state": 42, "ranking_length": 10}

    @staticmethod
    def required_packages() -> list[str]:
        """scikit-learn."""
        return ["sklearn"]

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Optional[LinearModel] = None
    ) -> None:
        self._config, self._storage, self._resource, self._model = config, storage, resource, model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LinearIntent":
        """A classifier that has learnt nothing yet."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the sentences that have an intent, and keep the model."""
        examples = [example for example in training_data.intent_examples if _sentence_features(example)]
        self._model = self._learn(examples)
        self._persist(self._model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Write intent and ranking into each message."""
        for message in messages:
            ranking = self._ranking(message)
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, dict(best), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

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
        with model_storage.read_from(resource) as folder, np.load(folder / MODEL_FILE, allow_pickle=False) as arrays:
            return cls(config, model_storage, resource, _unpack(arrays))

    def _learn(self, examples: list[Message]) -> LinearModel:
        raw = [_raw_blocks(example) for example in examples]
        stacked = [sparse.vstack([blocks[i] for blocks in raw], format="csr") for i in range(len(raw[0]))]
        is_sparse = [sparse.issparse(features) for features in _sentence_features(examples[0])]
        blocks = tuple(
            Block(column.shape[1], _idf(column) if counts else None) for column, counts in zip(stacked, is_sparse)
        )
        rows = _weighted(stacked, blocks)
        intents, labels = np.unique([example.get(INTENT) for example in examples], return_inverse=True)
        weights, bias = self._fit(rows, labels, len(intents))
        return LinearModel(
            tuple(str(name) for name in intents),
            blocks,
            weights.astype(np.float32),
            bias.astype(np.float32),
            self._temperature(rows, labels, len(intents)),
        )

    def _temperature(self, rows: sparse.csr_matrix, labels: np.ndarray, n_intents: int) -> float:
        """The temperature under which sentences left out of training were least surprising."""
        most = min(self._config["folds"], np.bincount(labels).max())
        if most < 2:
            return 1.0  # no intent has two sentences: none can be left out and still be known
        folds = StratifiedKFold(most, shuffle=True, random_state=self._config["random_state"])
        scores, truth = [], []
        for train, left_out in folds.split(rows, labels):
            weights, bias = self._fit(rows[train], labels[train], n_intents)
            scores.append(rows[left_out] @ weights + bias)
            truth.append(labels[left_out])
        all_scores, all_truth = np.vstack(scores), np.concatenate(truth)
        surprise = [
            -np.log(softmax(all_scores, t)[np.arange(len(all_truth)), all_truth] + 1e-12).mean() for t in TEMPERATURES
        ]
        return float(TEMPERATURES[int(np.argmin(surprise))])

    def _fit(self, rows: sparse.csr_matrix, labels: np.ndarray, n_intents: int) -> tuple[np.ndarray, np.ndarray]:
        """Weights `(n_features, n_intents)` and bias `(n_intents,)`; for an intent that has no sentence, a sure no."""
        weights, bias = np.zeros((rows.shape[1], n_intents)), np.full(n_intents, -1.0)
        present = np.unique(labels)
        if len(present) == 1:
            bias[present] = 1.0
            return weights, bias
        machine = LinearSVC(C=self._config["C"], random_state=self._config["random_state"]).fit(rows, labels)
        coefficients, intercepts = machine.coef_, machine.intercept_
        if len(present) == 2:  # of two, scikit-learn keeps the second only
            coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.r_[-intercepts, intercepts]
        weights[:, present], bias[present] = coefficients.T, intercepts
        return weights, bias

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        """Best first; empty for a message without a single word."""
        if self._model is None:
            raise RuntimeError("the intent classifier was asked before it was trained")
        features = _sentence_features(message)
        if not features or not _has_a_word(message):
            return []
        confidences = self._model.confidences(*_weighted_sentence(features, self._model.blocks))
        best = np.argsort(-confidences)[: self._config["ranking_length"]]
        return [{"name": self._model.intents[i], "confidence": float(confidences[i])} for i in best]

    def _persist(self, model: LinearModel) -> None:
        arrays = {"weights": model.weights, "bias": model.bias, "temperature": np.array(model.temperature)}
        for number, block in enumerate(model.blocks):
            arrays[f"idf_{number}"] = block.idf if block.idf is not None else np.zeros(0, np.float32)
        layout = {"intents": model.intents, "widths": [block.width for block in model.blocks]}
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / MODEL_FILE, layout=np.array(json.dumps(layout)), **arrays)


def _unpack(arrays: Any) -> LinearModel:
    layout = json.loads(str(arrays["layout"]))
    blocks = []
    for number, width in enumerate(layout["widths"]):
        idf = arrays[f"idf_{number}"]
        blocks.append(Block(width, idf if len(idf) else None))
    return LinearModel(
        tuple(layout["intents"]), tuple(blocks), arrays["weights"], arrays["bias"], float(arrays["temperature"])
    )


def _has_a_word(message: Message) -> bool:
    """Whether there is more than punctuation and signs nobody gave a meaning; a known emoji is a word."""
    return any(character.isalnum() for token in message.get(TOKENS_NAMES[TEXT]) for character in token.lemma)


def _sentence_features(message: Message) -> list[Any]:
    """The sentence features of a message, one array per featurizer: sparse ones first, each in pipeline order."""
    return [f.features for f in message.features if f.attribute == TEXT and f.type == "sentence"]


def _raw_blocks(message: Message) -> list[sparse.csr_matrix]:
    return [sparse.csr_matrix(features, dtype=np.float32) for features in _sentence_features(message)]


def _idf(counts: sparse.csr_matrix) -> np.ndarray:
    """Smooth inverse document frequency, `(n_features,)`."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    return (np.log((1 + counts.shape[0]) / (1 + seen)) + 1).astype(np.float32)


def _weighted(stacked: list[sparse.csr_matrix], blocks: tuple[Block, ...]) -> sparse.csr_matrix:
    """All blocks side by side; in each block every row has length 1 (or 0 when nothing in it is known)."""
    weighted = []
    for raw, block in zip(stacked, blocks):
        rows = raw.copy()
        row_of = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        rows.data = _weighted_values(rows.data, rows.indices, row_of, rows.shape[0], block)
        weighted.append(rows)
    return sparse.hstack(weighted, format="csr")


def _weighted_sentence(features: list[Any], blocks: tuple[Block, ...]) -> tuple[np.ndarray, np.ndarray]:
    """What `_weighted` makes of one sentence, as `(columns, values)`: without matrices it takes a tenth of the time."""
    all_columns, all_values, before = [], [], 0
    for row, block in zip(features, blocks):
        found = row if sparse.isspmatrix_csr(row) else sparse.csr_matrix(row)
        columns, counts = found.indices, found.data.astype(np.float32)
        all_columns.append(columns + before)
        all_values.append(_weighted_values(counts, columns, np.zeros_like(columns), 1, block))
        before += block.width
    return np.concatenate(all_columns), np.concatenate(all_values)


def _weighted_values(
    counts: np.ndarray, columns: np.ndarray, row_of: np.ndarray, n_rows: int, block: Block
) -> np.ndarray:
    """The values of one block, `(n_values,)` float32, in rows of length 1."""
    values = counts if block.idf is None else (1 + np.log(counts)) * block.idf[columns]
    lengths = np.sqrt(np.bincount(row_of, weights=values**2, minlength=n_rows))
    return values / lengths[row_of].astype(np.float32)
