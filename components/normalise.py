"""How a customer's Italian is made comparable: one form for "perche", "perche'", "perché" and "xke".

Two levels, neither of which ever raises, whatever the characters:

- `fold(text)` works on characters and remembers where each came from; what finds numbers and addresses reads folded
  text and points back to the customer's own characters.
- `word_form(word, words)` works on one token and gives the form that becomes a feature of the intent classifier.

The lists of spellings are in italian.yml, for trainers.
"""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Callable, Mapping

import yaml

from components.plurals import both_numbers

WORDS_FILE = Path(__file__).with_name("italian.yml")

_SAME_LENGTH = {
    **dict.fromkeys("’‘‛ʼ＇`´′ʹ", "'"),
    **dict.fromkeys("“”„«»＂″", '"'),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    **dict.fromkeys("º˚", "°"),
}
_UNREADABLE = "\ufffd"
_READABLE = str.maketrans({**_SAME_LENGTH, **dict.fromkeys(map(chr, range(0xD800, 0xE000)), _UNREADABLE)})
_VERB_E = re.compile(r"(?:[èéÈÉ]|[eE][\u0300\u0301]|[eE]')'?")
_LAUGH = re.compile(r"(?:[ah]{4,}|(?:ah|ha|eh|he){2,}[ah]?)")
_RUN = re.compile(r"([a-z])\1\1")
_VOWEL_RUN = re.compile(r"([aeiou])\1{2,}")
_CONSONANT_RUN = re.compile(r"([a-z])\1{2,}")
_FINAL_RUN = re.compile(r"([a-z])\1{2,}$")
_GROUPED_DIGITS = re.compile(r"\d{1,3}(?:[.' ]\d{3})+")
_LONG_DIGITS = re.compile(r"\d{4,}")
MAX_DIGITS = 9
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTED = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}
_ACCENT_AS_SIGN = re.compile(r"(?<!\bp)(?<!\bm)(?<!\bd)([aeiou])'(?!\w)")  # not po', mo', da'


@dataclass(frozen=True)
class Folded:
    """Comparable text and, for each of its characters, where it stands in the original.

    Attributes:
        text: lower case, no accents, straight apostrophes, plain spaces and hyphens.
        starts, ends: one offset of the original per character of `text`.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that `text[start:end]` came from; `start < end`."""
        return self.starts[start], self.ends[end - 1]

    def place_of(self, offset: int) -> int:
        """Where in `text` that begins which the original has from `offset` on."""
        return bisect_left(self.starts, offset)


@dataclass(frozen=True)
class Words:
    """The lists of italian.yml, written there as folded text.

    Attributes:
        date_cues: words that tell whether a date near them is past (-1) or to come (1).
        colors: each form of a colour, and the colour.
        products: names of things, in singular and plural.
    """

    spellings: Mapping[str, str]
    elisions: Mapping[str, str]
    emoji: Mapping[str, str]
    hints: Mapping[str, frozenset[str]]
    between_name_and_number: frozenset[str]
    counted: frozenset[str]
    pieces: frozenset[str]
    worn: frozenset[str]
    in_pairs: frozenset[str]
    houses: frozenset[str]
    date_cues: Mapping[str, int]
    places: Mapping[str, str]
    streets: frozenset[str]
    football: frozenset[str]
    colors: Mapping[str, str]
    products: frozenset[str]
    email_slips: Mapping[str, str]
    tails: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def italian_words() -> Words:
    """The lists that come with Sportello, read once."""
    lists = yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))
    hints = {entity: frozenset(names) for entity, names in lists["hints"].items()}
    return Words(
        lists["spellings"],
        lists["elisions"],
        lists["emoji"],
        hints,
        frozenset(lists["between_name_and_number"]),
        frozenset(lists["counted"]),
        frozenset(lists["pieces"]),
        frozenset(lists["worn"]),
        frozenset(lists["in_pairs"]),
        frozenset(lists["houses"]),
        {word: sign for side, sign in (("past", -1), ("coming", 1)) for word in lists["dates"][side]},
        lists["places"],
        frozenset(lists["streets"]),
        frozenset(lists["football"]),
        {form: color for color, forms in lists["colors"].items() for form in (color, *forms)},
        frozenset(form for name in lists["products"] for form in both_numbers(name)),
        lists["email_slips"],
        {entity: frozenset(tails) for entity, tails in lists["tails"].items()},
    )


