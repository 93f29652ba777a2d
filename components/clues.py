"""What lists and grammars say of each word of a message before the tagger decides: clues, not answers.

"Alba" is a town and a chair; "10" is a day, a size or some pieces. The tagger learns how far to trust each clue.
"""

import re
from bisect import bisect_left, bisect_right
from typing import Sequence

from components.dates import date_spans
from components.found import Found
from components.how_large import LETTERS, size_spans
from components.how_many import quantity_spans
from components.normalise import fold, italian_words
from components.numerals import number_in_words
from components.places import gazetteer, is_nearly_a_chief_town, named_at
from components.words import Token, meant_form

Clues = list[str]
_DIGITS = re.compile(r"\d{1,5}|\d{1,3}[.]\d{3}")
_ARTICLES = ("un", "uno", "una")
# What numbers up to there may be: pieces, days or small sizes; sizes of clothes and shoes; pieces or measures.
_MAGNITUDES = ((12, "few"), (31, "day"), (62, "worn"), (99, "two_digits"), (999, "three_digits"))
_BEFORE_TOWNS = frozenset({"a", "ad", "di", "da", "in", "per", "su", "vicino", "zona", "citta", "provincia"})
_COUNTED = ("product", "pieces", "counted", "color")


def clues_of(tokens: Sequence[Token], text: str, taken: Sequence[Found], telling: bool) -> list[Clues]:
    """The clues of each token.

    Args:
        text: the message that the tokens are of.
        taken: what rules found in it before.
        telling: whether capitals tell names from other words.
    """
    forms = [meant_form(token) for token in tokens]
    places = _Places(tokens)
    clues: list[Clues] = [_of_word(form, token.text, telling) for form, token in zip(forms, tokens)]
    _mark_counts(clues)
    _mark_numbers(clues, forms)
    _mark_misspelt_towns(clues, forms)
    folded = fold(text)
    for name, spans in (
        ("date", date_spans(folded.text)),
        ("size", size_spans(folded.text)),
        ("quantity", quantity_spans(folded.text)),
    ):
        original = (folded.original_span(*span) for span in spans)
        _mark(clues, name, [places.inside(*span) for span in sorted(original, key=lambda s: (s[0], -s[1]))])
    for first, after, chief in named_at(forms, gazetteer()):
        _mark(clues, "chief" if chief else "town", [range(first, after)])
        if first and telling and tokens[first].text[:1].isupper():
            clues[first].append("named")
    for found in taken:
        _mark(clues, f"is_{found.entity}", [places.inside(found.start, found.end)])
    return clues


def capitals_tell(text: str) -> bool:
    """Whether capitals tell names from other words in a message: some letters after the first are, not most."""
    letters = [sign for sign in text[1:] if sign.isalpha()]
    return 0 < sum(map(str.isupper, letters)) <= len(letters) // 2


def _of_word(form: str, written: str, telling: bool) -> Clues:
    words = italian_words()
    clues = []
    if form in words.colors:
        clues.append("color")
    if form in words.products:
        clues.append("product")
    if form in words.counted:
        clues.append("counted")
    if form in words.streets:
        clues.append("street")
    if form in LETTERS and (len(form) > 1 or (telling and written.isupper())):
        clues.append("letter_size")
    if form in words.pieces:
        clues.append("pieces")
    if _DIGITS.fullmatch(form) or (form not in _ARTICLES and number_in_words(form) is not None):
        clues.append("number")
    return clues


def _mark_counts(clues: list[Clues]) -> None:
    """A number says more together with what it counts: "40 sedie", "40 pezzi", "40 giorni"."""
    for number, counted in zip(clues, clues[1:]):
        if "number" in number:
            number += [f"number_of_{clue}" for clue in counted if clue in _COUNTED]


def _mark_numbers(clues: list[Clues], forms: Sequence[str]) -> None:
    """How large a number is, and whether the message speaks of what is worn: a size of shoes is not 120."""
    worn = any(form in italian_words().worn for form in forms)
    for form, clue in zip(forms, clues):
        if "number" in clue:
            number = int(form) if form.isdigit() else number_in_words(form)
            size = "other" if number is None else next((name for most, name in _MAGNITUDES if number <= most), "large")
            clue.append(f"of={size}")
            if worn:
                clue.append(f"worn={size}")


def _mark_misspelt_towns(clues: list[Clues], forms: Sequence[str]) -> None:
    """A word after "a" or "di" that is a chief town but for a slip."""
    for before, form, clue in zip(forms, forms[1:], clues[1:]):
        if before in _BEFORE_TOWNS and is_nearly_a_chief_town(form):
            clue.append("town_with_a_slip")


class _Places:
    """Which tokens lie where."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._starts, self._ends = [token.start for token in tokens], [token.end for token in tokens]

    def inside(self, start: int, end: int) -> range:
        """Places of the tokens that lie in the span."""
        return range(bisect_left(self._starts, start), bisect_right(self._ends, end))


def _mark(clues: list[Clues], name: str, spans: Sequence[range]) -> None:
    """Note where each span begins and goes on; one inside another adds nothing."""
    reached = -1
    for span in spans:
        if not span or span[0] <= reached:
            continue
        for i in span:
            clues[i].append(f"{name}={'B' if i == span[0] else 'I'}")
        reached = span[-1]
