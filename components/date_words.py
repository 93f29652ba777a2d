"""How Italians write days and periods: the pieces of the grammar that `dates.py` reads, as regular expressions.

Everything here is for folded text (`normalise.fold`): lower case, no accents, straight apostrophes.
"""

import re
from functools import lru_cache
from typing import Iterable, Mapping, Optional

from components.numerals import NUMBER_WORD, number_in_words
from shop.italian import italian_words as shop_words

WEEKDAYS: Mapping[str, int] = {
    "lunedi": 0, "martedi": 1, "mercoledi": 2, "giovedi": 3, "venerdi": 4, "sabato": 5, "domenica": 6,
    "sabati": 5, "domeniche": 6, "lun": 0, "mart": 1, "merc": 2, "giov": 3, "ven": 4, "sab": 5,
    "mar": 1, "mer": 2, "gio": 3, "dom": 6,
}  # fmt: skip
MONTHS: Mapping[str, int] = {
    "gennaio": 1, "febbraio": 2, "marzo": 3, "aprile": 4, "maggio": 5, "giugno": 6, "luglio": 7, "agosto": 8,
    "settembre": 9, "ottobre": 10, "novembre": 11, "dicembre": 12, "genn": 1, "febb": 2,
    "gen": 1, "feb": 2, "mar": 3, "apr": 4, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "ott": 10, "nov": 11,
    "dic": 12,
}  # fmt: skip
NAMED: Mapping[str, int] = {
    "oggi": 0, "stamattina": 0, "stamani": 0, "stamane": 0, "stasera": 0, "stanotte": 0, "oggigiorno": 0,
    "ieri": -1, "l'altroieri": -2, "altroieri": -2, "l'altro ieri": -2, "altro ieri": -2, "ier l'altro": -2,
    "avantieri": -2, "avant'ieri": -2, "domani": 1, "dmn": 1, "domattina": 1, "domanimattina": 1,
    "dopodomani": 2, "dopo domani": 2,
}  # fmt: skip
UNITS: Mapping[str, str] = {
    "giorno": "D", "giorni": "D", "gg": "D", "gg.": "D", "giornate": "D", "gionri": "D", "giorn": "D",
    "settimana": "W", "settimane": "W", "sett": "W", "sett.": "W", "settimanella": "W",
    "mese": "M", "mesi": "M", "mesetto": "M", "anno": "Y", "anni": "Y", "annetto": "Y",
}  # fmt: skip
COUNTS: Mapping[str, int] = {
    "un paio di": 2, "paio di": 2, "un paio": 2, "una decina di": 10, "decina di": 10, "una quindicina di": 15,
    "una ventina di": 20, "una trentina di": 30, "mezza dozzina di": 6, "quindicina di": 15, "ventina di": 20,
}  # fmt: skip
MAX_COUNT = 9_999


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


PART = r"(?:(?:di |in |nel |al |alla |verso |a )?(?:mattinata|mattina|mattino|pomeriggio|pome|serata|sera|notte))"
COUNT = rf"(?:{_any(COUNTS)}|\d{{1,4}}|{NUMBER_WORD})"
UNIT = _any(UNITS) + r"(?![a-z])"
LAST = r"(?:scors[oaie]|passat[oaie]|appena passat[oa]|precedente|ultim[oaie])"
NEXT = (
    r"(?:prossim[oaie]|prox|pross|ventur[oa]|successiv[oaie]|dopo|seguente|entrante|che (?:viene|vengono|arriva|entra))"
)
_YEAR = r"(?:19|20)\d{2}"
_MONTH_NAMES = _any(name for name in MONTHS if len(name) > 4 or name in ("marzo", "genn"))
_MONTH = rf"(?:{_any(MONTHS)})(?![a-z])\.?"
_WEEKDAY = _any(name for name in WEEKDAYS if len(name) > 3) + "(?![a-z])"
_SHORT_WEEKDAY = r"(?:lun|mar|mer|gio|ven|sab|dom)(?![a-z])"

