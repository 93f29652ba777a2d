"""Splits a customer's message into words: spaCy's Italian rules, and numbers and addresses kept whole.

A token carries the customer's own characters and their offsets; its `lemma` is the comparable form that the featurizers
count (`normalise.word_form`).
"""

import re
from typing import Any, Iterator

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.normalise import italian_words, readable, word_form

# What spaCy would cut or glue wrongly; found first, in this order. Everything between is left to spaCy.
WHOLE = re.compile(
    r"""
      [^\s@<>()\[\]",;:]+@[^\s@<>()\[\]",;:]*[^\W_]      # anna.rossi@example.it
    | [^\w\s]{40,}                                          # signs on end, which spaCy takes long to part
    | [\U0001F000-\U0001FAFF\u2600-\u27BF]\uFE0F?           # emoji, each by itself
    | (?:https?://|www\.)[^\s<>"]*[\w/]                   # links
    | \d{1,4}(?:[/-]\d{1,2}[/-]\d{2,4}|/\d{1,4})          # 12/11/2026, 3/4
    | \b\d+(?:[.,]\d+)?(?:[xX×]\d+(?:[.,]\d+)?)+(?!\d)         # 160x190
    | \b\d+(?:[.,]\d+)?(?=(?:pz|gg|ml|cl|cm|mm|mt|kg|gr|lt|[mlg])\b)  # 40pz, 75ml, 3gg: the unit is a word of its own
    | (?<=\b[xX])\d+\b                                     # x40
    | (?:\#|\b(?![xX]\d)[^\W\d_]{1,10}[-_]?\#?)?\d+(?:[.,']\d+)*\b   # #104233, ord118402, R-20871, 104.233, 59,90
    | \b[nN][.°º]                                          # n. 104233
    | \b[^\W\d_]*[aeiouAEIOU]['’`´](?![^\W_])              # perche', e', po', citta'
    """,
    re.VERBOSE,
)
# Signs that people write without a space after them: "ciao,vorrei", "ordine:grazie.buonasera".
_SIGN_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_]{2})[.,:;!?/()\"…]+(?=[^\W\d_]{2})")
MAX_KNOWN_WORDS = 200_000


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class ItalianTokenizer(Tokenizer):
    """Rasa's tokenizer of this project."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's base class expects; intents are never split."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """spaCy itself; no downloaded model."""
        return ["spacy"]

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._words = italian_words()
        self._split = _spacy_split()

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of one attribute of `message`, in order, never overlapping."""
        text = message.get(attribute)
        return [
            Token(text[start:end], start, end, lemma=word_form(text[start:end], self._words))
            for start, end in self._spans(readable(text))
        ]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        position = 0
        for whole in WHOLE.finditer(text):
            yield from self._words_between(text, position, whole.start())
            yield whole.span()
            position = whole.end()
        yield from self._words_between(text, position, len(text))

    def _words_between(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        position = start
        for sign in _SIGN_BETWEEN_WORDS.finditer(text, start, end):
            yield from self._split(text, position, sign.start())
            yield sign.span()
            position = sign.end()
        yield from self._split(text, position, end)


def _spacy_split() -> Any:
    """A function `(text, start, end)` → spans of the words. Its spaCy forgets what it learnt when that grows large."""
    import spacy

    nlp = spacy.blank("it")

    def split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        nonlocal nlp
        if len(nlp.vocab) > MAX_KNOWN_WORDS:
            nlp = spacy.blank("it")
        for word in nlp.tokenizer(text[start:end]):
            if word.text.strip():
                yield start + word.idx, start + word.idx + len(word.text)

    return split
