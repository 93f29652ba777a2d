"""What in a customer's sentence tells who he is: found, hidden from trainers, and replaced by something invented.

Numbers, addresses and codes follow rules; names and streets are found by what stands before them, by words that no
sentence of the training data has, by common first names and surnames side by side, by an e-mail address in the same
text, and by what else is known of a conversation. Too much is hidden rather than too little: a trainer sees dots, and
can write what fits. What to look for, and what to write instead, is in personal.yml.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import dropwhile
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence

import yaml

from base.layers import Layers
from base.plain import plain
from switchboard.masking import ADDRESS, DOT, personal_places
from switchboard.masking import CODE as CODE_SIGNS
from switchboard.vocabulary import Vocabulary

Mask = Callable[[str], str]  # hides what is personal; the length stays

FILE = Path(__file__).with_name("personal.yml")
EMAIL, HANDLE, LINK, NAME, STREET, CODE, DATE = "email", "handle", "link", "name", "street", "code", "date"
MOST_NAMES = 4  # words of one name
SURE_NAMES = 2  # so many words after "mi chiamo" are a name, whatever they are
KEPT_DIGITS = 2  # the first of an invented number are those that were there: an order stays an order
SHOUTING = 0.6  # the share of capitals from which they tell nothing

URL = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
DAY = re.compile(r"\b\d{1,2}(?P<sign>[./-])\d{1,2}(?P=sign)(?:\d{4}|\d{2})\b")
AT = re.compile(r"(?<![\w@])@\w{2,}")
WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?\n]\s*[\"'«(]*$")
NUMBER_AFTER = re.compile(r"[\s,]*(?:n(?:[.°]|umero|r)?\s*)?\d+(?:\s?/?\s?[a-z]\b)?", re.IGNORECASE)
MOST_STREET = 4
SHORTEST_NAME = 3  # letters of a name that is found without a word before it
THEN_A_NUMBER = re.compile(
    r"[\s,;:.-]*(?:(?:il|mio|l['’])\s?)*(?:ordine|numero|num|nr|n\s?[.°]|reso|preventivo|tel|cell|\d|[^\s@]+@)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """Something personal in a text; `end` is not included."""

    kind: str
    start: int
    end: int


class Personal:
    """Finds it, with the words of the training data to tell names from other words."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary, self._cues = vocabulary, _cues()

    @classmethod
    def load(cls, layers: Layers) -> "Personal":
        """With the words of both layers' training data, which takes a moment to read."""
        return cls(Vocabulary.load(layers))

    def masked(self, text: str, names: frozenset[str] = frozenset()) -> str:
        """`text` with everything personal as dots; its length stays.

        Args:
            names: words of names that are known of the conversation (`names_in`).
        """
        signs = list(text)
        own = [Found(NAME, *word.span()) for word in WORDS.finditer(text) if plain(word[0]) in names]
        for one in (*own, *self.found(text)):
            for place in range(one.start, one.end):
                signs[place] = signs[place] if signs[place].isspace() else DOT
        for place in personal_places(text):
            signs[place] = DOT
        return "".join(signs)

    def names_in(self, texts: Iterable[str], names: Iterable[str] = ()) -> frozenset[str]:
        """The words of names that are told somewhere in a conversation, and that are no ordinary words.

        Args:
            texts: what was written in it.
            names: those that the records tell which it is about.
        """
        told = (text[one.start : one.end] for text in texts for one in self.found(text) if one.kind in (NAME, EMAIL))
        return frozenset(word for one in (*told, *names) for word in self.words_of_name(one))

    def words_of_name(self, name: str) -> Iterator[str]:
        """The words of a name or of the first part of an address by which it is known elsewhere."""
        for word in WORDS_OF_ONE.findall(plain(name.partition("@")[0])):
            if len(word) >= SHORTEST_NAME and not self._is_known(word):
                yield word

    def invented(self, text: str) -> str:
        """`text` with something of the same shape, always the same, instead of everything personal."""
        pieces, after = [], 0
        for one in self.found(text):
            pieces += [_other_digits(text[after : one.start]), self._instead(one, text[one.start : one.end])]
            after = one.end
        return "".join([*pieces, _other_digits(text[after:])])

    def found(self, text: str) -> list[Found]:
        """Addresses, names, streets and the like, in order, none inside another; numbers besides these are not told."""
        every = [
            *(Found(LINK, *one.span()) for one in URL.finditer(text)),
            *(Found(EMAIL, *one.span()) for one in ADDRESS.finditer(text)),
            *(Found(HANDLE, *one.span()) for one in AT.finditer(text)),
            *(Found(CODE, *one.span()) for one in CODE_SIGNS.finditer(text)),
            *(Found(DATE, *one.span()) for one in DAY.finditer(text)),
            *self._streets(text),
            *self._names(text),
        ]
        kept: list[Found] = []
        for one in sorted(every, key=lambda found: (found.start, -found.end)):
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
            elif one.kind == kept[-1].kind == NAME:  # "anna maria" and "maria brambilla"
                kept[-1] = Found(NAME, kept[-1].start, max(one.end, kept[-1].end))
        return kept

    def _names(self, text: str) -> Iterator[Found]:
        aside = [one.span() for one in (*ADDRESS.finditer(text), *URL.finditer(text))]
        words = [word for word in WORDS.finditer(text) if not any(a <= word.start() < b for a, b in aside)]
        for cue in self._cues.surely.finditer(text):
            yield from self._name_from(words, cue.end(), surely=True)
        for cue in self._cues.perhaps.finditer(text):
            yield from self._name_from(words, cue.end(), surely=False)
        yield from self._pairs(text, words)
        yield from self._before_numbers(text, words)
        yield from self._as_in_addresses(text, words)
        if not _shouts(text):
            yield from self._capitals(text, words)

    def _name_from(self, words: Sequence["re.Match[str]"], place: int, surely: bool) -> Iterator[Found]:
        """The words of a name that begins at `place`: all that can be one, or only those that look like one."""
        following = [word for word in words if word.start() >= place][:MOST_NAMES]
        last, end = place, 0
        for count, word in enumerate(following):
            if word.start() - last > 3:
                break
            last = word.end()
            if end and plain(word[0]) in self._cues.particles:
                continue  # part of the name if something follows that is
            if not self._may_be_name(word[0], surely=surely and count < SURE_NAMES):
                break
            surely = surely or self._is_first_name(word[0])
            end = word.end()
        if end:
            yield Found(NAME, following[0].start(), end)

    def _may_be_name(self, word: str, surely: bool) -> bool:
        first = WORDS_OF_ONE.findall(plain(word))[0]
        if first in self._cues.no_names or len(word) < 2:
            return False
        return surely or word[0].isupper() or self._is_first_name(word) or not self._vocabulary.knows(word)

    def _is_surname(self, word: str) -> bool:
        return plain(word) in self._cues.surnames

    def _is_first_name(self, word: str) -> bool:
        return plain(word) in self._cues.first_names

    def _pairs(self, text: str, words: Sequence["re.Match[str]"]) -> Iterator[Found]:
        """A common first name with a surname before or after it, in small letters too: "rossi mario"."""
        for place, word in enumerate(words):
            if not self._is_first_name(word[0]):
                continue
            before, after = words[max(0, place - 1) : place], list(words[place + 1 : place + 3])
            if len(after) == 2 and _side_by_side(text, *after) and plain(after[0][0]) in self._cues.particles:
                after = after[1:] if _side_by_side(text, word, after[0]) else []
            elif after and not _side_by_side(text, word, after[0]):
                after = []
            if before and _side_by_side(text, before[0], word) and self._may_go_with(word[0], before[0][0]):
                yield Found(NAME, before[0].start(), word.end())
            if after and self._may_go_with(word[0], after[0][0]):
                yield Found(NAME, word.start(), after[0].end())

    def _may_go_with(self, first_name: str, word: str) -> bool:
        """Whether it is the surname of such a first name, and the first name not an ordinary word beside another."""
        if len(word) < SHORTEST_NAME or plain(word) in self._cues.no_names:
            return False
        if plain(first_name) in self._cues.ordinary_first_names:
            return self._is_surname(word) and not self._is_known(word)
        return self._is_surname(word) or self._is_first_name(word) or not self._is_known(word)

    def _before_numbers(self, text: str, words: Sequence["re.Match[str]"]) -> Iterator[Found]:
        """Two words at the beginning that are no ordinary ones, and then a number: "cucuzza wanda 104277"."""
        pair = list(dropwhile(lambda one: plain(one[0]) in self._cues.greetings, words))[:2]
        if len(pair) < 2 or not _side_by_side(text, *pair) or not THEN_A_NUMBER.match(text, pair[1].end()):
            return
        if all(len(one[0]) >= SHORTEST_NAME and not self._is_known(one[0]) for one in pair):
            yield Found(NAME, pair[0].start(), pair[1].end())

    def _as_in_addresses(self, text: str, words: Sequence["re.Match[str]"]) -> Iterator[Found]:
        """Words that an e-mail address in the same text is made of."""
        told = {name for one in ADDRESS.finditer(text) for name in self.words_of_name(one[0])}
        yield from (Found(NAME, *word.span()) for word in words if plain(word[0]) in told)

    def _capitals(self, text: str, words: Sequence["re.Match[str]"]) -> Iterator[Found]:
        """First names with a capital and what follows with one; other words with a capital that are no ordinary ones.

        Such others count at the beginning of a sentence only where two follow each other.
        """
        capitals = [word for word in words if word[0][0].isupper() and len(word[0]) > 1]
        for place, word in enumerate(capitals):
            follows = capitals[place + 1] if place + 1 < len(capitals) else None
            near = follows is not None and follows.start() - word.end() <= 1
            if self._is_first_name(word[0]):
                yield Found(NAME, word.start(), follows.end() if follows and near else word.end())
            elif not self._is_known(word[0]):
                before = text[: word.start()]
                begins = not before.strip() or SENTENCE_END.search(before) is not None
                if not begins or (follows and near and not self._is_known(follows[0])):
                    yield Found(NAME, word.start(), word.end())

    def _is_known(self, word: str) -> bool:
        parts = WORDS_OF_ONE.findall(word)
        return all(self._vocabulary.knows(part) or plain(part) in self._cues.no_names for part in parts)

    def _streets(self, text: str) -> Iterator[Found]:
        for cue in self._cues.streets.finditer(text):
            rest = list(WORDS.finditer(text, cue.end()))
            if not rest or plain(rest[0][0]) in self._cues.no_streets or text[cue.end() : rest[0].start()].strip(" ."):
                continue
            end = self._street_end(text, rest[:MOST_STREET])
            if end:
                yield Found(STREET, cue.start(), end)

    def _street_end(self, text: str, words: Sequence["re.Match[str]"]) -> int:
        """Where a street with its number ends; 0 where it is none: no number, no capital, only ordinary words."""
        for word in words:
            number = NUMBER_AFTER.match(text, word.end())
            if number:
                return number.end()
        last = 0
        for word in words:
            if word[0][0].isupper() or not self._vocabulary.knows(word[0]):
                last = word.end()
            elif len(word[0]) > 4:
                break
        return last

    def _instead(self, one: Found, words: str) -> str:
        pick, given = _Pick(words), self._cues.invented
        if one.kind == EMAIL:
            ending = words[-1] if words[-1] in ".!?" else ""
            return f"{pick.of(given['names'])}.{pick.of(given['surnames'])}@{given['domain']}".lower() + ending
        if one.kind == DATE:
            return re.sub(r"\d+", lambda found: pick.day(found[0]), words)
        if one.kind == CODE:
            return _other_digits(words)
        if one.kind == HANDLE:
            return f"@{pick.of(given['names'])}{pick.of(given['surnames'])}".lower()
        if one.kind == LINK:
            return f"https://www.{given['domain']}"
        if one.kind == STREET:
            first, _, rest = words.partition(" ")
            number = f" {1 + pick.number(90)}" if any(sign.isdigit() for sign in rest) else ""
            return f"{first} {pick.of(given['streets'])}{number}"
        name = [pick.of(given["names"]), pick.of(given["surnames"])][: max(1, min(2, len(words.split())))]
        return " ".join(name) if words[0].isupper() else " ".join(name).lower()


