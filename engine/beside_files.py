"""What words say that come with files, and whether an answer has told what becomes of the files.

"Ecco la foto" says nothing but that there is one; "dov'è il mio pacco?" is a request like any other.
"""

import re
from dataclasses import dataclass
from typing import Iterable, Sequence

from rasa.shared.core.events import BotUttered, Event

from base.layers import Files, read_layered
from engine.clauses import ParseData
from switchboard.attachments import SEND

NOTED, OF_FILES = "utter_attachment_noted", "utter_attachment_"
SAYING_NOTHING = {"nlu_fallback", "out_of_scope"}
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class BesideFiles:
    """`words` with which files are announced; they are `beside_files` in data/dialogue.yml."""

    words: frozenset[str]

    @classmethod
    def load(cls, files: Files) -> "BesideFiles":
        """Read them from the file, or several laid over each other."""
        return cls(frozenset(read_layered(files)["beside_files"]))

    def mean_the_files(self, parsed: ParseData) -> bool:
        """Whether words that came with files ask for nothing by themselves."""
        words = WORD.findall(parsed["text"].casefold())
        unclear = parsed["intent"]["name"] in SAYING_NOTHING and not parsed["entities"] and "?" not in parsed["text"]
        return unclear or self.words.issuperset(words)


def sending(text: str) -> ParseData:
    """A message that does nothing but bring files."""
    intent = {"name": SEND, "confidence": 1.0}
    return {"text": text, "intent": intent, "intent_ranking": [intent], "entities": []}


def speak_of_files(events: Iterable[Event]) -> bool:
    """Whether something said among `events` tells what becomes of the files."""
    said: Sequence[str] = [e.metadata.get("utter_action") or "" for e in events if isinstance(e, BotUttered)]
    return any(name.startswith(OF_FILES) for name in said)
