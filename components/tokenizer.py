"""Gives a message its words, as `components/words.py` splits them.

A token carries the customer's own characters and their offsets; its `lemma` is the comparable form that the featurizers
count.
"""

import json
from typing import Any, Sequence

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import telling
from components.at_once import all_of
from components.remembered import OWN_CODE, Remembered, file_of, key_of
from components.words import Splitter, Word, words_of_all

KIND = "words"  # of what is remembered


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ItalianTokenizer(Tokenizer):
    """Rasa's tokenizer of this project."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's base class expects; intents are never split. `remembers`: whether the words of training sentences
        are kept on disk for later trainings.
        """
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
            "remembers": False,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """spaCy itself; no downloaded model."""
        return ["spacy"]

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._remembers = config.get("remembers", False)
        self._splitter = Splitter()
        self._known: dict[str, list[Word]] = {}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ItalianTokenizer":
        """Customers do not wait for spaCy to be imported; a training may not need it."""
        tokenizer = cls(config)
        if not any(node.fn == "train" for node in execution_context.graph_schema.nodes.values()):
            tokenizer._splitter.get_ready()
        return tokenizer

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Give every sentence its tokens."""
        texts = [example.get(TEXT) for example in training_data.training_examples if example.get(TEXT)]
        self._known = dict(zip(texts, self._words_of(texts)))
        super().process_training_data(training_data)
        self._known = {}
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute of `message`, in order, never overlapping."""
        text = message.get(attribute)
        words = self._known.get(text) or self._splitter.words(text)
        return [Token(word.text, word.start, word.end, lemma=word.lemma) for word in words]

    def _words_of(self, texts: list[str]) -> list[list[Word]]:
        """Of each text; those that are not remembered are split elsewhere, as spaCy takes long to be imported."""

        def split(new: Sequence[int]) -> list[bytes]:
            (found,) = all_of([(words_of_all, ([texts[place] for place in new],))], len(texts))
            return [json.dumps(words).encode() for words in found]

        memory = Remembered(file_of(KIND, *OWN_CODE) if self._remembers else None)
        new = sum(not memory.knows(key_of(text)) for text in texts)
        telling.counted(telling.WORDS, 0, new, len(texts))
        kept = memory.all_of([key_of(text) for text in texts], split)
        telling.counted(telling.WORDS, new, new, len(texts))
        memory.keep()
        return [[Word(*word) for word in json.loads(words)] for words in kept]
