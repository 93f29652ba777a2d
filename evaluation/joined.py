"""Messages with two requests, made of two training sentences; drawn always the same way for a seed.

How people bring in a second request is written in evaluation/cuts.yml, under `joins`.
"""

import random
import re
from dataclasses import dataclass
from typing import Mapping, Optional, Sequence

LONGEST = 260  # characters of both together
LEAST_WORDS = 2
SIGNS = re.compile(r"[.,:;?!]+(?=\s|$)")
ENDS = ".!?… "
UNPUNCTUATED, MARKED, ANNOUNCED, LOWERED = 0.25, 0.32, 0.08, 0.8
WITHOUT_MODAL, ASKED_INDIRECTLY = 0.5, 0.3
SAME_TOPIC = 0.4  # of the pairs of one topic that are drawn
SAME_INTENT = 0.5  # of the messages that only look like two

Sentences = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Joined:
    """A message.

    Attributes:
        second: where its second request begins; None when there is none.
    """

    text: str
    second: Optional[int]


@dataclass(frozen=True)
class Joins:
    """`joins` of evaluation/cuts.yml.

    Attributes:
        plain, marked: how the first request ends, and how the second is brought in.
        announcing: what comes before both.
        indirect: what may stand before an interrogative.
        interrogative: finds such a beginning.
        modal: finds "vorrei" and the like before an infinitive.
        leading: intents that are no requests, with which a message of one request may begin or end.
    """

    plain: tuple[tuple[str, str], ...]
    marked: tuple[tuple[str, str], ...]
    announcing: tuple[str, ...]
    indirect: tuple[str, ...]
    interrogative: "re.Pattern[str]"
    modal: "re.Pattern[str]"
    leading: tuple[str, ...]

    @classmethod
    def of(cls, said: Mapping[str, Sequence[str]]) -> "Joins":
        """From the part of the file."""
        infinitive = r"\s+(?=\w+[aei]r(?:e|mi|ci|lo|la|li|le|ne|vi)\b)"
        return cls(
            tuple((end, words) for end, words in said["plain"]),
            tuple((end, words) for end, words in said["marked"]),
            tuple(said["announcing"]),
            tuple(said["indirect"]),
            re.compile(rf"(?:{'|'.join(said['interrogatives'])})\b", re.IGNORECASE),
            re.compile(rf"(?:{'|'.join(said['modals'])}){infinitive}", re.IGNORECASE),
            tuple(said["leading"]),
        )

    def two_requests(
        self, sentences: Sentences, topic_of: Mapping[str, str], n: int, draw: random.Random
    ) -> list[Joined]:
        """`n` messages of two intents among `sentences`, few of one topic."""
        intents, found = sorted(sentences), list[Joined]()
        while len(found) < n:
            one, other = draw.choice(intents), draw.choice(intents)
            if one == other or (topic_of.get(one, one) == topic_of.get(other, other) and draw.random() > SAME_TOPIC):
                continue
            pair = draw.choice(sentences[one]), draw.choice(sentences[other])
            if _fit(*pair) and min(len(text.split()) for text in pair) >= LEAST_WORDS:
                found.append(self.joined(*pair, draw))
        return found

    def one_request(self, requests: Sentences, sentences: Sentences, n: int, draw: random.Random) -> list[Joined]:
        """`n` messages of two sentences and one request: the same twice, or with a greeting, a thank or a complaint."""
        intents, found = sorted(requests), list[Joined]()
        while len(found) < n:
            intent = draw.choice(intents)
            other = intent if draw.random() < SAME_INTENT else draw.choice(self.leading)
            pair = draw.choice(sentences[other]), draw.choice(requests[intent])
            if _fit(*pair):
                found.append(Joined(self.joined(*pair, draw).text, None))
        return found

    def joined(self, first: str, second: str, draw: random.Random) -> Joined:
        """Both in one message, the second as one goes on after the first."""
        end, words = draw.choice(self.marked if draw.random() < MARKED else self.plain)
        if draw.random() < UNPUNCTUATED:
            end, words = "", SIGNS.sub("", words).lower()
            first, second = SIGNS.sub("", first), SIGNS.sub("", second)
        first = self._ended(first.rstrip(), end)
        second = self._going_on(first, second, draw)
        if not re.search(r"[.?!\n]\s*$", first + words):
            second = _lowered(second, draw)
        if draw.random() < ANNOUNCED:
            first = draw.choice(self.announcing) + _lowered(first, draw)
        before = f"{first}{words}" if words[:1].isspace() or words[:1] == "\n" else f"{first} {words}"
        before = before if before[-1:].isspace() else f"{before} "
        return Joined(before + second, len(before))

    def _ended(self, first: str, end: str) -> str:
        """With this sign at its end; what is a question stays one, and what is none gets no question mark."""
        bare = first.rstrip(ENDS)
        asked = "?" in first[len(bare) :]
        if not end:
            return first
        if end == ",":
            return f"{bare},"
        if end == "?":
            return f"{bare}?" if asked or self.interrogative.match(bare) else f"{bare}."
        return first if asked else bare + end

    def _going_on(self, first: str, second: str, draw: random.Random) -> str:
        """ "vorrei …" and "cambiare l'indirizzo"; "sapere quanto costa"."""
        modal = self.modal.match(second)
        if modal and self.modal.match(first) and draw.random() < WITHOUT_MODAL:
            return second[modal.end() :]
        if self.interrogative.match(second) and draw.random() < ASKED_INDIRECTLY:
            return draw.choice(self.indirect) + _lowered(second, draw)
        return second


def _fit(one: str, other: str) -> bool:
    return len(one) + len(other) <= LONGEST


def _lowered(text: str, draw: random.Random) -> str:
    """Beginning without a capital, mostly; "IBAN" stays."""
    capital = text[:1].isupper() and not text[1:2].isupper()
    return text[:1].lower() + text[1:] if capital and draw.random() < LOWERED else text
