"""A labelled sentence, in the syntax of Rasa's examples; and how a customer's own words are put into that syntax."""

import re
from dataclasses import dataclass
from typing import Iterable, Sequence

from check.sentences import ANNOTATION, Span

# Rasa knows no escapes: a bracket always begins an annotation, and in a file without accents its reader
# takes "\u0041" for a character.
BRACKETS = str.maketrans("[]", "()")
BACKSLASH = str.maketrans("\\", "/")
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ud800-\udfff\ufffe\uffff\u200b\u200e\u200f\u202a-\u202e\u2060]")


@dataclass(frozen=True)
class Label:
    """A sentence and the intent somebody gave it.

    Attributes:
        text: with annotations, `[48213](order_number)`; one line: `one_line` of what was given.
        intent: as in domain.yml.
        held_out: whether it is kept aside for measuring instead of learnt.
    """

    text: str
    intent: str
    held_out: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", one_line(self.text))

    @property
    def plain(self) -> str:
        """The sentence without annotations."""
        return ANNOTATION.sub(lambda found: found["words"], self.text)


def one_line(text: str) -> str:
    """`text` as it can stand in a file: ends of lines and runs of blanks are one blank, unseen characters go."""
    return " ".join(UNSEEN.sub(" ", text).translate(BACKSLASH).split())


def annotated(text: str, spans: Iterable[Span] = ()) -> str:
    """A customer's words with their entities marked, for `Label.text`.

    Brackets of the customer's become round ones, and blanks and unseen characters are as in `one_line`.

    Args:
        text: as the customer wrote it.
        spans: entities by their places in `text`; none begins before the one before has ended.

    Raises:
        ValueError: spans lie outside the text, are empty, or overlap.
    """
    ordered: Sequence[Span] = sorted(spans, key=lambda span: span.start)
    pieces, after = [], 0
    for span in ordered:
        words = one_line(text[span.start : span.end])
        if not after <= span.start < span.end <= len(text) or not words:
            raise ValueError(f"span {span.start}-{span.end} in {len(text)} characters")
        pieces += [text[after : span.start].translate(BRACKETS), f"[{words.translate(BRACKETS)}]({span.entity})"]
        after = span.end
    return one_line("".join([*pieces, text[after:].translate(BRACKETS)]))
