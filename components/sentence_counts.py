"""Rasa's counts of words and pieces of words, of whole sentences only: nothing here reads those of single words."""

from typing import Optional

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from scipy.sparse import csr_matrix

Features = list[Optional[csr_matrix]]


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
