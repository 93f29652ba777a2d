"""Tells what measures and counts nothing: the number of a house ("via Verdi 5", "al civico 12") or of a time ("11:40"),
and a letter whose apostrophe is missing ("l ordine")."""

import re

from components.normalise import fold, italian_words

SIDE = 60  # characters before a number that are looked at
_LETTERS = ("s", "m", "l")
_NUMBER = re.compile(r"\d{1,4}")
_OF_STREET = re.compile(r"(?:\s[a-z'.]{1,20}){1,4},?\s(?:n\.?\s?)?$")
_BETWEEN = re.compile(r"(?:\s(?:e'?|il|al|n\.?|num\.?|numero))*\s?$")
_ENDS = re.compile(r"\s*(?:$|[,.;:/()?!]|a\s)")  # "via mail 3 sedie" is no address
_ELIDED = re.compile(r"[a-z]\s[aeiouh][a-z]{2}")
_SIZE_BEFORE = re.compile(r"(?:^|\s)(?:la|le|una|un|in|taglia|tg|misura|da|di|o|e)\.?\s$")
_WORD = re.compile(r"[a-z.]+")


def is_of_house_or_time(text: str, start: int, end: int) -> bool:
    """Whether the number `text[start:end]` is that of a house or a part of a time; of anything else False."""
    folded = fold(text)
    first, last = folded.place_of(start), folded.place_of(end)
    if not _NUMBER.fullmatch(folded.text[first:last]):
        return False
    before, after = folded.text[max(0, first - SIDE) : first], folded.text[last : last + 3]
    if re.search(r"\d:$", before) or re.match(r":\d", after):
        return True
    words = italian_words()
    return bool(_ENDS.match(after)) and any(
        (word[0] in words.streets and _OF_STREET.fullmatch(before, word.end()))
        or (word[0] in words.houses and _BETWEEN.fullmatch(before, word.end()))
        for word in _WORD.finditer(before)
    )


def is_elided(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is a letter of the next word: the "l" of "l ordine", not that of "la l avete"."""
    if text[start:end] not in _LETTERS:
        return False
    folded = fold(text)
    first = folded.place_of(start)
    before = folded.text[max(0, first - SIDE) : first]
    return bool(_ELIDED.match(folded.text, first)) and not _SIZE_BEFORE.search(before)
