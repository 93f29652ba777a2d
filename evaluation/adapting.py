"""Learns what changes the sentence encoder for questions: `python -m evaluation.adapting` writes its adapter.npz.

Texts about the same topic (ways to ask, and the title, questions and whole text of an entry that a shop would write on
it) are brought near each other and away from other topics': a supervised contrastive loss (Khosla et al., 2020) among
the texts of a step, and a softmax over all topics. Only the last layers change. 20 to 40 minutes on two cores.
"""

import sys
import time
from typing import Callable, Sequence

import numpy as np
import tensorflow as tf

from components.encoder.adapter import FILE, Adapter
from components.encoder.pieces import Pieces
from components.encoder.sentence_encoder import encoder_folder, load_encoder
from components.encoder.weights import Weights, installed_source
from components.normalise import italian_words, written_out
from engine.question_index import everything
from engine.topics import unit
from evaluation.network import LENGTHS, TEXTS, Layer, before, padded, vectors
from evaluation.question_measure import encode_with
from evaluation.ways import read_entries, read_ways, source_of

LAYERS, RANK = 4, 16  # the last ones; more were not tried
ROUNDS = 5  # through all ways to ask
TOPICS_A_STEP, WAYS_A_STEP = 44, 3
PARTS = (0.4, 0.8)  # of a step's texts, by length, so that little is padded
TEMPERATURE, SHARPNESS = 0.06, 20.0
LEARNING_RATE, LEAST_RATE, WARM_UP = 1e-3, 0.02, 50
LONGEST_STEP = 1.0  # a gradient's length
DROPPED = 0.1
SAID_EVERY = 25
SEED = 0


class Material:
    """What is learnt from: for each topic, ways to ask, short texts of an entry, and its whole text."""

    def __init__(self) -> None:
        ways, entries = read_ways(), read_entries()
        self.source = source_of(ways, entries)
        self.ways = list(ways.values())
        self.short = [[entries[topic].title, *entries[topic].ways] for topic in ways]
        self.whole = [everything(entries[topic]) for topic in ways]

    def texts(self) -> list[str]:
        """Each once."""
        return list(dict.fromkeys(text for texts in (*self.ways, *self.short, self.whole) for text in texts))

    def step(self, random: np.random.RandomState) -> tuple[list[str], np.ndarray]:
        """Texts of some topics, and which of them each is about."""
        texts, about = [], []
        for topic in random.choice(len(self.ways), TOPICS_A_STEP, replace=False):
            ways = self.ways[topic]
            chosen = [ways[place] for place in random.choice(len(ways), WAYS_A_STEP, replace=False)]
            chosen += [self.short[topic][random.randint(len(self.short[topic]))], self.whole[topic]]
            texts += chosen
            about += [topic] * len(chosen)
        return texts, np.array(about)


def main() -> None:
    """Learn and write the file, saying how far it is."""
    material, random = Material(), np.random.RandomState(SEED)
    weights, inputs = _before_the_last(material.texts())
    layers = [Layer(weights, number, RANK, random) for number in _last(weights)]
    learn, rate = learning(layers, *_beginning(material))
    steps = ROUNDS * sum(map(len, material.ways)) // (TOPICS_A_STEP * WAYS_A_STEP)
    started, losses = time.monotonic(), []
    for step in range(steps):
        rate(LEARNING_RATE * min(1.0, (step + 1) / WARM_UP) * max(LEAST_RATE, 1 - step / steps))
        texts, about = material.step(random)
        by_length = np.argsort([len(inputs[text]) for text in texts])
        parts = np.split(by_length, [int(len(texts) * part) for part in PARTS])
        arrays = [array for part in parts for array in padded([inputs[texts[place]] for place in part])]
        losses.append(float(learn(*arrays, about[by_length])))
        if (step + 1) % SAID_EVERY == 0:
            taken = time.monotonic() - started
            sys.stdout.write(f"step {step + 1} of {steps}, loss {np.mean(losses[-SAID_EVERY:]):.3f}, {taken:.0f} s\n")
            sys.stdout.flush()
    changes = {name: matrices for layer in layers for name, matrices in layer.learnt().items()}
    Adapter(changes, material.source).write(FILE)
    sys.stdout.write(f"{FILE.name}, {FILE.stat().st_size} bytes\n")


def _last(weights: Weights) -> range:
    return range(weights.sizes.layers - LAYERS, weights.sizes.layers)


def _before_the_last(texts: Sequence[str]) -> tuple[Weights, dict[str, np.ndarray]]:
    """The weights, and by text what goes into the layers that change."""
    encoder, weights = load_encoder(encoder_folder()), Weights(installed_source().path)
    pieces = Pieces(weights, encoder.folder)
    numbers = [pieces.numbers(written_out(text, italian_words())) for text in texts]
    return weights, dict(zip(texts, before(weights, numbers, LAYERS)))


def _beginning(material: Material) -> tuple[np.ndarray, np.ndarray]:
    """The mean vector of all ways to ask, and each topic's own, as the encoder makes them now."""
    encode = encode_with(load_encoder(encoder_folder()))
    by_topic = [encode(ways) for ways in material.ways]
    middle = np.concatenate(by_topic).mean(axis=0)
    return middle, unit(np.stack([unit(rows - middle).mean(axis=0) for rows in by_topic]))


def learning(
    layers: Sequence[Layer], middle: np.ndarray, topics: np.ndarray
) -> tuple[Callable[..., tf.Tensor], Callable[[float], None]]:
    """One step of learning (texts in three parts, and the topic of each, to the loss), and what sets its length."""
    every_topic = tf.Variable(topics)
    variables = [variable for layer in layers for pair in layer.changes.values() for variable in pair] + [every_topic]
    optimizer = tf.keras.optimizers.Adam()

    @tf.function(input_signature=[TEXTS, LENGTHS] * 3 + [tf.TensorSpec((None,), tf.int64)])
    def learn(*given: tf.Tensor) -> tf.Tensor:
        *arrays, about = given
        with tf.GradientTape() as tape:
            found = [vectors(layers, x, there, DROPPED) for x, there in zip(arrays[::2], arrays[1::2])]
            rows = tf.math.l2_normalize(tf.concat(found, 0) - middle, -1)
            scores = SHARPNESS * tf.matmul(rows, tf.math.l2_normalize(every_topic, -1), transpose_b=True)
            which = tf.nn.sparse_softmax_cross_entropy_with_logits(about, scores)
            loss = _apart(rows, about) + tf.reduce_mean(which)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), LONGEST_STEP)
        optimizer.apply_gradients(zip(gradients, variables))
        return loss

    return learn, optimizer.learning_rate.assign


def _apart(rows: tf.Tensor, about: tf.Tensor) -> tf.Tensor:
    """The supervised contrastive loss: how likely a text takes another of its own topic for the nearest."""
    itself = tf.eye(tf.shape(about)[0])
    same = tf.cast(about[:, tf.newaxis] == about[tf.newaxis, :], tf.float32) - itself
    alike = tf.matmul(rows, rows, transpose_b=True) / TEMPERATURE - itself * 1e9
    likely = alike - tf.reduce_logsumexp(alike, 1, keepdims=True)
    return -tf.reduce_mean(tf.reduce_sum(tf.where(same > 0, likely, 0.0), 1) / tf.reduce_sum(same, 1))


if __name__ == "__main__":
    main()
