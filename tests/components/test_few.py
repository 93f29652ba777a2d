"""Softmax regression over a handful of sentences: what is known of an intent is expected of its kin."""

from typing import Optional

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from components.intent.blocks import Rows
from components.intent.few import fit_few
from components.intent.linear import LinearScores, fit

INTENTS = ("alarm_remove", "alarm_set", "music_remove")
WORDS = ("sveglia", "allarme", "musica", "metti", "togli")
SENTENCES = {"togli allarme": "alarm_remove", "metti sveglia": "alarm_set", "togli musica": "music_remove"}
LABELS = np.array([INTENTS.index(intent) for intent in SENTENCES.values()])
KIN = np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])  # the two about alarms


def counted(*sentences: str) -> np.ndarray:
    return np.array([[sentence.split().count(word) for word in WORDS] for sentence in sentences], np.float32)


def scores(sentence: str, kinship: Optional[np.ndarray]) -> dict[str, float]:
    rows = counted(*SENTENCES)
    shares, bias = fit_few(rows @ rows.T, LABELS, np.ones(len(rows)), 0.5, kinship)
    return dict(zip(INTENTS, (counted(sentence) @ rows.T @ shares + bias)[0]))


def test_a_word_known_of_one_intent_speaks_for_its_kin() -> None:
    of_kin, of_strangers = scores("togli sveglia", KIN), scores("togli sveglia", None)

    assert of_kin["alarm_remove"] > of_kin["music_remove"] + 0.1
    assert of_strangers["alarm_remove"] == pytest.approx(of_strangers["music_remove"], abs=0.05)


@pytest.mark.parametrize("sentence, intent", SENTENCES.items())
def test_kin_are_still_told_apart(sentence: str, intent: str) -> None:
    found = scores(sentence, KIN)

    assert max(found, key=found.get) == intent


def test_intents_are_kin_whose_names_mean_the_same() -> None:
    of_kin, of_strangers = learnt(KIN), learnt(np.eye(3))

    heard = rows_of(counted("togli sveglia"), np.zeros((1, 3)))
    kin, strangers = of_kin.of_all(heard)[0], of_strangers.of_all(heard)[0]

    assert kin[0] - kin[2] > strangers[0] - strangers[2] + 0.1


def learnt(name_vectors: np.ndarray) -> LinearScores:
    rows = rows_of(counted(*SENTENCES), np.zeros((3, 3)))
    return fit(rows, LABELS, 3, 1.0, 1, rows_of(np.zeros((3, len(WORDS))), name_vectors))


def rows_of(counts: np.ndarray, vectors: np.ndarray) -> Rows:
    return Rows(csr_matrix(counts.astype(np.float32)), vectors.astype(np.float32), np.zeros((len(counts), 0)))
