"""Rasa's counts of words and pieces of words, of whole sentences only: nothing here reads those of single words."""

from collections import Counter
from typing import Callable, Iterable, Optional

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

Features = list[Optional[csr_matrix]]
Analyzer = Callable[[str], Iterable[str]]


class NothingToCount(InvalidConfigException):
    """The sentences hold nothing that occurs often enough to be counted; of this kind, so that Rasa lets it through."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceCounts(CountVectorsFeaturizer):
    """A `CountVectorsFeaturizer` with the same settings, and the same features of a sentence."""

    @staticmethod
    def _attributes_for(_analyzer: str) -> list[str]:
        """What is counted: what customers say, not the names of what they mean."""
        return [TEXT]

    _prepared: Optional[tuple[CountVectorizer, Analyzer]] = None

    def _create_features(self, attribute: str, all_tokens: list[list[str]]) -> tuple[Features, Features]:
        """No features of words; of each sentence a `(1, n_features)` row, None where there is no word."""
        rows = [self._counted(self.vectorizers[attribute], " ".join(words)) if words else None for words in all_tokens]
        return [None] * len(all_tokens), rows

    def _counted(self, vectorizer: CountVectorizer, text: str) -> csr_matrix:
        """What `vectorizer.transform` counts in one text; for one alone, its matrices take most of the time."""
        if self._prepared is None or self._prepared[0] is not vectorizer:
            self._prepared = vectorizer, vectorizer.build_analyzer()
        known, analyze = vectorizer.vocabulary_, self._prepared[1]
        counts = Counter(known[piece] for piece in analyze(text) if piece in known)
        columns = np.fromiter(sorted(counts), np.int32, len(counts))
        values = np.fromiter((counts[column] for column in columns), vectorizer.dtype, len(counts))
        return csr_matrix((values, columns, np.array([0, len(counts)], np.int32)), shape=(1, len(known)))

    def _log_vocabulary_stats(self, attribute: str) -> None:
        """Called when a vocabulary was learnt. Rasa logs its size, or breaks where there is none.

        Raises:
            NothingToCount: see there.
        """
        if not hasattr(self.vectorizers[attribute], "vocabulary_"):
            raise NothingToCount(f"nothing to count in {attribute}")
