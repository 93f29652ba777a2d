"""How near a message is to each of the shop's questions, by the sentence encoder that the NLU uses.

A message is near an entry when it is near one of its questions, near all of them together, near everything that the
entry says, and about the same topics (`engine/topics.py`).
"""

from dataclasses import dataclass
from typing import Sequence

import numpy as np

from engine.remembered_vectors import Encode
from engine.topics import Topics, unit
from shop.questions import Question

# Weights beside the nearest question, as a softmax regression over the invented shops gave them.
TOGETHER = 0.4  # of all questions together
WHOLE = 1.7  # of everything an entry says
SAME_TOPICS = 2.8  # of being about the same topics
NOT_FAR = 1.5  # behind the nearest: so far the right one was nearly always


@dataclass(frozen=True)
class Nearness:
    """How near a message is.

    Attributes:
        order: positions of the entries, the nearest first.
        scores: of all entries, by position.
        same_topics: whether the nearest entry is about the same topics, from 0 to 1.
    """

    order: tuple[int, ...]
    scores: np.ndarray
    same_topics: float

    @property
    def first(self) -> float:
        """Of the nearest entry."""
        return float(self.scores[self.order[0]])

    @property
    def margin(self) -> float:
        """How much nearer the nearest entry is than the next."""
        return self.first - float(self.scores[self.order[1]]) if len(self.order) > 1 else self.first

    def candidates(self, most: int) -> tuple[int, ...]:
        """The nearest entries that it may be: two at least, where there are, and no more than `most`."""
        return tuple(
            place
            for rank, place in enumerate(self.order[:most])
            if rank < 2 or self.first - float(self.scores[place]) <= NOT_FAR
        )


class QuestionIndex:
    """All entries as vectors.

    Args:
        questions: at least one.
        topics: what people ask of shops.
        encode: the sentence encoder, with whatever is done to a text before.
    """

    def __init__(self, questions: Sequence[Question], topics: Topics, encode: Encode) -> None:
        self.questions, self._topics = tuple(questions), topics
        written = [(text, place) for place, one in enumerate(questions) for text in (*one.ways, one.title)]
        self._starts = np.flatnonzero(np.diff([place for _, place in written], prepend=-1))
        self._counts = np.diff([*self._starts, len(written)])[:, np.newaxis]
        self._own = topics.centred(encode([text for text, _ in written]))
        self._middles = unit(np.add.reduceat(self._own, self._starts, axis=0) / self._counts)
        self._whole = topics.centred(encode([everything(one) for one in questions]))
        likely = np.add.reduceat(topics.likely(self._own), self._starts, axis=0) + topics.likely(self._whole)
        self._about = np.sqrt(likely / (self._counts + 1))

    def nearness(self, vector: np.ndarray) -> Nearness:
        """How near the message with this vector, `(384,)`, is."""
        row = self._topics.centred(vector[np.newaxis])
        nearest = np.maximum.reduceat(row @ self._own.T, self._starts, axis=1)[0]
        alike = (np.sqrt(self._topics.likely(row)) @ self._about.T)[0]  # Bhattacharyya coefficient
        together, whole = (row @ self._middles.T)[0], (row @ self._whole.T)[0]
        scores = nearest + TOGETHER * together + WHOLE * whole + SAME_TOPICS * alike
        order = tuple(int(place) for place in np.argsort(-scores, kind="stable"))
        return Nearness(order, scores, float(alike[order[0]]))


def everything(question: Question) -> str:
    """An entry as one text."""
    return f"{question.title}. {' '.join(question.ways)} {question.answer}"
