"""Writes a sentence as it comes out of a hurried keyboard: slips, missing accents, apostrophes and spaces, capitals.

Pure functions of a sentence and a seeded `random.Random`; the entities' spans follow their words. What holds a digit
or an "@" (numbers, dates, amounts, e-mails) is never touched, nor is the space beside it: there a changed character
would be another datum, not another way to write the same.

What is realistic is written down here once, by kind:

- slips (`neighbour`, `doubled`, `dropped`, `swapped`) and `glued_words`: one in a message of less than `LONG`
  characters, one or two in a longer one, each in a word of its own. A slip hits words of at least `LEAST_LETTERS`
  letters, and not their first letter, which is seldom missed. Keys are those of an Italian keyboard.
- accents, apostrophes, capitals: habits, so they hold for the whole message.
- `stretched`: one word ends with its vowel three to five times. `chat`: at least one word of those that have a short
  form in chats, each other one with an even chance.
"""

import re
import unicodedata
from dataclasses import replace
from random import Random
from typing import Callable, Iterable, Mapping, NamedTuple, Optional, Sequence

from evaluation.labelled import Labelled, Span

LONG = 40
LEAST_LETTERS = 4
KEYBOARD = ("1234567890'ì", "qwertyuiopè+", "asdfghjklòàù", "zxcvbnm,.-")  # each row half a key right of the one above
SHORT_FORMS = {
    "anche": ("anke",),
    "bene": ("bn",),
    "che": ("ke",),
    "chi": ("ki",),
    "come": ("cm",),
    "comunque": ("cmq",),
    "con": ("cn",),
    "cosa": ("cs",),
    "dove": ("dv",),
    "grazie": ("grz",),
    "non": ("nn",),
    "per": ("x",),
    "perché": ("xke", "xk", "perke"),
    "qualcosa": ("qlcs",),
    "qualcuno": ("qlcn",),
    "quando": ("qnd",),
    "quanto": ("qnt",),
    "questa": ("qsta",),
    "questo": ("qst",),
    "sempre": ("smp",),
    "sono": ("sn",),
    "tutto": ("tt",),
}

_PROTECTED = re.compile(r"\S*[\d@]\S*")
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’](?=[^\W\d_])")
_SPACE = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")
_FINAL_ACCENT = re.compile(r"[àèéìòùÀÈÉÌÒÙ](?![^\W\d_])")


class Edit(NamedTuple):
    """`text[start:end]`, at least one character, becomes `written`."""

    start: int
    end: int
    written: str


Change = Callable[[str, Random], Sequence[Edit]]


def perturbed(sentence: Labelled, kind: str, rng: Random) -> Optional[Labelled]:
    """`sentence` written in another way, with the spans where its entities are now.

    Args:
        kind: one of `KINDS`.

    Returns:
        None where that kind has nothing to change.
    """
    text = sentence.text
    edits = sorted(edit for edit in KINDS[kind](text, rng) if text[edit.start : edit.end] != edit.written)
    if not edits:
        return None
    spans = frozenset(Span(s.entity, _moved(s.start, edits), _moved(s.end, edits)) for s in sentence.entities)
    return replace(sentence, text=_written(text, edits), entities=spans)


def perturbed_once(sentence: Labelled, rng: Random) -> tuple[Optional[str], Labelled]:
    """`sentence` changed in one kind, drawn from those that change it; with the kind, None where none does."""
    for kind in rng.sample(sorted(KINDS), len(KINDS)):
        changed = perturbed(sentence, kind, rng)
        if changed is not None:
            return kind, changed
    return None, sentence


def neighbours(key: str) -> str:
    """The letters beside a letter's key, above and below it too; none for what has no key of its own."""
    for row, keys in enumerate(KEYBOARD):
        if key in keys:
            column = keys.index(key)
            near = [(row, column - 1), (row, column + 1)]
            near += [(row - 1, column), (row - 1, column + 1), (row + 1, column - 1), (row + 1, column)]
            there = (KEYBOARD[r][c] for r, c in near if 0 <= r < len(KEYBOARD) and 0 <= c < len(KEYBOARD[r]))
            return "".join(key for key in there if key.isalpha())
    return ""


def _neighbour(text: str, rng: Random) -> list[Edit]:
    def miss(start: int, end: int) -> Edit:
        at = rng.choice([n for n in range(start, end) if neighbours(text[n].lower())] or [start])
        near = neighbours(text[at].lower())
        return Edit(at, at + 1, _like(text[at], rng.choice(near)) if near else text[at])

    return _slips(text, rng, miss)


def _doubled(text: str, rng: Random) -> list[Edit]:
    def twice(start: int, end: int) -> Edit:
        at = rng.randrange(start, end)
        return Edit(at, at + 1, text[at] * 2)

    return _slips(text, rng, twice)


def _dropped(text: str, rng: Random) -> list[Edit]:
    def drop(start: int, end: int) -> Edit:
        at = rng.randrange(start, end)
        return Edit(at, at + 1, "")

    return _slips(text, rng, drop)


