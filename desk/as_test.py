"""A conversation as a test: the turns of the assistant's in YAML, with values of the test shop where a customer's were.

What is personal is found by the mask that reviewers read with; what stands there and is no record's number or e-mail
stays masked, and whoever makes the test writes something there.
"""

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping, Optional, Sequence

import yaml

from base.layers import Layers
from desk.card import NUMBERS
from desk.training import INTENT
from switchboard.cases import NO_WISH
from switchboard.masking import ADDRESS
from switchboard.personal import Mask

FOLDER, SHOP_DATA = Path("tests") / "conversations", "shop.json"
KINDS = {"orders": "order", "returns": "return", "quotes": "quote"}
TITLE = re.compile(r"^- conversation: *(.+?) *$", re.MULTILINE)
OTHER_THAN_DIGITS = re.compile(r"\D")
PHONE = "333 1234567"
FEWEST_OF_A_PHONE = 9  # digits
NOTHING: frozenset[str] = frozenset()
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class SampleRecord:
    """A record of the test shop. `said`: the responses of the test conversations that name it."""

    kind: str
    number: str
    email: str
    state: str
    said: frozenset[str]


@dataclass(frozen=True)
class Turn:
    """A customer's message that the assistant answered, as it was said. `read`: kind and number of each record.

    `effects` are as tests name them.
    """

    text: str
    button: Optional[str]
    files: int
    intent: Optional[str]
    responses: Sequence[str]
    entities: Mapping[str, str] = field(default_factory=dict)
    read: Sequence[tuple[str, str]] = ()
    effects: Sequence[str] = ()


def sample_shop(layers: Layers) -> tuple[SampleRecord, ...]:
    """The records that test conversations are held with: the shop's own, or the product's."""
    files = [folder / FOLDER / SHOP_DATA for folder in layers.beside]
    file = next(file for file in reversed(files) if file.is_file())
    return _records(file, file.stat().st_mtime_ns)


def topics(layers: Layers) -> list[str]:
    """The names of the files that test conversations are in."""
    return sorted({file.stem for file in _files(layers)})


def titles(layers: Layers) -> frozenset[str]:
    """What test conversations are called, of the product and the shop."""
    found = (title for file in _files(layers) for title in TITLE.findall(file.read_text(encoding="utf-8")))
    return frozenset(title.strip().strip("\"'") for title in found)


def _files(layers: Layers) -> Iterator[Path]:
    """The test conversations of both layers."""
    return (file for folder in layers.beside for file in (folder / FOLDER).glob("*.yml"))


def topic_of(intent: str, layers: Layers) -> str:
    """The topic that an intent's sentences are in, the shop's file first; "" where it has none.

    Tests and sentences of a topic are in files of the same name.
    """
    for folder in reversed(layers.data):
        for file in sorted(folder.glob("nlu/*.yml")):
            if intent in INTENT.findall(file.read_text(encoding="utf-8")):
                return file.stem
    return ""


def written(title: str, turns: Sequence[Turn], shop: Sequence[SampleRecord], mask: Mask) -> str:
    """The conversation as an item of a list, as tests/conversations/*.yml have them."""
    values = _Values.of(turns, shop, mask)
    lines = [f"- conversation: {_quoted(title)}", "  turns:"]
    for turn in turns:
        lines += [f"  {'- ' if place == 0 else '  '}{line}" for place, line in enumerate(_turn(turn, values))]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Values:
    """What is written instead of a customer's values: a number for each of his, by digits; one e-mail."""

    numbers: Mapping[str, str]
    email: str
    mask: Mask

    @classmethod
    def of(cls, turns: Sequence[Turn], shop: Sequence[SampleRecord], mask: Mask) -> "_Values":
        """Records that test conversations with the same responses name are taken first."""
        said = frozenset(response for turn in turns for response in turn.responses)
        numbers: dict[str, str] = {}
        taken: list[SampleRecord] = []
        for kind, number in dict.fromkeys(ref for turn in turns for ref in _refs(turn)):
            free = [one for one in shop if one.kind == kind and one not in taken]
            if not _digits(number) or _digits(number) in numbers or not free:
                continue
            best = min(free, key=lambda one: (-len(one.said & said), one.email, one.number))
            taken.append(best)
            numbers[_digits(number)] = _digits(best.number)
        emails = [one.email for one in (*taken, *shop) if one.email]
        return cls(numbers, emails[0], mask)

    def instead_of(self, text: str) -> str:
        """`text` without anything of the customer's."""
        masked = self.mask(text)
        pieces, after = [], 0
        for start, end in _runs(text, masked):
            pieces += [masked[after:start], self._value(text[start:end]) or masked[start:end]]
            after = end
        return "".join([*pieces, masked[after:]])

    def _value(self, hidden: str) -> Optional[str]:
        if ADDRESS.fullmatch(hidden):
            return self.email
        digits = _digits(hidden)
        if digits in self.numbers:
            letters = hidden[: len(hidden) - len(hidden.lstrip("RrPp-"))]
            return letters + self.numbers[digits]
        return PHONE if len(digits) >= FEWEST_OF_A_PHONE and not re.search(r"[^\W\d]", hidden) else None


