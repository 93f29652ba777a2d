"""Numbers of pieces as people write them: "40", "x40", "quaranta", "una ventina", "due dozzine", "un paio"."""

import re
from typing import Iterator, Mapping, Optional

from components.found import Found
from components.normalise import fold, italian_words
from components.numerals import NUMBER_WORD, number_in_words

_COLLECTIVE: Mapping[str, int] = {
    "paio": 2, "paia": 2, "coppia": 2, "coppie": 2, "decina": 10, "decine": 10, "dozzina": 12, "dozzine": 12,
    "quindicina": 15, "ventina": 20, "ventine": 20, "trentina": 30, "quarantina": 40, "cinquantina": 50,
    "sessantina": 60, "settantina": 70, "ottantina": 80, "novantina": 90, "centinaio": 100, "centinaia": 100,
    "migliaio": 1000, "migliaia": 1000,
}  # fmt: skip
_NAMES = "(?:" + "|".join(sorted(_COLLECTIVE, key=len, reverse=True)) + ")"
_TOGETHER = re.compile(rf"(?:(?P<half>mezz[ao])|(?P<count>\d{{1,4}}|{NUMBER_WORD}))?\s?(?P<name>{_NAMES})(?![a-z])")
_SPAN = re.compile(rf"(?<![\w'])(?P<count>mezz[ao]|\d{{1,4}}|{NUMBER_WORD})\s(?P<name>{_NAMES})(?![a-z])")
_FIRST_WORD = re.compile(r"\s*(?:di\s|d')?\s*([a-z]*)")
_OF_PIECES = re.compile(
    rf"(?<![\w.,/#-])(?<!\bin )(?P<number>\d{{1,3}}\.\d{{3}}|\d{{1,5}}|{NUMBER_WORD})\s?(?:pz|pezzi)(?![a-z])"
)
_ARTICLES = ("un", "uno", "una")
_PAIRS = ("paio", "paia")
_TIMES = re.compile(r"(?<![\w.,])x(?P<number>\d{1,4})(?![\w.,/-])")
_DIGITS = re.compile(r"(?:x\s?|n\.?\s?)?(?P<digits>\d{1,3}(?:[. ]\d{3})+|\d{1,6})(?:\s?(?:x|pz|pezzi|pezzo))?\.?")


def quantity_value(written: str) -> Optional[str]:
    """The number, in digits: "una ventina" → "20", "x40" → "40", "mille e due" → "1002"; None where there is none."""
    plain = " ".join(fold(written).text.split())
    digits = _DIGITS.fullmatch(plain)
    if digits:
        return str(int(re.sub(r"\D", "", digits["digits"])))
    together = _TOGETHER.fullmatch(plain)
    if together:
        return str(_together(together))
    number = number_in_words(plain)
    return str(number) if number is not None else _in_several_words(plain)


def quantity_spans(folded: str) -> Iterator[tuple[int, int]]:
    """Where folded text holds a collective number: "una ventina", "due dozzine"."""
    for match in _SPAN.finditer(folded):
        yield match.span()


def find_quantities(text: str) -> list[Found]:
    """Collective numbers, unless of days and the like, and numbers beside "pz", "pezzi" or a glued "x"."""
    folded = fold(text)
    spans = [span for match in _SPAN.finditer(folded.text) if (span := _counted(match, folded.text))]
    pieces = _OF_PIECES.finditer(folded.text)
    spans += [match.span("number") for match in pieces if match["number"] not in _ARTICLES]
    spans += [match.span("number") for match in _TIMES.finditer(folded.text)]
    original = (folded.original_span(*span) for span in spans)
    return [Found("quantity", start, end, quantity_value(text[start:end]) or "") for start, end in original]


def _counted(match: "re.Match[str]", folded: str) -> Optional[tuple[int, int]]:
    """The span of a collective number; of "tre paia di scarpe" that of "tre", and none of "un paio di scarpe"."""
    counted, words = _FIRST_WORD.match(folded, match.end())[1], italian_words()  # type: ignore[index]
    if counted in words.counted - words.pieces - words.products:
        return None
    if match["name"] not in _PAIRS or counted not in words.in_pairs:
        return match.span()
    return None if match["count"] in _ARTICLES else match.span("count")


def _together(match: "re.Match[str]") -> int:
    of_one = _COLLECTIVE[match["name"]]
    if match["half"]:
        return of_one // 2
    count = match["count"]
    if count is None:
        return of_one
    return of_one * (int(count) if count.isdigit() else number_in_words(count) or 1)


def _in_several_words(plain: str) -> Optional[str]:
    from text_to_num import text2num

    try:
        return str(text2num(plain, "it"))
    except ValueError:  # it is no number
        return None
