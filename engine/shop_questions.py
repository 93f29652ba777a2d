"""Recognises the shop's own questions (`domande.yml`) in what customers write.

A message that is near one of them becomes the request `ask_shop_question` with the entry's title; one that is near
several is not understood, and `questions` says between which. A request of the product that is clearly meant stays one.
The numbers are `questions` of `data/dialogue.yml`.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Optional, Sequence

import numpy as np

from base.layers import Files, Layers, layered, read_layered
from components.encoder.sentence_encoder import encoder_folder, load_encoder, load_question_encoder
from components.encoder.weights import EncoderUnavailable
from components.normalise import italian_words, written_out
from engine.cut_evidence import ParseData
from engine.question_index import Nearness, QuestionIndex
from engine.question_scores import QuestionScores, clues, request_confidence
from engine.remembered_vectors import Encode, RememberedVectors
from engine.topics import Topics
from shop.questions import FILE, LiveQuestions, Question

ASK_SHOP_QUESTION, ENTITY, EXTRACTOR = "ask_shop_question", "question", "shop_questions"
UNCLEAR = "nlu_fallback"
WAIT_S = 4.0  # for entries that were just written to be read: a turn has ten seconds

log = logging.getLogger(__name__)


class QuestionRulesUnreadable(Exception):
    """`questions` in the file of the dialogue lacks something; the message says what."""


@dataclass(frozen=True)
class QuestionRules:
    """`questions` of `data/dialogue.yml`, which explains itself."""

    shown_at: float
    asked_at: float
    clear_request: float
    shown_beside_a_request_at: float
    asked_beside_a_request_at: float
    most: int
    never_instead_of: frozenset[str]

    @classmethod
    def load(cls, files: Files) -> "QuestionRules":
        """Read the file, or several laid over each other.

        Raises:
            QuestionRulesUnreadable: a key is missing or of the wrong kind.
        """
        content, name = read_layered(files), layered(files)[-1].name
        try:
            rules = content["questions"]
            return cls(
                float(rules["shown_at"]),
                float(rules["asked_at"]),
                float(rules["clear_request"]),
                float(rules["shown_beside_a_request_at"]),
                float(rules["asked_beside_a_request_at"]),
                int(rules["most"]),
                frozenset(rules["never_instead_of"]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise QuestionRulesUnreadable(f"{name}: questions: {error!r}") from error


def shop_questions(layers: Layers) -> Optional["ShopQuestions"]:
    """The questions of a shop that has a folder of its own; None where there is none, or the encoder cannot be used."""
    if layers.home is None:
        return None
    try:
        load_encoder(encoder_folder())  # the understanding's own, there already; the one for questions waits for some
    except EncoderUnavailable as error:
        _tell(error)
        return None
    return ShopQuestions(
        LiveQuestions(lambda: layers.files(FILE)),
        Topics.load(),
        _encode,
        QuestionRules.load(layers.files("dialogue.yml")),
        QuestionScores.load(),
        _remembered(),
    )


def _tell(error: EncoderUnavailable) -> None:
    log.warning("no questions of the shop's own are recognised: %s", error)


def _encode(texts: Sequence[str]) -> np.ndarray:
    encoder = load_question_encoder(encoder_folder())
    return encoder.encode([written_out(text, italian_words()) for text in texts])


@lru_cache(maxsize=1)
def _remembered() -> RememberedVectors:
    """One for the whole process."""
    return RememberedVectors(_encode)


@dataclass(frozen=True)
class Recognised:
    """What of the shop's questions a message is.

    Attributes:
        shown: the title of the entry that is answered; None: it is asked which.
        between: titles of the entries that it may be, the nearest first.
        probability: that the first is right, or that the right one is among them.
    """

    shown: Optional[str]
    between: tuple[str, ...]
    probability: float


class ShopQuestions:
    """The shop's questions, as their file is now.

    Args:
        questions: the entries.
        topics: what people ask of shops.
        encode: the sentence encoder.
        rules, scores: when to answer and when to ask.
        remembered: the encoder for entries; one of its own when not given.
    """

    def __init__(
        self,
        questions: LiveQuestions,
        topics: Topics,
        encode: Encode,
        rules: QuestionRules,
        scores: QuestionScores,
        remembered: Optional[RememberedVectors] = None,
    ) -> None:
        self._questions, self._topics, self._encode = questions, topics, encode
        self._rules, self._scores = rules, scores
        self._remembered = remembered or RememberedVectors(encode)
        self._index: Optional[QuestionIndex] = None
        self._building: Optional[tuple[tuple[Question, ...], asyncio.Task[Optional[QuestionIndex]]]] = None

    def warm_up(self) -> None:
        """Encode the entries before a customer waits for it."""
        entries = self._questions.all()
        if entries:
            self._made(entries)

    async def recognise(self, parsed: ParseData, today: date, may_ask: bool) -> ParseData:
        """What was parsed, as one of the shop's questions where it is one.

        Args:
            today: entries that hold no more on this day are not used.
            may_ask: whether a question back may be asked.
        """
        entries = tuple(one for one in self._questions.all() if one.holds_on(today))
        if not entries or not parsed["text"].strip() or self._is_none(parsed):
            return parsed
        found = await self._recognised(parsed, entries)
        if found and found.shown:
            return asking_for(found.shown, found.probability, parsed)
        if found and may_ask:
            unclear = {"name": UNCLEAR, "confidence": parsed["intent"]["confidence"]}
            return {**parsed, "intent": unclear, "questions": list(found.between)}
        return parsed

    def _is_none(self, parsed: ParseData) -> bool:
        """Whether a message is, clearly, something that no question is: thanks, a yes, a number that was asked for."""
        intent = parsed["intent"]
        return intent["name"] in self._rules.never_instead_of and intent["confidence"] >= self._rules.clear_request

    async def _recognised(self, parsed: ParseData, entries: tuple[Question, ...]) -> Optional[Recognised]:
        index = await self._index_of(entries)
        if index is None:
            return None
        vector = self._encode([parsed["text"]])[0]
        return recognised(index.nearness(vector), parsed, [one.title for one in entries], self._rules, self._scores)

    async def _index_of(self, entries: tuple[Question, ...]) -> Optional[QuestionIndex]:
        """The index of these entries, made in a thread while other conversations go on; None: not ready yet."""
        if self._index is None or self._index.questions != entries:
            if self._building is None or self._building[0] != entries:
                making = asyncio.to_thread(self._made, entries)
                self._building = (entries, asyncio.create_task(making))
            task = self._building[1]
            await asyncio.wait({task}, timeout=WAIT_S)
            if not task.done():
                log.warning("the shop's questions are not ready yet: a message was read without them")
                return None
            self._index, self._building = task.result(), None
        return self._index

    def _made(self, entries: tuple[Question, ...]) -> Optional[QuestionIndex]:
        """The index of these entries, the encoder loaded for it the first time; None: it cannot be used."""
        try:
            return QuestionIndex(entries, self._topics, self._remembered)
        except EncoderUnavailable as error:
            _tell(error)
            return None


def recognised(
    nearness: Nearness, parsed: ParseData, titles: Sequence[str], rules: QuestionRules, scores: QuestionScores
) -> Optional[Recognised]:
    """Which of the entries with these titles a message is, or may be; None: none of them."""
    found = clues(nearness, parsed)
    first = titles[nearness.order[0]]
    right, among = scores.probability_right(found), scores.probability_among(found)
    clear = request_confidence(parsed) >= rules.clear_request
    if right >= (rules.shown_beside_a_request_at if clear else rules.shown_at):
        return Recognised(first, (first,), right)
    if among < (rules.asked_beside_a_request_at if clear else rules.asked_at):
        return None
    return Recognised(None, tuple(titles[place] for place in nearness.candidates(rules.most)), among)


def asking_for(title: str, probability: float, parsed: ParseData) -> ParseData:
    """What was parsed as the question with this title."""
    meant = {"name": ASK_SHOP_QUESTION, "confidence": probability}
    entity: dict[str, Any] = {"entity": ENTITY, "value": title, "extractor": EXTRACTOR}
    return {**parsed, "intent": meant, "intent_ranking": [meant], "entities": [entity]}
