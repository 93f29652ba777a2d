"""Sizes as people write them ("2,35 m", "75ml", "160 x 190", "tg L", "42 e mezzo") and how we write them. No Rasa."""

import re
from typing import Iterator, Mapping, Optional

from components.found import Found
from components.normalise import fold

UNITS: Mapping[str, str] = {
    "mm": "mm", "millimetri": "mm", "cm": "cm", "centimetri": "cm", "centimetro": "cm", "cent": "cm", "m": "m",
    "mt": "m", "mt.": "m", "metri": "m", "metro": "m", "ml": "ml", "millilitri": "ml", "cl": "cl", "l": "l", "lt": "l",
    "litri": "l", "litro": "l", "kg": "kg", "chili": "kg", "chilo": "kg", "g": "g", "gr": "g", "grammi": "g",
    "pollici": "pollici", '"': "pollici", "mq": "m²", "m2": "m²", "posti": "posti", "piazze": "piazze",
    "piazza": "piazze", "w": "W", "watt": "W",
}  # fmt: skip
LETTERS = ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl", "2xl", "3xl", "4xl", "5xl")
_LETTER_NAMES: Mapping[str, str] = {
    "small": "S", "medium": "M", "media": "M", "large": "L", "extra large": "XL", "extralarge": "XL",
    "extra small": "XS", "piccola": "S", "grande": "L", "unica": "unica",
}  # fmt: skip
_UNIT = "(?:" + "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True)) + ")(?![a-z0-9])"
_NUMBER = r"\d{1,4}(?:[.,]\d{1,3})?"
_TIMES = r"\s?(?:x|×|per)\s?"
_MEASURE = re.compile(
    rf"(?<![\w.,])(?P<first>{_NUMBER})(?:\s?(?P<inner>{_UNIT}))?(?P<more>(?:{_TIMES}{_NUMBER}(?:\s?{_UNIT})?)*)"
    rf"\s?(?P<unit>{_UNIT})?"
)
_NAMED = re.compile(
    rf"\b(?:taglia|taglie|tg|misura|numero|num|n|nr)\.?\s(?P<size>{'|'.join(LETTERS)}|\d{{2}}(?:[.,]5|\se mezzo)?)\b"
)
_SURE_UNITS = (
    r"(?:mm|millimetri|cm|centimetri|centimetro|mt?|metri|metro|ml|millilitri|cl|lt?|litri|litro|kg|chili|chilo|gr|grammi"
    r"|pollici|mq|m2|w|watt)(?![a-z0-9'])"
)
_SURE = re.compile(
    rf"(?<![\w.,/])(?:{_NUMBER}(?:\s?(?:x|×|per)\s?{_NUMBER})*\s?{_SURE_UNITS}(?:\se\s(?:mezzo|\d\d)(?![\w/]))?"
    rf"|\d{{2,3}}(?:[.,]\d)?(?:\s?[x×]\s?\d{{2,3}}(?:[.,]\d)?)+(?![\w,/]|\s?{_SURE_UNITS}))"
)
_LETTERS_ALONE = re.compile(r"(?<![\w'-])(?:xxs|xs|xl|xxl|xxxl|[2-5]xl)(?![\w'-])")
_AFTER_NAME = re.compile(
    rf"\b(?:taglia|taglie|tg|misura)\.?\s"
    rf"(?P<size>{'|'.join(LETTERS)}|\d{{2}}(?:[.,]5|\s(?:e mezzo|1/2))?)(?![\w'/%]|,\d)"
)
_ONE_LETTER = re.compile(r"[\d.,]+\s?[MLW]")  # "30 M" are thirty of size M
_SIDE = re.compile(rf"({_NUMBER})(?:\s?({_UNIT}))?")
_UNIT_FIRST = re.compile(rf"({_UNIT})\s?({_NUMBER})")
_LETTER_PAIR = re.compile(rf"(?:{'|'.join(LETTERS)})(?:/(?:{'|'.join(LETTERS)}))?")
_HALF = re.compile(r"\s?(?:e mezzo|e mezza|1/2)$")
_PREFIX = re.compile(r"^(?:taglia|taglie|tg|misura|numero|num|nr|n|eu|it)\.?\s?(?=\S)")


def size_value(written: str) -> Optional[str]:
    """How we write a size: "2,35m" → "2.35 m", "75 ML" → "75 ml", "160 per 190" → "160x190", "xl" → "XL", "42" → "42".

    None where nothing of a size can be read.
    """
    plain = _PREFIX.sub("", " ".join(fold(written).text.split()))
    if _LETTER_PAIR.fullmatch(plain):
        return plain.upper()
    if plain in _LETTER_NAMES:
        return _LETTER_NAMES[plain]
    plain = _UNIT_FIRST.sub(r"\2 \1", plain) if _UNIT_FIRST.fullmatch(plain) else _HALF.sub(",5", plain)
    match = _MEASURE.fullmatch(plain)
    if not match:
        return plain if re.search(r"\d", plain) else None
    sides = [(_plain(side[1]), UNITS.get(side[2] or "")) for side in _SIDE.finditer(plain)]
    units = {unit for _, unit in sides if unit}
    if len(units) > 1:
        return " x ".join(f"{number} {unit}" if unit else number for number, unit in sides)
    return " ".join(["x".join(number for number, _ in sides), *units])


def size_spans(folded: str) -> Iterator[tuple[int, int]]:
    """Where folded text surely writes a measure or a size: a number with its unit, sides, or what follows "taglia"."""
    for match in _MEASURE.finditer(folded):
        if match["unit"] or match["inner"] or match["more"]:
            yield match.span()
    for match in _NAMED.finditer(folded):
        yield match.span("size")


def find_sizes(text: str) -> list[Found]:
    """Measures with their unit or sides, sizes of letters that are no word, and what follows "taglia"."""
    folded = fold(text)
    shouted = text.isupper()
    spans = [match.span() for match in _SURE.finditer(folded.text)]
    spans += [match.span("size") for match in _AFTER_NAME.finditer(folded.text)]
    spans += [match.span() for match in _LETTERS_ALONE.finditer(folded.text)]
    found = []
    for start, end in sorted(folded.original_span(*span) for span in spans):
        written = text[start:end]
        is_apart = not found or found[-1].end <= start
        if is_apart and (shouted or not _ONE_LETTER.fullmatch(written)):
            found.append(Found("size", start, end, written))
    return found


def _plain(number: str) -> str:
    """Without a comma, and without noughts that say nothing: "2,50" → "2.5"."""
    whole, point, rest = number.replace(",", ".").partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole)}{point}{rest}" if rest else str(int(whole))