@lru_cache(maxsize=4)  # every extractor folds the same message
def fold(text: str) -> Folded:
    """Fold `text` character by character; accents written as separate marks belong to the letter before them."""
    return _folded(text)


@lru_cache(maxsize=4096)
def folded_word(word: str) -> str:
    """One word folded; common ones are remembered, since several components ask for each."""
    return _folded(word).text


def _folded(text: str) -> Folded:
    if text.isascii() and text.isprintable():
        return Folded(text.lower().replace("`", "'"), tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for position, character in enumerate(text):
        plain = _fold_character(character)
        if not plain and ends and unicodedata.category(character) == "Mn":
            ends[-1] = position + 1
        for piece in plain:
            folded.append(piece)
            starts.append(position)
            ends.append(position + 1)
    return Folded("".join(folded), tuple(starts), tuple(ends))


def readable(text: str) -> str:
    """`text` with straight apostrophes and no lone surrogates, every character where it was (same length)."""
    return text.translate(_READABLE)


def written_out(text: str, words: Words, corrected: Callable[[str], str] = str) -> str:
    """`text` as a careful writer writes it, for the sentence encoder, which is used to no other.

    In lower case, with "è" for "e'", chat spellings in full, letters repeated for emphasis once.

    Args:
        corrected: what each of its words was meant to be.
    """

    def written(found: re.Match[str]) -> str:
        short = words.spellings.get(found[0]) or _shorten(found[0])
        return words.spellings.get(short) or corrected(short)

    plain = _ACCENT_AS_SIGN.sub(lambda found: _ACCENTED[found[1]], readable(text).lower())
    return _WORD.sub(written, plain)


def words_of(text: str) -> list[str]:
    """Runs of letters."""
    return _WORD.findall(text)


def word_form(word: str, words: Words) -> str:
    """The form of one token that the classifier counts; never empty.

    "ciaoooo" → "ciao", "Perché" → "perche", "xke" → "perche", "E'" → "è", "dov'" → "dove", "104.233" → "__digits6__".
    """
    if _VERB_E.fullmatch(readable(word)):
        return "è"
    if word in words.emoji:
        return words.emoji[word]
    plain = folded_word(word).strip()
    return _known_form(plain, words) or plain or _UNREADABLE


def _known_form(plain: str, words: Words) -> str:
    if plain in words.spellings:
        return words.spellings[plain]
    if "@" in plain[1:]:
        return "__email__"
    if plain.endswith("'"):
        stem = plain.rstrip("'")
        return words.elisions.get(stem, stem)
    if any(c.isdigit() for c in plain):
        return _digits_form(plain)
    if _LAUGH.fullmatch(plain):
        return "ahah"
    short = _shorten(plain)
    return words.spellings.get(short, short)


def _digits_form(plain: str) -> str:
    """Numbers count by their length from four digits on; shorter ones are left to the featurizer, which merges them."""
    joined = _GROUPED_DIGITS.sub(lambda m: re.sub(r"\D", "", m.group()), plain)
    return _LONG_DIGITS.sub(lambda m: f"__digits{min(len(m.group()), MAX_DIGITS)}__", joined)


def _shorten(plain: str) -> str:
    """Letters repeated for emphasis: vowels and final letters once, consonants inside a word twice."""
    if not _RUN.search(plain):
        return plain
    return _CONSONANT_RUN.sub(r"\1\1", _FINAL_RUN.sub(r"\1", _VOWEL_RUN.sub(r"\1", plain)))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _SAME_LENGTH:
        return _SAME_LENGTH[character]
    if _is_surrogate(character):
        return _UNREADABLE
    if character.isspace():
        return " "
    decomposed = unicodedata.normalize("NFKD", character.casefold())
    return "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Cc"))


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