def _runs(text: str, masked: str) -> Iterator[tuple[int, int]]:
    """Where something is hidden; what stands between two hidden signs of one number belongs to it."""
    hidden = [place for place, (one, other) in enumerate(zip(text, masked)) if one != other]
    start = last = -2
    for place in hidden:
        if last >= 0 and (place == last + 1 or _go_on(text, last, place)):
            last = place
            continue
        if last >= 0:
            yield start, last + 1
        start = last = place
    if last >= 0:
        yield start, last + 1


def _go_on(text: str, last: int, place: int) -> bool:
    """Whether digits go on as one number after signs that part groups."""
    between = text[last + 1 : place]
    return len(between) <= 3 and not between.strip(" .-/") and text[last].isdigit() and text[place].isdigit()


def _turn(turn: Turn, values: _Values) -> Iterable[str]:
    if turn.button is not None:
        yield f"button: {_quoted(values.instead_of(turn.button))}"
    elif turn.text:
        yield f"customer: {_quoted(values.instead_of(turn.text))}"
    if turn.files:
        yield f"files: {turn.files}"
    if turn.intent and turn.intent not in NO_WISH and turn.button is None:
        yield f"intent: {turn.intent}"
    yield f"bot: [{', '.join(turn.responses)}]"
    if turn.effects:
        yield f"effects: [{', '.join(map(_quoted, turn.effects))}]"


def _refs(turn: Turn) -> list[tuple[str, str]]:
    """The records of a turn: those that were read, and those that were named."""
    named = [(NUMBERS[name], value) for name, value in turn.entities.items() if name in NUMBERS]
    return [*((kind, number) for kind, number in turn.read), *named]


@lru_cache(maxsize=4)
def _records(file: Path, _changed: int) -> tuple[SampleRecord, ...]:
    data = json.loads(file.read_text(encoding="utf-8"))
    said = _said_of(file.parent)
    owners = {one["number"]: one.get("email", "") for one in data.get("orders", [])}
    found = []
    for section, kind in KINDS.items():
        for one in data.get(section, []):
            number = str(one["number"])
            email = one.get("email") or owners.get(one.get("order_number"), "")
            found.append(
                SampleRecord(kind, number, email, str(one.get("state", "")), said.get(_digits(number), NOTHING))
            )
    return tuple(found)


def _said_of(folder: Path) -> dict[str, frozenset[str]]:
    """The responses of the conversations that name a number, by its digits."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted(folder.glob("*.yml")):
        for item in yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER) or []:
            turns: list[Mapping[str, Any]] = item.get("turns") or []
            said = frozenset(response for turn in turns for response in turn.get("bot") or [])
            words = " ".join(str(turn.get("customer") or turn.get("button") or "") for turn in turns)
            for number in re.findall(r"\d{4,}", words):
                found[number] = found.get(number, NOTHING) | said
    return found


def _digits(text: str) -> str:
    return OTHER_THAN_DIGITS.sub("", text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
