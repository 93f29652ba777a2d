"""The sentence encoder's layers in TensorFlow, the last ones with changes that are learnt."""

from typing import Optional, Sequence

import numpy as np
import tensorflow as tf

from components.encoder.pieces import MOST_PIECES
from components.encoder.sentence_encoder import WIDTH
from components.encoder.weights import Weights

MATRICES = ("q", "k", "v", "ao", "fi", "fo")
AT_ONCE = 64  # texts
SCALE = 2.0  # of what is learnt, against the package's own matrix
NEVER = -1e9
TEXTS = tf.TensorSpec((None, None, WIDTH))  # `(n_texts, n_pieces, width)`
LENGTHS = tf.TensorSpec((None, None))  # 1 where a text has a piece


class Layer:
    """One layer of BERT.

    Args:
        rank: of the changes; 0: there are none.
        random: where the changes begin.
    """

    def __init__(
        self, weights: Weights, number: int, rank: int = 0, random: Optional[np.random.RandomState] = None
    ) -> None:
        self.name, self._heads, self._epsilon = f"l{number}", weights.sizes.heads, weights.sizes.epsilon
        self._bias = {name: weights.floats(f"{self.name}.{name}.b") for name in MATRICES}
        self._matrices = {
            name: weights.matrix(f"{self.name}.{name}.w", len(self._bias[name])).T.copy() for name in MATRICES
        }
        self._norms = {name: weights.floats(f"{self.name}.{name}") for name in ("aln.w", "aln.b", "oln.w", "oln.b")}
        self.changes: dict[str, tuple[tf.Variable, tf.Variable]] = {}
        if rank and random is not None:
            for name, matrix in self._matrices.items():
                n_in, n_out = matrix.shape
                down = random.normal(0, n_in**-0.5, (n_in, rank)).astype(np.float32)
                self.changes[name] = (tf.Variable(down), tf.Variable(np.zeros((rank, n_out), np.float32)))

    def __call__(self, x: tf.Tensor, there: tf.Tensor, dropped: float = 0.0) -> tf.Tensor:
        """What the layer makes of texts; a share of what it adds is left out while it learns."""
        query, key, value = (self._by_head(self._product(x, name)) for name in "qkv")
        scores = tf.matmul(query, key, transpose_b=True) / query.shape[-1] ** 0.5
        weights = tf.nn.softmax(scores + (1 - there[:, tf.newaxis, tf.newaxis, :]) * NEVER)
        seen = tf.transpose(tf.matmul(weights, value), (0, 2, 1, 3))
        x = self._added(x, self._product(tf.reshape(seen, tf.shape(x)), "ao"), "aln", dropped)
        return self._added(x, self._product(tf.nn.gelu(self._product(x, "fi")), "fo"), "oln", dropped)

    def learnt(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The changes as an `Adapter` has them."""
        return {f"{self.name}.{name}": (down.numpy(), SCALE * up.numpy()) for name, (down, up) in self.changes.items()}

    def _product(self, x: tf.Tensor, name: str) -> tf.Tensor:
        """In half the bits where something is learnt: twice as quick, and as good."""
        matrix, kind = self._matrices[name], tf.bfloat16 if self.changes else tf.float32
        x = tf.cast(x, kind)
        product = tf.matmul(x, tf.cast(matrix, kind))
        if self.changes:
            down, up = self.changes[name]
            product += tf.matmul(tf.matmul(x, tf.cast(down, kind)), tf.cast(SCALE * up, kind))
        return tf.cast(product, tf.float32) + self._bias[name]

    def _by_head(self, x: tf.Tensor) -> tf.Tensor:
        texts, pieces = tf.shape(x)[0], tf.shape(x)[1]
        width = x.shape[-1] // self._heads
        return tf.transpose(tf.reshape(x, (texts, pieces, self._heads, width)), (0, 2, 1, 3))

    def _added(self, x: tf.Tensor, more: tf.Tensor, norm: str, dropped: float) -> tf.Tensor:
        more = tf.nn.dropout(more, dropped) if dropped else more
        return _normalised(x + more, self._norms[f"{norm}.w"], self._norms[f"{norm}.b"], self._epsilon)


def vectors(layers: Sequence[Layer], x: tf.Tensor, there: tf.Tensor, dropped: float = 0.0) -> tf.Tensor:
    """`(n_texts, width)`, of length 1: the mean of all pieces after these layers."""
    for layer in layers:
        x = layer(x, there, dropped)
    return tf.math.l2_normalize(tf.reduce_sum(x * there[..., tf.newaxis], 1), -1)


def before(weights: Weights, numbers: Sequence[np.ndarray], last: int) -> list[np.ndarray]:
    """What goes into the last `last` layers: for each text, given by its pieces, `(n_pieces, width)` float16."""
    sizes = weights.sizes
    layers = [Layer(weights, number) for number in range(sizes.layers - last)]
    table = weights.floats("emb.pos").reshape(-1, sizes.width)[:MOST_PIECES] + weights.floats("emb.type")[: sizes.width]
    places = tf.constant(table)
    norm = weights.floats("emb.ln.w"), weights.floats("emb.ln.b")

    @tf.function(input_signature=[TEXTS, LENGTHS])
    def run(x: tf.Tensor, there: tf.Tensor) -> tf.Tensor:
        x = _normalised(x + places[: tf.shape(x)[1]], *norm, sizes.epsilon)
        for layer in layers:
            x = layer(x, there)
        return x

    found: list[np.ndarray] = [np.zeros(0)] * len(numbers)
    by_length = sorted(range(len(numbers)), key=lambda place: len(numbers[place]))
    for start in range(0, len(by_length), AT_ONCE):
        places_now = by_length[start : start + AT_ONCE]
        rows = run(*padded([weights.embedded(numbers[place]) for place in places_now])).numpy()
        for place, row in zip(places_now, rows):
            found[place] = row[: len(numbers[place])].astype(np.float16)
    return found


def padded(texts: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Texts of different length as one array, and where they have pieces."""
    longest = max(map(len, texts))
    x, there = (
        np.zeros((len(texts), longest, texts[0].shape[1]), np.float32),
        np.zeros((len(texts), longest), np.float32),
    )
    for place, text in enumerate(texts):
        x[place, : len(text)], there[place, : len(text)] = text, 1
    return x, there


def _normalised(x: tf.Tensor, weight: np.ndarray, bias: np.ndarray, epsilon: float) -> tf.Tensor:
    mean, variance = tf.nn.moments(x, -1, keepdims=True)
    return (x - mean) * tf.math.rsqrt(variance + epsilon) * weight + bias
