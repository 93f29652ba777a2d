"""What the pages for trainers need from elsewhere: the engine's opinion, the rules for annotations, the words."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Awaitable, Callable, Iterable, Mapping, Sequence

from base.layers import Layers
from desk.words import Words
from desk.wrong import intents_of
from labels.label import BRACKETS
from switchboard.alike import Comparing
from switchboard.meaning import Marked, Meaning
from switchboard.personal import Mask, Personal
from switchboard.vocabulary import Vocabulary

INTENT = re.compile(r"^- intent: *(\w+)", re.MULTILINE)
TRAINS = "trains_"  # words for intents that are no wish of a customer's
NOT_OF_THE_SHOP = "out_of_scope"

MaskIn = Callable[[Iterable[str], Iterable[str]], Mask]  # of texts and names of one conversation
Meanings = Callable[[str], Awaitable[Meaning]]
Faults = Callable[[str, str], Sequence[str]]  # of a sentence with annotations, for an intent: in Italian


async def no_meaning(_text: str) -> Meaning:
    """Where there is no engine to ask."""
    return Meaning()


def no_faults(_sentence: str, _intent: str) -> Sequence[str]:
    """Where nobody knows the rules."""
    return ()


@dataclass(frozen=True)
class Training:
    """Everything of it. What is read from files is read when it is first asked for: it takes a moment.

    `var` is where what labels changed is kept. What takes longer than `patience_s` goes on while the page says so.
    """

    layers: Layers = field(default_factory=Layers)
    meaning: Meanings = no_meaning
    faults: Faults = no_faults
    var: Path = Path("var")
    measure: Sequence[str] = ()  # the command that measures labels; their file follows
    patience_s: float = 1.0

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary.load(self.layers)

    @cached_property
    def personal(self) -> Personal:
        return Personal(self.vocabulary)

    def masked(self, text: str) -> str:
        """`text` as trainers read it: everything personal is dots, its length stays."""
        return self.personal.masked(text)

    def masked_in(self, texts: Iterable[str], names: Iterable[str] = ()) -> Mask:
        """As `masked`, for one conversation: names that are told anywhere in it, or by its records, too."""
        known = self.personal.names_in(texts, names)
        return lambda text: self.personal.masked(text, known)

    @cached_property
    def comparing(self) -> Comparing:
        return Comparing(self.vocabulary)

    def intents(self, words: Words) -> Mapping[str, str]:
        """Every intent that sentences teach, with what it is in Italian, by that."""
        files = (file for folder in self.layers.data for file in sorted(folder.glob("nlu/*.yml")))
        taught = {name for file in files for name in INTENT.findall(file.read_text(encoding="utf-8"))}
        told = dict(intents_of(words))
        named = {name: _name_of(name, told, words) for name in taught}
        return dict(sorted(named.items(), key=lambda one: (one[0] == one[1], one[1])))


def annotated(text: str, entities: Sequence[Marked]) -> str:
    """`text` with what the engine found in it written as trainers do: `[48213](order_number)`.

    Of entities that overlap the first one counts.
    """
    text, pieces, after = text.translate(BRACKETS), [], 0
    for one in sorted(entities, key=lambda entity: (entity.start, -entity.end)):
        words = text[one.start : one.end]
        if after <= one.start < one.end <= len(text):
            pieces += [text[after : one.start], f"[{words}]({one.entity})"]
            after = one.end
    return "".join([*pieces, text[after:]])


def _name_of(intent: str, told: Mapping[str, str], words: Words) -> str:
    own = f"{TRAINS}{intent}"
    return words.say(own) if words.has(own) else told.get(intent, intent)