WORDS_OF_ONE = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class _Cues:
    surely: "re.Pattern[str]"
    perhaps: "re.Pattern[str]"
    streets: "re.Pattern[str]"
    no_names: frozenset[str]
    first_names: frozenset[str]
    ordinary_first_names: frozenset[str]
    surnames: frozenset[str]
    greetings: frozenset[str]
    particles: frozenset[str]
    no_streets: frozenset[str]
    invented: Mapping[str, Any]


class _Pick:
    """Chooses by the words themselves: the same ones are always replaced alike, and by none of their own."""

    def __init__(self, words: str) -> None:
        self._words = plain(words)
        self._digest = int.from_bytes(sha256(words.casefold().encode("utf-8", "replace")).digest(), "big")

    def number(self, below: int) -> int:
        self._digest, chosen = divmod(self._digest, below)
        return chosen

    def day(self, digits: str) -> str:
        """A number that a day, a month or a year can have, of as many digits."""
        number = 1 + self.number(9) if len(digits) < 4 else 1960 + self.number(40)
        return str(number).zfill(len(digits))

    def of(self, choices: Sequence[str]) -> str:
        others = [choice for choice in choices if plain(choice) not in self._words]
        return others[self.number(len(others))]


@lru_cache(maxsize=1)
def _cues() -> _Cues:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return _Cues(
        _before(content["before_names"]),
        _before(content["perhaps_before_names"]),
        re.compile(rf"(?<!\w)(?:{_any(content['streets'])})(?!\w)", re.IGNORECASE),
        frozenset(map(plain, content["no_names"])),
        frozenset(map(plain, content["first_names"])),
        frozenset(map(plain, content["ordinary_first_names"])),
        frozenset(map(plain, content["surnames"])),
        frozenset(map(plain, content["greetings"])),
        frozenset(map(plain, content["particles"])),
        frozenset(map(plain, content["no_streets"])),
        content["invented"],
    )


