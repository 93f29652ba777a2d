"""Finds the sizes that are one whatever the sentence says (`how_large.py`); the tagger finds the others."""

from typing import Any, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.found import Found
from components.how_large import find_sizes
from components.spans import RuleExtractor


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Sizes(RuleExtractor):
    """`size`: value as it was written."""

    entities = ("size",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Sizes of `text`."""
        return find_sizes(text)
