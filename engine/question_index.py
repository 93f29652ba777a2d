"""How near a message is to each of the shop's questions, by the sentence encoder that the NLU uses.

A message is near an entry when it is near one of its questions, near all of them together, and near everything that
the entry says. What people ask of nearly every shop has ways to be asked that come with the product
(`data/ways_to_ask.yml`): an entry about such a topic borrows them, and what is near a topic that no entry is about is
probably not there.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Mapping, Sequence

import numpy as np

from engine.remembered_vectors import Encode
from shop.questions import Question

TOGETHER = 0.6  # the weight of all questions together, and of everything an entry says, beside the nearest question
BORROWED_FROM, BORROWED_FULLY = (
    0.35,
    0.55,
)  # how near the topic an entry borrows from is, a little and as much as it may
HALF = 0.5  # of an entry's nearness, what borrowed ways may make
SAME_TOPICS = 0.3  # the weight of being about the same topics
SHARPNESS = 8.0  # of how a text is spread over topics


@dataclass(frozen=True)
class Nearness:
    """How near a message is.

    Attributes:
        order: positions of the entries, the nearest first.
        scores: of all entries, by position; 2 and more: it is one of the questions.
        elsewhere: of the nearest topic that no entry is about.
    """

    order: tuple[int, ...]
    scores: np.ndarray
    elsewhere: float

    @property
    def first(self) -> float:
        """Of the nearest entry."""
        return float(self.scores[self.order[0]])

    @property
    def margin(self) -> float:
        """How much nearer the nearest entry is than the next."""
        return self.first - float(self.scores[self.order[1]]) if len(self.order) > 1 else self.first


class QuestionIndex:
    """All entries and topics as vectors.

    Args:
        questions: at least one.
        topics: ways to ask, by topic; at least one.
        encode: the sentence encoder, with whatever is done to a text before.
    """

    def __init__(self, questions: Sequence[Question], topics: Mapping[str, Sequence[str]], encode: Encode) -> None:
        self.questions = tuple(questions)
        asked = [(way, place) for place, ways in enumerate(topics.values()) for way in ways]
        raw = encode([way for way, _ in asked])
        self._middle = raw.mean(axis=0)
        self._topics = _Group(self._centred(raw), [place for _, place in asked])
        written = [(text, place) for place, one in enumerate(questions) for text in (*one.ways, one.title)]
        self._own = _Group(self._centred(encode([text for text, _ in written])), [place for _, place in written])
        self._whole = self._centred(encode([_everything(one) for one in questions]))
        near = self._own.middles @ self._topics.middles.T
        self._borrows = np.clip((near - BORROWED_FROM) / (BORROWED_FULLY - BORROWED_FROM), 0.0, 1.0)
        self._about = _unit(self._own.mean_of(self._spread(self._own.rows)))

    def nearness(self, vector: np.ndarray) -> Nearness:
        """How near the message with this vector, `(384,)`, is."""
        row = self._centred(vector[np.newaxis])
        own = self._own.near(row)[0] + TOGETHER * (row @ self._whole.T)[0]
        topics = self._of_topics(row)[0]
        borrowed = own[:, np.newaxis] + HALF * self._borrows * (topics - own[:, np.newaxis])
        scores = np.maximum(own, np.where(self._borrows > 0, borrowed, -np.inf).max(axis=1))
        scores = scores + SAME_TOPICS * (_unit(self._spread(row)) @ self._about.T)[0]
        elsewhere = float(topics[self._unused].max()) if self._unused.any() else 0.0
        return Nearness(tuple(int(place) for place in np.argsort(-scores, kind="stable")), scores, elsewhere)

    @cached_property
    def _unused(self) -> np.ndarray:
        """`(n_topics,)`, which topics no entry is about."""
        return self._borrows.max(axis=0) == 0

    def _of_topics(self, rows: np.ndarray) -> np.ndarray:
        """`(n, n_topics)`, on the scale of entries, which have one part more."""
        return self._topics.near(rows) * (1 + 2 * TOGETHER) / (1 + TOGETHER)

    def _spread(self, rows: np.ndarray) -> np.ndarray:
        """`(n, n_topics)`: how much each text is about each topic, 1 in all."""
        likely = np.exp(SHARPNESS * self._topics.near(rows))
        return likely / likely.sum(axis=1, keepdims=True)

    def _centred(self, rows: np.ndarray) -> np.ndarray:
        """All vectors of the encoder point nearly the same way: what matters is where they differ."""
        return _unit(rows - self._middle)


class _Group:
    """Texts that belong to things: `rows` `(n, 384)`, and for each the position of its thing."""

    def __init__(self, rows: np.ndarray, places: Sequence[int]) -> None:
        self.rows, self._starts = (
            rows,
            np.flatnonzero(np.diff(places, prepend=-1)),
        )  # texts of a thing follow each other
        self._counts = np.diff([*self._starts, len(places)])
        self.middles = _unit(self.mean_of(rows))

    def mean_of(self, rows: np.ndarray) -> np.ndarray:
        """`(n_things, …)`, the mean over the texts of each."""
        return np.add.reduceat(rows, self._starts, axis=0) / self._counts[:, np.newaxis]

    def near(self, rows: np.ndarray) -> np.ndarray:
        """`(n, n_things)`: the nearest text of each, and all of them together."""
        nearest = np.maximum.reduceat(rows @ self.rows.T, self._starts, axis=1)
        return nearest + TOGETHER * (rows @ self.middles.T)


def _everything(question: Question) -> str:
    return f"{question.title}. {' '.join(question.ways)} {question.answer}"


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
