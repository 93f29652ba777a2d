"""Finds the numbers of pieces that are one whatever the sentence says (`how_many.py`); the tagger finds the others."""

from typing import Any, Sequence

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.found import Found
from components.how_many import find_quantities
from components.spans import RuleExtractor


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Quantities(RuleExtractor):
    """`quantity`: value in digits."""

    entities = ("quantity",)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Nothing to configure."""
        return {}

    def find(self, text: str, taken: Sequence[Found]) -> list[Found]:
        """Numbers of pieces in `text`."""
        return find_quantities(text)
