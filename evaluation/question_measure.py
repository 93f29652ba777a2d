"""What becomes of customers' questions to a shop whose questions are known: answered, rightly or not, asked back, left.

A shop is a folder with `domande.yml`, `asked.yml` (for each entry, by its title, what customers write) and
`absent.yml` (what they write that no entry answers).
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Awaitable, Callable, Optional, Sequence

import numpy as np
from ruamel.yaml import YAML

from components.encoder.sentence_encoder import SentenceEncoder
from components.normalise import italian_words, written_out
from engine.cut_evidence import ParseData
from engine.question_index import QuestionIndex
from engine.question_scores import QuestionScores
from engine.remembered_vectors import Encode
from engine.shop_questions import QuestionRules, recognised
from engine.topics import Topics
from shop.questions import Question, read_questions

Parse = Callable[[str], Awaitable[ParseData]]


@dataclass(frozen=True)
class AskedShop:
    """A shop's entries and what it is asked.

    Attributes:
        asked: texts with the position of the entry that answers them.
        absent: texts that no entry answers.
    """

    questions: tuple[Question, ...]
    asked: tuple[tuple[str, int], ...]
    absent: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> "AskedShop":
        """Read the three files of a folder."""
        questions = read_questions([folder / "domande.yml"])
        places = {one.title: place for place, one in enumerate(questions)}
        right = _content(folder / "asked.yml")["right"]
        asked = tuple((text, places[title]) for title, texts in right.items() for text in texts)
        return cls(questions, asked, tuple(_content(folder / "absent.yml")["absent"]))

    def without(self, left_out: Callable[[int], bool]) -> "AskedShop":
        """The shop without some entries: what is asked of them is absent then."""
        kept = [place for place in range(len(self.questions)) if not left_out(place)]
        now = {place: new for new, place in enumerate(kept)}
        asked = tuple((text, now[place]) for text, place in self.asked if place in now)
        missing = tuple(text for text, place in self.asked if place not in now)
        return AskedShop(tuple(self.questions[place] for place in kept), asked, missing)


@dataclass(frozen=True)
class QuestionFigures:
    """Shares of questions, from 0 to 1.

    Attributes:
        right: the right answer was given.
        offered: it was asked back, and the right entry was one of those offered.
        wrong: another answer was given.
        absent_answered, absent_offered: of what is not there.
        requests_taken, requests_asked: of requests of the product: answered as a question, asked back.
    """

    right: float
    offered: float
    wrong: float
    absent_answered: float
    absent_offered: float
    requests_taken: float
    requests_asked: float


def encode_with(encoder: SentenceEncoder) -> Encode:
    """The encoder as the NLU uses it, each text once."""
    known: dict[str, np.ndarray] = {}

    def encode(texts: Sequence[str]) -> np.ndarray:
        for text in texts:
            if text not in known:
                known[text] = encoder.vector(written_out(text, italian_words()))
        return np.stack([known[text] for text in texts])

    return encode


async def measure(
    shop: AskedShop,
    requests: Sequence[str],
    topics: Topics,
    parse: Parse,
    encode: Encode,
    rules: QuestionRules,
    scores: QuestionScores,
) -> QuestionFigures:
    """What becomes of everything a shop is asked, and of `requests`, sentences that ask for what the product does."""
    index, titles = QuestionIndex(shop.questions, topics, encode), [one.title for one in shop.questions]

    async def outcome(text: str, right: Optional[int] = None) -> str:
        nearness = index.nearness(encode([text])[0])
        found = recognised(nearness, {**await parse(text), "text": text}, titles, rules, scores)
        if found is None:
            return "nothing"
        if found.shown:
            return "right" if right is not None and found.shown == titles[right] else "wrong"
        return "offered" if right is not None and titles[right] in found.between else "asked"

    asked = Counter([await outcome(text, right) for text, right in shop.asked])
    absent = Counter([await outcome(text) for text in shop.absent])
    taken = Counter([await outcome(text) for text in requests])
    return QuestionFigures(
        *(asked[name] / max(len(shop.asked), 1) for name in ("right", "offered", "wrong")),
        *(absent[name] / max(len(shop.absent), 1) for name in ("wrong", "asked")),
        *(taken[name] / max(len(requests), 1) for name in ("wrong", "asked")),
    )


def _content(file: Path) -> dict:
    return YAML(typ="safe").load(file.read_text(encoding="utf-8"))
