"""Whether a message may mean one of two or three requests, so that asking is better than guessing.

The rule and its numbers are `close` in `data/dialogue.yml`. It reads calibrated probabilities, so it stays true when
the model behind them changes. Evaluation uses it too: how often would be asked, and is the right request offered?
"""

import re
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Sequence

from base.layers import Files, layered, read_layered

FEW_WORDS = 4
WORD = re.compile(r"\w+")
LABEL = "utter_label_intent_"  # the response that names an intent in words a customer uses


class ClosenessUnreadable(Exception):
    """`close` in the file of the dialogue lacks something; the message says what."""


@dataclass(frozen=True)
class Closeness:
    """`close` of `data/dialogue.yml`, which explains itself; `named` are the intents a customer can be asked about."""

    named: frozenset[str]
    first_below: float
    second_of_first: float
    together: float
    most: int
    same_answer: tuple[frozenset[str], ...]
    going_on: frozenset[str]
    ordinals: tuple[frozenset[str], ...]

    @classmethod
    def load(cls, files: Files, responses: Iterable[str]) -> "Closeness":
        """Read the file, or several laid over each other; `responses` are the names of all responses.

        Raises:
            ClosenessUnreadable: a key is missing or of the wrong kind.
        """
        content, name = read_layered(files), layered(files)[-1].name
        try:
            close = content["close"]
            return cls(
                frozenset(name.removeprefix(LABEL) for name in responses if name.startswith(LABEL)),
                float(close["first_below"]),
                float(close["second_of_first"]),
                float(close["together"]),
                int(close["most"]),
                tuple(map(frozenset, close["same_answer"])),
                frozenset(close["going_on"]),
                tuple(map(frozenset, close["ordinals"])),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ClosenessUnreadable(f"{name}: close: {error!r}") from error

    def among(self, text: str, ranking: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """The intents to be asked about, the likeliest first; none when the first is clear, or has no name.

        Args:
            text: what was written; what only goes on with what was said before is not asked about.
            ranking: `{name, confidence}`, the likeliest first.
        """
        if self._goes_on(text):
            return ()
        merged = self._merged(ranking)
        if len(merged) < 2:
            return ()
        (_, first), (_, second), *_ = merged
        if first >= self.first_below or second < self.second_of_first * first or first + second < self.together:
            return ()
        close = [name for name, confidence in merged[: self.most] if confidence >= self.second_of_first * first]
        return tuple(filter(self.named.__contains__, close)) if self.named.issuperset(close[:2]) else ()

    def offers(self, offered: Sequence[str], intent: str) -> bool:
        """Whether one of `offered` leads to what `intent` does."""
        return any(one == intent or self._answered_alike(one, intent) for one in offered)

    def _goes_on(self, text: str) -> bool:
        words = WORD.findall(text.casefold())
        return len(words) <= FEW_WORDS and bool(self.going_on.intersection(words[:1]))

    def _merged(self, ranking: Sequence[Mapping[str, Any]]) -> list[tuple[str, float]]:
        """The ranking with those that get the same answer counted together, under the name of the likeliest."""
        confidences: dict[str, float] = {}
        for intent in ranking:
            name = next((known for known in confidences if self._answered_alike(known, intent["name"])), intent["name"])
            confidences[name] = confidences.get(name, 0.0) + intent["confidence"]
        return sorted(confidences.items(), key=lambda item: -item[1])

    def _answered_alike(self, one: str, other: str) -> bool:
        return any({one, other} <= group for group in self.same_answer)