NUMERIC = re.compile(
    rf"(?<![\w.,/-])(?:(?P<iso>{_YEAR}-\d{{1,2}}-\d{{1,2}})"
    r"|(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?:(?P=sign)(?P<year>\d{4}|\d{2}))?)(?![\w/-]|[.,]\d)"
    rf"(?!\s?{UNIT})"
)
DAY_OF_MONTH = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})°?|(?P<word>primo|1o|{NUMBER_WORD}))\s?(?:di\s|del mese di\s)?(?P<month>{_MONTH})"
    rf"(?:\s(?:del\s)?(?P<year>{_YEAR}|'?\d\d\b(?!\s?(?:€|euro|pezzi|pz))))?(?:\s(?:(?P<last>{LAST})|(?P<next>{NEXT})))?"
)
MONTH_ALONE = re.compile(
    rf"\b(?:(?P<edge>fine|inizio|inizi|meta|primi|i primi|ultimi)\s(?:di\s)?)?(?P<month>{_MONTH_NAMES})(?![a-z])"
    rf"(?:\s(?:del\s)?(?P<year>{_YEAR}))?(?:\s(?:(?P<last>{LAST})|(?P<next>{NEXT})))?"
)
NAMED_DAY = re.compile(rf"(?<![\w'])(?P<name>{_any(NAMED)})(?![a-z])(?:\s{PART})?(?![a-z])")
WEEKDAY = re.compile(
    rf"\b(?:(?P<past>{LAST})\s|(?P<this>quest[oa])\s|(?P<coming>{NEXT})\s)?"
    rf"(?P<name>{_WEEKDAY}|{_SHORT_WEEKDAY}(?=\.?(?:\s{PART})?(?:$|\W)))"
    rf"(?:\s(?:(?P<last>{LAST})|(?P<next>{NEXT})|(?P<week>della prossima settimana|della settimana {NEXT})))?"
    rf"(?:\s(?P<number>\d{{1,2}})(?![\w/.,:]))?(?:\s{PART})?(?![a-z])"
)
RELATIVE = re.compile(
    rf"(?<![\w.,])(?:(?P<some>qualche|alcun[ie]|pochi|poche|diversi|diverse|parecch[ie]|parecchie)|(?P<count>{COUNT})"
    rf"(?:[\s-](?:o|/|-)?\s?(?P<upto>\d{{1,3}}|{NUMBER_WORD}))?)"
    rf"\s?(?P<unit>{UNIT})(?:\s(?:lavorativi|e mezzo|e mezza))?(?:\s(?P<ago>fa|or sono|addietro|prima))?(?![a-z])"
)
SPAN_OF_DAYS = re.compile(rf"\b(?:(?P<last>ultim[ie])|(?P<next>prossim[ie]))\s(?P<count>{COUNT})\s(?P<unit>{UNIT})")
PERIOD = re.compile(
    rf"\b(?:(?P<edge>fine|inizio|meta)\s(?:del(?:la|l')?\s?)?)?(?:(?P<before>{LAST})\s|(?P<this>quest[oa]\s|quest')|"
    rf"(?P<after>{NEXT})\s)?(?P<what>fine\s?settimana|week[\s-]?end|settimana|mese|anno)(?![a-z])"
    rf"(?:\s(?:(?P<last>{LAST})|(?P<next>{NEXT})|(?P<of>in corso|corrente)))?"
)
SEASON = re.compile(
    rf"\b(?:(?P<past>{LAST})\s|(?P<this>quest['oa])\s?|(?P<coming>{NEXT})\s)?(?P<season>primavera|estate|autunno|inverno)"
    rf"(?:\s(?:(?P<last>{LAST})|(?P<next>{NEXT})|(?P<year>{_YEAR})))?"
)
SEASONS: Mapping[str, int] = {"primavera": 3, "estate": 6, "autunno": 9, "inverno": 12}  # the month it begins in
YEAR = re.compile(rf"\b(?P<year>{_YEAR})\b")
BARE_DAY = re.compile(r"(?:giorno\s)?(?P<day>\d{1,2})°?")
PART_OF_TODAY = re.compile(rf"\b(?:quest[oa]\s)?{PART}\b")


@lru_cache(maxsize=1)
def feasts() -> "re.Pattern[str]":
    """Feast days as shop/italian.yml lists them; group `name`, and `last` or `next` where said."""
    names = _any([name for name, rule in shop_words().days.items() if isinstance(rule, str)])
    return re.compile(
        rf"\b(?P<name>vigilia di natale|{names}|san valentino|black friday)(?![a-z])"
        rf"(?:\s(?:(?P<last>{LAST})|(?P<next>{NEXT})))?"
    )


def count_of(written: str) -> Optional[int]:
    """The number that a `COUNT` stands for."""
    if written in COUNTS:
        return COUNTS[written]
    if written.isdigit():
        return int(written) if int(written) <= MAX_COUNT else None
    return number_in_words(written)