def _before(cues: Sequence[str]) -> "re.Pattern[str]":
    return re.compile(rf"(?<!\w)(?:{_any(cues)})(?!\w)[\s.:,;«\"'-]*", re.IGNORECASE)


def _any(cues: Sequence[str]) -> str:
    return "|".join(re.escape(cue) for cue in sorted(cues, key=len, reverse=True))


def _side_by_side(text: str, one: "re.Match[str]", other: "re.Match[str]") -> bool:
    return text[one.end() : other.start()].isspace()


def _shouts(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    return sum(sign.isupper() for sign in letters) > SHOUTING * len(letters)


def _other_digits(text: str) -> str:
    """`text` with other digits, and letters of codes, wherever they are personal."""
    places = personal_places(text)
    if not places:
        return text
    pick, signs, run = _Pick(text), list(text), 0
    for place in places:
        run = run + 1 if place - 1 in places or _joined(text, place, places) else 0
        if signs[place].isdigit() and run >= KEPT_DIGITS:
            signs[place] = str(pick.number(10))
        elif signs[place].isalpha():
            signs[place] = chr(ord("a" if signs[place].islower() else "A") + pick.number(26))
    return "".join(signs)


def _joined(text: str, place: int, places: Sequence[int]) -> bool:
    """Whether a digit goes on with a number whose groups are written apart."""
    before = place - 1
    while before >= 0 and not text[before].isalnum():
        before -= 1
    return before in places and place - before <= 4
