"""What is learnt about questions: the network learnt with is the encoder's, and texts about the same get nearer."""

from pathlib import Path

import numpy as np
import pytest

from components.encoder.adapter import Adapter, AdapterUnreadable
from components.encoder.pieces import Pieces
from components.encoder.sentence_encoder import encoder_folder, load_encoder, open_encoder
from components.encoder.weights import Weights, installed_source
from evaluation.adapting import learning
from evaluation.network import Layer, before, padded, vectors

LAST = 2
TEXTS = [
    "avete il parcheggio?",
    "dove lascio la macchina",
    "posto auto per i clienti",
    "fate pacchetti regalo?",
    "me lo incartate con un fiocco",
    "è per un compleanno, lo impacchettate?",
]
ABOUT = np.array([0, 0, 0, 1, 1, 1])


@pytest.fixture(scope="module")
def weights() -> Weights:
    return Weights(installed_source().path)


@pytest.fixture(scope="module")
def inputs(weights: Weights) -> list[np.ndarray]:
    pieces = Pieces(weights, load_encoder(encoder_folder()).folder)
    return before(weights, [pieces.numbers(text) for text in TEXTS], LAST)


def last_layers(weights: Weights, rank: int = 0) -> list[Layer]:
    random = np.random.RandomState(0)
    return [Layer(weights, weights.sizes.layers - LAST + place, rank, random) for place in range(LAST)]


def adapter_of(layers: list[Layer]) -> Adapter:
    return Adapter({name: pair for layer in layers for name, pair in layer.learnt().items()}, "of a test")


def test_the_network_is_the_encoder_s(weights: Weights, inputs: list[np.ndarray]) -> None:
    ours = vectors(last_layers(weights), *padded(inputs)).numpy()

    assert (ours * load_encoder(encoder_folder()).encode(TEXTS)).sum(axis=1).min() > 0.995


def test_texts_about_the_same_get_nearer_and_the_adapted_encoder_gives_what_was_learnt(
    weights: Weights, inputs: list[np.ndarray], tmp_path: Path
) -> None:
    layers = last_layers(weights, rank=4)
    first = vectors(layers, *padded(inputs)).numpy()
    topics = np.stack([first[topic == ABOUT].mean(axis=0) for topic in (0, 1)])
    learn, rate = learning(layers, first.mean(axis=0), topics)
    rate(1e-3)

    losses = [float(learn(*padded(inputs[:2]), *padded(inputs[2:4]), *padded(inputs[4:]), ABOUT)) for _ in range(15)]

    after = vectors(layers, *padded(inputs)).numpy()
    adapter_of(layers).write(tmp_path / "adapter.npz")
    kept = Adapter.load(tmp_path / "adapter.npz")
    adapted = open_encoder(tmp_path, kept).encode(TEXTS)
    assert losses[-1] < losses[0] - 0.5
    assert apart(after) > apart(first) + 0.02
    assert np.linalg.norm(adapted - after, axis=1).max() < np.linalg.norm(first - after, axis=1).min()


def test_two_adapters_have_folders_of_their_own(weights: Weights, tmp_path: Path) -> None:
    up = np.ones((1, 384), np.float32)
    one, other = (Adapter({"l11.q": (np.full((384, 1), n, np.float32), up)}, "") for n in (0.0, 1.0))

    assert open_encoder(tmp_path, one).folder != open_encoder(tmp_path, other).folder != open_encoder(tmp_path).folder


@pytest.mark.parametrize("content", [b"", b"no file of numbers", None])
def test_a_file_that_is_no_adapter_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "adapter.npz"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(AdapterUnreadable, match=r"adapter\.npz"):
        Adapter.load(file)


def apart(rows: np.ndarray) -> float:
    """By how much texts are nearer to those about the same than to the others."""
    alike, same = rows @ rows.T, np.equal.outer(ABOUT, ABOUT)
    return float(alike[same].mean() - alike[~same].mean())
