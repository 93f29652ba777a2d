"""Rasa's counts of words and pieces of words, of whole sentences only: nothing here reads those of single words."""

from typing import Optional

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from scipy.sparse import csr_matrix

Features = list[Optional[csr_matrix]]


class NothingToCount(InvalidConfigException):
    """The sentences hold nothing that occurs often enough to be counted; of this kind, so that Rasa lets it through."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceCounts(CountVectorsFeaturizer):
    """A `CountVectorsFeaturizer` with the same settings, and the same features of a sentence."""

    def _create_features(self, attribute: str, all_tokens: list[list[str]]) -> tuple[Features, Features]:
        """No features of words; of each sentence a `(1, n_features)` row, None where there is no word."""
        nothing: Features = [None] * len(all_tokens)
        if not any(all_tokens):
            return nothing, nothing
        counts = self.vectorizers[attribute].transform([" ".join(tokens) for tokens in all_tokens])
        counts.sort_indices()
        return nothing, [counts[i] if tokens else None for i, tokens in enumerate(all_tokens)]

    def _log_vocabulary_stats(self, attribute: str) -> None:
        """Called when a vocabulary was learnt. Rasa logs its size, or breaks where there is none.

        Raises:
            NothingToCount: see there.
        """
        if not hasattr(self.vectorizers[attribute], "vocabulary_"):
            raise NothingToCount(f"nothing to count in {attribute}")
