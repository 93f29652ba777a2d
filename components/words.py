"""Splits Italian text into words: spaCy's rules, and numbers and addresses kept whole. No Rasa.

A word carries the customer's own characters and their offsets; its `lemma` is the comparable form
(`normalise.word_form`).
"""

import re
from typing import Any, Iterator, NamedTuple, Optional, Protocol, Sequence

from components.normalise import folded_word, italian_words, readable, word_form

MEANT = "meant"  # of a token: the one word it was meant to be, where it was corrected

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


class Word(NamedTuple):
    """`text[start:end]` of a message."""

    text: str
    start: int
    end: int
    lemma: str

    def get(self, _name: str) -> None:
        """Nothing more is known of it."""


class Token(Protocol):
    """What is read of a `Word`, or of Rasa's token."""

    @property
    def text(self) -> str:
        """The customer's own characters."""

    @property
    def start(self) -> int:
        """Where they begin."""

    @property
    def end(self) -> int:
        """Where they end."""

    @property
    def lemma(self) -> str:
        """The comparable form."""

    def get(self, name: str, /) -> Any:
        """What else is known of it, such as `MEANT`; None where nothing is."""


class Splitter:
    """Imports spaCy with the first text, or when it is told to. Forgets what spaCy learnt when that grows large."""

    def __init__(self) -> None:
        self._words, self._spacy = italian_words(), None

    def get_ready(self) -> None:
        """Import spaCy."""
        from components.light_spacy import spacy

        self._spacy: Optional[Any] = spacy.blank("it")

    def words(self, text: str) -> list[Word]:
        """In order, never overlapping."""
        return [
            Word(text[start:end], start, end, word_form(text[start:end], self._words))
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

    def _split(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        if self._spacy is None or len(self._spacy.vocab) > MAX_KNOWN_WORDS:
            self.get_ready()
        for word in self._spacy.tokenizer(text[start:end]):
            if word.text.strip():
                yield start + word.idx, start + word.idx + len(word.text)


def words_of_all(texts: Sequence[str]) -> list[list[Word]]:
    """The words of each text."""
    splitter = Splitter()
    return [splitter.words(text) for text in texts]


def meant_form(token: Token) -> str:
    """A token's word without accents and capitals, as it was meant."""
    return folded_word(token.get(MEANT) or token.text)
