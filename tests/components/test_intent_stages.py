"""Two stages of the intent classifier: when the first is sure, what is out of scope, what is kept."""

from dataclasses import replace
from pathlib import Path
from typing import Optional

import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given
from hypothesis import strategies as st

from components.intent.blocks import block_of, weighted, weighted_sentence
from components.intent.calibration import best_temperature, softmax
from components.intent.findings import NEVER_SURE
from components.intent.folds import folds_by_kind
from components.intent.learning import Settings, learn
from components.intent.material import Labels, Material, learnt
from components.intent.neighbours import VOTE
from components.intent.stage import Verdict
from components.intent.storage import load, save
from components.intent.two_stages import TwoStages

SETTINGS = Settings(1.0, 0.5, folds=5, agreement=0.99, most_refused=0.02, harder=1.0, outside="elsewhere", seed=1)
INTENTS = ("order", "return", "greet", "elsewhere")
PER_INTENT, WIDTH = 40, 8


class Sentences:
    """Made-up sentences: words mostly of their intent, and vectors that tell intents apart better than words do."""

    def __init__(self, seed: int = 0, with_vectors: bool = True, per_intent: int = PER_INTENT) -> None:
        draw = np.random.default_rng(seed)
        labels = np.repeat(np.arange(len(INTENTS)), per_intent)
        own = draw.integers(0, 4, (len(labels), 2)) + 4 * labels[:, np.newaxis]
        stray = draw.integers(0, 4 * len(INTENTS), (len(labels), 2))
        counts = np.zeros((len(labels), 4 * len(INTENTS)), np.float32)
        for row, words in enumerate(np.hstack([own, stray])):
            np.add.at(counts[row], words, 1)
        centres = np.random.default_rng(99).normal(size=(len(INTENTS), WIDTH))
        vectors = 5 + centres[labels] + 0.3 * draw.normal(size=(len(labels), WIDTH))
        self.names = [INTENTS[label] for label in labels]
        self.counts = [sparse.csr_matrix(counts)]
        self.vectors = [vectors.astype(np.float32)] if with_vectors else []
        self.characters = np.full(len(labels), 12)

    def learnt(self, settings: Settings = SETTINGS) -> TwoStages:
        return learn(self.counts, self.vectors, self.characters, self.names, settings)

    def verdicts(self, model: TwoStages, asked: Optional[list[int]] = None) -> list[Verdict]:
        """`asked` gets the number of each sentence whose vector was asked for."""
        return [self.verdict(model, row, asked if asked is not None else []) for row in range(len(self.names))]

    def verdict(self, model: TwoStages, row: int, asked: list[int]) -> Verdict:
        def vectors() -> list[np.ndarray]:
            asked.append(row)
            return [block[row : row + 1] for block in self.vectors]

        return model.verdict([block[row] for block in self.counts], vectors, int(self.characters[row]))


def right(sentences: Sentences, model: TwoStages) -> float:
    return float(np.mean([model.intents[v.best] == n for v, n in zip(sentences.verdicts(model), sentences.names)]))


def test_with_a_handful_for_each_intent_meaning_counts_more_and_neighbours_are_not_asked() -> None:
    few, many = Sentences(per_intent=10), Sentences()
    of_few, of_many = few.learnt(), many.learnt()

    assert few.vectors and of_few.second and of_few.second.neighbours
    rows = weighted([*few.counts, *few.vectors], of_few.second.blocks, few.characters)
    assert not of_few.second.neighbours.votes(rows).any()
    sentence = weighted_sentence([few.counts[0][0], few.vectors[0][:1]], of_few.second.blocks, 12)
    assert not of_few.second.neighbours.votes_on(sentence).any()
    assert of_few.sure_from == NEVER_SURE
    assert of_few.second.blocks[-1].share > of_many.second.blocks[-1].share
    assert right(Sentences(seed=1, per_intent=10), of_few) > 0.8


def test_a_sentence_alone_weighs_what_it_weighs_among_others() -> None:
    sentences = Sentences()
    raw = [*sentences.counts, *sentences.vectors]
    blocks = [block_of(block) for block in raw]
    rows = weighted(raw, blocks, sentences.characters)

    alone = weighted_sentence([block[7] for block in raw], blocks, 12)

    assert rows.counts[7].indices.tolist() == alone.columns.tolist()
    assert rows.counts[7].data == pytest.approx(alone.values)
    assert rows.vectors[7] == pytest.approx(alone.vector, abs=1e-5)
    assert rows.known[7] == pytest.approx(alone.known)


def test_every_block_has_its_length_and_unseen_pieces_count_for_nothing() -> None:
    blocks = [block_of(sparse.csr_matrix([[1, 2, 0], [0, 1, 0]])), block_of(np.array([[1.0, 0], [0, 1]]), share=4.0)]
    counts = sparse.csr_matrix([[3, 1, 9], [0, 0, 4]])

    rows = weighted([counts, np.array([[2.0, 0], [0, 3]])], blocks, np.array([4, 4]))

    assert np.square(rows.counts.toarray()).sum(axis=1) == pytest.approx([1, 0])
    assert np.square(rows.vectors).sum(axis=1) == pytest.approx(4)
    assert rows.known.tolist() == [[1.0], [0.0]]


