"""What speaks for and against two requests at a place, once both sides are parsed: numbers with names.

The names are those of the weights in cuts.json. How much each counts is learnt; which words ask, order or correct is
written by trainers in `data/dialogue.yml`.
"""

import math
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

from engine.boundaries import Boundary, phrases, words_of
from engine.cuts import log_odds, share_of

RECORDS = ("order_number", "return_number", "quote_number")
MOST_BY_WORDS = 6.0
FEW_WORDS = 5  # of a clause that leans on the one before by a pronoun

ParseData = Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One side of a place: what was parsed, and what its words are like.

    Attributes:
        intent: the request it is taken for.
        asks: whether it reads like a question, a wish or an order, not like part of an account.
        has_pronoun: whether it is short and leans on something said before.
    """

    parsed: ParseData
    intent: str
    words: int
    asks: bool
    has_pronoun: bool

    @property
    def confidence(self) -> float:
        return share_of(self.parsed, self.intent)

    @property
    def is_likeliest(self) -> bool:
        return self.parsed["intent"]["name"] == self.intent

    @property
    def text(self) -> str:
        return self.parsed["text"]

    @property
    def outside(self) -> float:
        """Probability that it does not concern the shop; a half where that was not learnt."""
        said = self.parsed.get("out_of_scope")
        return said["probability"] if said else 0.5


def records_in(parsed: ParseData) -> frozenset[str]:
    """Numbers of orders, returns and quotes."""
    return frozenset(str(entity["value"]) for entity in parsed["entities"] if entity["entity"] in RECORDS)


@dataclass(frozen=True)
class Evidence:
    """The words and topics of `data/dialogue.yml` that it takes. Phrases are words with a blank around each."""

    openings: tuple[str, ...]
    orders: frozenset[str]
    commands: tuple[str, ...]
    pronouns: tuple[str, ...]
    announced: tuple[str, ...]
    corrections: tuple[str, ...]
    told: frozenset[str]
    topic_of: Mapping[str, str]
    leaning: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, several: Mapping[str, Any], corrections: Sequence[str]) -> "Evidence":
        """From the parts of the file.

        Raises:
            KeyError, TypeError, AttributeError: something is missing or of the wrong kind.
        """
        return cls(
            _phrases(several["openings"]),
            frozenset(_joined(phrase) for phrase in phrases(several["orders"])),
            tuple(several["commands"]),
            _phrases(several["pronouns"]),
            _phrases(several["announced"]),
            _phrases(corrections),
            frozenset(several["told"]),
            {intent: topic for topic, intents in several["topics"].items() for intent in intents},
            {intent: tuple(before) for intent, before in several["leaning"].items()},
        )

    def is_corrected(self, text: str) -> bool:
        """Whether somebody says something else instead of what was just said."""
        return _has(_blanked(_forms(text)), self.corrections)

    def leans(self, before: str, after: str) -> bool:
        """Whether a request goes on with the one before it, unless it names something: "Spedite? Quanto costa?"."""
        return before in self.leaning.get(after, ())

    def follows(self, before: str, after: str) -> bool:
        """Whether what is wanted may follow from what was told: "il vaso è rotto e voglio i soldi"."""
        return before in self.told and self._topic(before) == self._topic(after)

    def of_cut(
        self,
        by_words: float,
        boundary: Boundary,
        whole: ParseData,
        left: tuple[ParseData, str],
        right: tuple[ParseData, str],
    ) -> dict[str, float]:
        """Of one place.

        Args:
            by_words: log odds by the words alone.
            whole: parse of the two sides together, with its `text`.
            left, right: the same of each, and the request it is taken for.
        """
        before, after = self.side(*left), self.side(*right)
        same_topic = self._topic(before.intent) == self._topic(after.intent)
        return {
            "by_words": max(-MOST_BY_WORDS, min(by_words, MOST_BY_WORDS)),
            **_of_confidences(whole, before, after),
            **_of_joint(boundary, before, after, same_topic),
            **_of_records(records_in(before.parsed), records_in(after.parsed)),
            **self._of_intents(before, after, same_topic),
            "announced": float(_has(_blanked(_forms(whole["text"])), self.announced)),
            "corrected": float(self.is_corrected(whole["text"])),
        }

    def side(self, parsed: ParseData, intent: str) -> Side:
        """What the words of a part are like."""
        words = _forms(parsed["text"])
        blanked = _blanked(words)
        asks = _has(blanked.removeprefix(" se"), self.openings)  # "se ordino oggi" is a condition
        orders = bool(words) and (words[0] in self.orders or any(word.endswith(self.commands) for word in words))
        pronoun = len(words) <= FEW_WORDS and _has(blanked, self.pronouns)
        return Side(parsed, intent, len(words), asks or orders, pronoun)

    def _of_intents(self, before: Side, after: Side, same_topic: bool) -> dict[str, float]:
        leans = self.leans(before.intent, after.intent)
        return {
            "same_topic": float(same_topic),
            "leans": float(leans),
            "short_leans": float(leans and after.words < FEW_WORDS),
            "told": float(before.intent in self.told),
            "asks_left": float(before.asks),
            "asks_right": float(after.asks),
            "asks_both": float(before.asks and after.asks),
            "same_topic_asks_both": float(same_topic and before.asks and after.asks),
            "pronoun": float(after.has_pronoun),
        }

    def _topic(self, intent: str) -> str:
        return self.topic_of.get(intent, intent)


def _of_confidences(whole: ParseData, before: Side, after: Side) -> dict[str, float]:
    best = whole["intent"]["name"]
    return {
        "left": log_odds(before.confidence),
        "right": log_odds(after.confidence),
        "less_sure": log_odds(min(before.confidence, after.confidence)),
        "whole": log_odds(whole["intent"]["confidence"]),
        "left_in_whole": log_odds(share_of(whole, before.intent)),
        "right_in_whole": log_odds(share_of(whole, after.intent)),
        "right_in_left": log_odds(share_of(before.parsed, after.intent)),
        "left_in_right": log_odds(share_of(after.parsed, before.intent)),
        "whole_is_left": float(best == before.intent),
        "whole_is_neither": float(best not in (before.intent, after.intent)),
        "left_is_less_likely": float(not before.is_likeliest),
        "right_is_less_likely": float(not after.is_likeliest),
        "left_outside": log_odds(before.outside),
        "right_outside": log_odds(after.outside),
    }


def _of_joint(boundary: Boundary, before: Side, after: Side, same_topic: bool) -> dict[str, float]:
    bare = not boundary.sign and not boundary.joints
    asked = before.text.rstrip().endswith("?"), "?" in after.text
    new = "new" in boundary.joints
    also = "also" in boundary.joints
    return {
        "joint_new": float(new),
        "joint_also": float(also),
        "joint_and": float(boundary.joints == {"and"}),
        "same_topic_joined": float(same_topic and (new or also)),
        "bare": float(bare),
        "bare_less_sure": bare * log_odds(min(before.confidence, after.confidence)),
        "question_left": float(asked[0]),
        "question_right": float(asked[1]),
        "question_both": float(all(asked)),
        "same_topic_question_both": float(same_topic and all(asked)),
        "words_left": math.log(1 + before.words),
        "words_right": math.log(1 + after.words),
        "short_left": float(before.words <= 2),
        "short_right": float(after.words <= 2),
        "three_right": float(after.words == 3),
    }


def _of_records(before: frozenset[str], after: frozenset[str]) -> dict[str, float]:
    return {
        "record_left": float(bool(before)),
        "record_right": float(bool(after)),
        "record_new": float(bool(after - before)),
        "record_both": float(bool(before and after - before)),
    }


def _phrases(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(f" {_joined(phrase)} " for phrase in phrases(texts))


def _joined(words: Sequence[str]) -> str:
    return " ".join(words)


def _blanked(words: Sequence[str]) -> str:
    return f" {_joined(words)} "


def _forms(text: str) -> list[str]:
    return [word.form for word in words_of(text) if not word.is_sign]


def _has(blanked: str, phrases: Sequence[str]) -> bool:
    return any(phrase in blanked for phrase in phrases)