def _swapped(text: str, rng: Random) -> list[Edit]:
    def swap(start: int, end: int) -> Edit:
        at = rng.choice([n for n in range(start, end - 1) if text[n] != text[n + 1]] or [start])
        return Edit(at, at + 2, text[at + 1] + text[at])

    return _slips(text, rng, swap)


def _without_accents(text: str, _rng: Random) -> list[Edit]:
    return [Edit(n, n + 1, _plain(text[n])) for n in _free(text, range(len(text))) if _plain(text[n]) != text[n]]


def _apostrophes_for_accents(text: str, _rng: Random) -> list[Edit]:
    found = (match.start() for match in _FINAL_ACCENT.finditer(text))
    return [Edit(n, n + 1, _plain(text[n]) + "'") for n in _free(text, found)]


def _without_apostrophes(text: str, rng: Random) -> list[Edit]:
    instead = rng.choice(("", " "))
    found = (match.start() for match in _APOSTROPHE.finditer(text))
    return [Edit(n, n + 1, instead) for n in _free(text, found)]


def _curly_apostrophes(text: str, _rng: Random) -> list[Edit]:
    return [Edit(n, n + 1, "’") for n in _free(text, range(len(text))) if text[n] == "'"]


def _glued_words(text: str, rng: Random) -> list[Edit]:
    spaces = [match.start() for match in _SPACE.finditer(text) if _is_free(text, match.start() - 1, match.end() + 1)]
    return [Edit(n, n + 1, "") for n in rng.sample(spaces, min(_how_many(text, rng), len(spaces)))]


def _capitals(text: str, _rng: Random) -> list[Edit]:
    return [Edit(n, n + 1, text[n].upper()) for n in _free(text, range(len(text))) if len(text[n].upper()) == 1]


def _no_capitals(text: str, _rng: Random) -> list[Edit]:
    return [Edit(n, n + 1, text[n].lower()) for n in _free(text, range(len(text))) if len(text[n].lower()) == 1]


def _stretched(text: str, rng: Random) -> list[Edit]:
    ends = [end - 1 for _, end in _words(text, least=2) if _plain(text[end - 1]).lower() in "aeiou"]
    if not ends:
        return []
    at = rng.choice(ends)
    return [Edit(at, at + 1, text[at] * rng.randint(3, 5))]


def _chat(text: str, rng: Random) -> list[Edit]:
    known = [(start, end) for start, end in _words(text, least=3) if text[start:end].lower() in SHORT_FORMS]
    if not known:
        return []
    surely = rng.choice(known)
    return [
        Edit(start, end, _like(text[start:end], rng.choice(SHORT_FORMS[text[start:end].lower()])))
        for start, end in known
        if (start, end) == surely or rng.random() < 0.5
    ]


KINDS: Mapping[str, Change] = {
    "neighbour": _neighbour,
    "doubled": _doubled,
    "dropped": _dropped,
    "swapped": _swapped,
    "without_accents": _without_accents,
    "apostrophes_for_accents": _apostrophes_for_accents,
    "without_apostrophes": _without_apostrophes,
    "curly_apostrophes": _curly_apostrophes,
    "glued_words": _glued_words,
    "capitals": _capitals,
    "no_capitals": _no_capitals,
    "stretched": _stretched,
    "chat": _chat,
}


def _slips(text: str, rng: Random, slip: Callable[[int, int], Edit]) -> list[Edit]:
    """`slip` in as many words as is realistic; it gets the word without its first letter."""
    words = _words(text, least=LEAST_LETTERS)
    return [slip(start + 1, end) for start, end in rng.sample(words, min(_how_many(text, rng), len(words)))]


def _how_many(text: str, rng: Random) -> int:
    return 1 if len(text) < LONG else rng.randint(1, 2)


def _words(text: str, least: int) -> list[tuple[int, int]]:
    """Where the words of at least `least` letters stand that may be changed."""
    found = (match.span() for match in _WORD.finditer(text))
    return [(start, end) for start, end in found if end - start >= least and _is_free(text, start, end)]


def _free(text: str, positions: Iterable[int]) -> list[int]:
    protected = {n for match in _PROTECTED.finditer(text) for n in range(*match.span())}
    return [n for n in positions if n not in protected]


def _is_free(text: str, start: int, end: int) -> bool:
    return all(match.end() <= start or end <= match.start() for match in _PROTECTED.finditer(text))


def _plain(letter: str) -> str:
    """A letter without its accent; anything else as it is."""
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() and first.isalpha() else letter


def _like(model: str, written: str) -> str:
    return written.upper() if model.isupper() else written


def _moved(position: int, edits: Sequence[Edit]) -> int:
    return position + sum(len(edit.written) - (edit.end - edit.start) for edit in edits if edit.end <= position)


def _written(text: str, edits: Sequence[Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.written]
        done = edit.end
    return "".join([*pieces, text[done:]])
