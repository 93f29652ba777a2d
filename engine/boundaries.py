"""Between which words of a message another request may begin, and what the words there tell.

No parse is needed here, so that a message that surely holds one request costs nothing more.
"""

import re
from dataclasses import dataclass
from typing import Iterator, Mapping, Optional, Sequence

from components.normalise import italian_words, readable, word_form

PIECE = re.compile(
    r"""
      [^\s@]+@[^\s@]+\w                      # an address
    | \b\w(?:\.\w)+\b                       # p.s.
    | \w+(?:[.,/-](?=\d)\w+)*['’`´]?        # 59,90, R-20871, dov'
    | \n
    | [^\w\s]
    """,
    re.VERBOSE,
)
NONE = "-"
SIGNS = {
    ",": "comma",
    ".": "stop",
    "…": "stop",
    "?": "asked",
    "!": "stop",
    ";": "semicolon",
    ":": "colon",
    "\n": "line",
}
LISTED = re.compile(r"(?:\d|[a-d])$")
LIST_SIGNS, ITEM = (")", "."), "item"  # "1) …"
MOST_COUNTED, MOST_BEFORE = 6, 16  # words on each side that are counted, and that are looked at for that
MOST_WORDS = 250  # more is nothing that a customer asks

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """A word or a sign: its comparable form and where it stands."""

    form: str
    start: int
    end: int

    @property
    def is_sign(self) -> bool:
        return not any(character.isalnum() for character in self.form)


@dataclass(frozen=True)
class Boundary:
    """A place where a message may be cut.

    Attributes:
        end: where what comes before ends, signs included.
        start: where what comes after begins, after the words that only join ("e poi").
        sign: kind of the sign before, empty without one.
        joints: kinds of the words that join.
        clues: names of what speaks for or against a cut here.
    """

    end: int
    start: int
    sign: str
    joints: frozenset[str]
    clues: tuple[str, ...]


def words_of(text: str, start: int = 0, end: Optional[int] = None) -> list[Word]:
    """Words and signs of `text`, or of a part of it, in order; `Word.start` counts from the beginning of `text`."""
    known = italian_words()
    found = PIECE.finditer(readable(text), start, len(text) if end is None else end)
    return [Word(word_form(piece[0], known).strip("'") or piece[0], *piece.span()) for piece in found]


class Boundaries:
    """Finds the places.

    Args:
        joints: words that join requests and are no part of them, as `phrases` makes them; each with its kind.
    """

    def __init__(self, joints: Mapping[Phrase, str]) -> None:
        self._joints = joints
        self._longest = max(map(len, joints), default=0)

    def among(self, text: str, start: int = 0, end: Optional[int] = None) -> list[Boundary]:
        """Every place between two words of a part of `text`, in order; none in what is too long to be read."""
        words = words_of(text, start, end)
        return list(self._among(words)) if len(words) <= MOST_WORDS else []

    def beginning(self, text: str, start: int, end: int) -> int:
        """Where a part of `text` begins that is no joint; `start` where it holds nothing else."""
        words = words_of(text, start, end)
        place, _ = self._without_joints(words, 0)
        return words[place].start if 0 < place < len(words) else start

    def _without_joints(self, words: Sequence[Word], place: int) -> tuple[int, frozenset[str]]:
        """Where the words after the joints at `place` begin, and the kinds of these joints."""
        kinds: set[str] = set()
        while place < len(words):
            length = self._joint_length(words, place)
            if length:
                kinds.add(self._joints.get(tuple(word.form for word in words[place : place + length]), ITEM))
            elif not (kinds and words[place].is_sign):
                break
            place += length or 1
        return place, frozenset(kinds)

    def _among(self, words: Sequence[Word]) -> Iterator[Boundary]:
        place = self._without_joints(words, 0)[0] + 1
        while place < len(words):
            start, kinds = self._without_joints(words, place)
            if start < len(words) and not words[start].is_sign:
                sign = _sign_before(words, place)
                clues = _clues(words, place, start, sign, kinds)
                yield Boundary(words[place - 1].end, words[start].start, sign, kinds, clues)
            place = start + 1

    def _joint_length(self, words: Sequence[Word], place: int) -> int:
        if LISTED.match(words[place].form) and place + 1 < len(words) and words[place + 1].form in LIST_SIGNS:
            return 2
        for length in range(min(self._longest, len(words) - place), 0, -1):
            if tuple(word.form for word in words[place : place + length]) in self._joints:
                return length
        return 0


def phrases(texts: Sequence[str]) -> list[Phrase]:
    """Each text as the forms of its words."""
    return [tuple(word.form for word in words_of(str(text)) if not word.is_sign) for text in texts]


def _clues(words: Sequence[Word], place: int, start: int, sign: str, kinds: frozenset[str]) -> tuple[str, ...]:
    before = [word.form for word in words[max(0, place - MOST_BEFORE) : place] if not word.is_sign]
    after = [word.form for word in words[start : start + MOST_BEFORE] if not word.is_sign]
    (one_before, last), (first, second) = [NONE, NONE, *before][-2:], [*after, NONE, NONE][:2]
    sign, joint = sign or NONE, "+".join(sorted(kinds)) or NONE
    return (
        f"sign={sign}",
        f"joint={joint}",
        f"sign,joint={sign},{joint}",
        f"first={first}",
        f"first,second={first} {second}",
        f"last={last}",
        f"last={one_before} {last}",
        f"joined={words[place].form}" if kinds else f"bare,first={sign == NONE},{first}",
        f"before={min(len(before), MOST_COUNTED)}",
        f"after={min(len(after), MOST_COUNTED)}",
    )


def _sign_before(words: Sequence[Word], place: int) -> str:
    """Kind of the first of the signs at which the words before end."""
    sign = ""
    while place and words[place - 1].is_sign:
        place -= 1
        sign = SIGNS.get(words[place].form, "other")
    return sign