def test_neighbours_vote_on_a_sentence_alone_as_on_the_same_among_others() -> None:
    sentences = Sentences()
    raw, characters = [*sentences.counts, *sentences.vectors], sentences.characters
    numbers = np.array([INTENTS.index(name) for name in sentences.names])
    material = Material(raw, [1.0, 4.0], characters, 0.5, 1, has_meaning=True)
    known = learnt(material, Labels(numbers, len(INTENTS), INTENTS.index("elsewhere")))

    alone = weighted_sentence([block[7:8] for block in raw], known.blocks, 12)
    votes = known.neighbours.votes(material.rows(known.blocks))

    assert known.neighbours.votes_on(alone) == pytest.approx(votes[7], abs=1e-5)
    assert votes.sum(axis=1) == pytest.approx(VOTE, rel=1e-4)
    assert np.mean(votes.argmax(axis=1) == numbers) > 0.9


def test_left_out_sentences_that_are_harder_than_life_make_answers_surer() -> None:
    sentences = Sentences()

    plain, surer = sentences.learnt(), sentences.learnt(replace(SETTINGS, harder=0.5))

    assert surer.second.temperature == pytest.approx(plain.second.temperature / 2)
    assert right(sentences, surer) == pytest.approx(right(sentences, plain), abs=0.02)


@given(st.floats(0.1, 1.0))
def test_the_temperature_under_which_answers_were_drawn_is_found(temperature: float) -> None:
    draw = np.random.default_rng(3)
    scores = draw.normal(size=(4000, 5))
    drawn = (softmax(scores, temperature).cumsum(axis=1) < draw.random((4000, 1))).sum(axis=1)

    assert best_temperature(scores, np.minimum(drawn, 4)) == pytest.approx(temperature, rel=0.15)


def test_kinds_of_sentences_from_elsewhere_are_left_out_whole() -> None:
    labels = np.array([0] * 30 + [1] * 60)
    kinds = np.concatenate([np.zeros(30, int), np.arange(60) % 15])
    vectors = np.eye(15, dtype=np.float32)[kinds]

    for train, left_out in folds_by_kind(labels, 1, vectors, 5, 0):
        assert not {kinds[i] for i in left_out if labels[i]} & {kinds[i] for i in train if labels[i]}
        assert sorted([*train, *left_out]) == list(range(90))


def test_vectors_help_and_are_not_needed() -> None:
    heard = Sentences(seed=5)
    with_vectors, without = Sentences().learnt(), Sentences(with_vectors=False).learnt()

    assert without.second is None
    assert right(heard, with_vectors) > right(heard, without) > 0.5


def test_a_model_with_vectors_goes_on_where_there_are_none_any_more() -> None:
    model, deaf = Sentences().learnt(), Sentences(with_vectors=False)

    assert [v.best for v in deaf.verdicts(model)] == [v.best for v in deaf.verdicts(replace(model, second=None))]


def test_a_vector_is_asked_for_only_where_the_first_stage_is_not_sure() -> None:
    sentences, asked = Sentences(), []
    model = replace(sentences.learnt(), sure_from=0.8)

    sentences.verdicts(model, asked)

    sure = [i for i, v in enumerate(sentences.verdicts(replace(model, second=None))) if v.margin >= 0.8]
    assert sure
    assert sorted([*asked, *sure]) == list(range(len(sentences.names)))


def test_where_the_first_stage_is_sure_the_second_agrees() -> None:
    model, heard = Sentences().learnt(), Sentences(seed=6)
    first, second = replace(model, second=None), replace(model, sure_from=NEVER_SURE)
    pairs = list(zip(heard.verdicts(first), heard.verdicts(second)))

    sure = [one.best == other.best for one, other in pairs if one.margin >= model.sure_from]

    assert len(sure) > 0.1 * len(pairs)
    assert np.mean(sure) >= 0.98


def test_confidences_of_sentences_never_heard_can_be_believed() -> None:
    model, heard = Sentences().learnt(), Sentences(seed=7)
    verdicts = heard.verdicts(model)

    believed = np.mean([verdict.confidences[verdict.best] for verdict in verdicts])

    assert believed == pytest.approx(right(heard, model), abs=0.06)
    assert all(verdict.confidences.sum() == pytest.approx(1) for verdict in verdicts)


def test_what_is_from_elsewhere_is_refused_with_its_reasons() -> None:
    model, heard = Sentences().learnt(), Sentences(seed=8)
    outside = model.intents.index("elsewhere")
    verdicts = heard.verdicts(model)
    refused = np.array([verdict.best == outside for verdict in verdicts])
    meant = np.array([name == "elsewhere" for name in heard.names])

    assert refused[meant].mean() > 0.7
    assert refused[~meant].mean() < 0.06
    assert all(verdict.outside is not None and verdict.reasons for verdict in verdicts)
    assert np.mean([v.outside for v in np.array(verdicts)[meant]]) > 0.7


def test_without_sentences_from_elsewhere_nothing_is_refused() -> None:
    sentences = Sentences()
    model = sentences.learnt(replace(SETTINGS, outside="nothing is named so"))

    assert {verdict.outside for verdict in sentences.verdicts(model)} == {None}
    assert right(sentences, model) > 0.8


def test_what_is_kept_is_what_was_learnt(tmp_path: Path) -> None:
    sentences, file = Sentences(), tmp_path / "model.npz"
    model = sentences.learnt()

    save(model, file)

    before, after = sentences.verdicts(model), sentences.verdicts(load(file))
    assert [v.best for v in after] == [v.best for v in before]
    assert np.array([v.confidences for v in after]) == pytest.approx(
        np.array([v.confidences for v in before]), abs=0.01
    )


def test_learning_twice_gives_the_same_file(tmp_path: Path) -> None:
    files = [tmp_path / "once.npz", tmp_path / "again.npz"]
    for file in files:
        save(Sentences().learnt(), file)

    once, again = (np.load(file, allow_pickle=False) for file in files)
    assert once.files == again.files
    assert all(np.array_equal(once[name], again[name]) for name in once.files)
