"""What the cuts are learnt from: messages of one request and of several, and the places in them that were looked at."""

import json
import random
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Mapping, Optional, Sequence

import yaml

from base.clock import SystemClock
from base.settings import ROOT
from engine.clauses import Clauses, Cut
from engine.cut_evidence import ParseData
from engine.parsing import Parser
from engine.training import rasa_archive
from evaluation.data_set import LabelledLines
from evaluation.examples import read_examples
from evaluation.joined import Joined, Joins
from evaluation.labelled import OUT_OF_SCOPE, Labelled

JOINED = "joined"  # the manner of messages that nobody wrote as they are
FOLDS = 3
LONGEST = 170  # characters of a sentence that is joined
WITHOUT = "components.tagger.Tagger"  # learns what no evidence looks at, and takes most of a training


@dataclass(frozen=True)
class Message:
    """A message and its truth.

    Attributes:
        kind: the manner of writing; none of a training sentence.
        requests: the intents of a written one with several.
        second: where the second request of a joined one begins.
    """

    text: str
    kind: str = ""
    requests: tuple[str, ...] = ()
    second: Optional[int] = None


@dataclass(frozen=True)
class Looked:
    """A message, and the places that were looked at."""

    message: Message
    cuts: tuple[Cut, ...]

    def is_true(self, cut: Cut) -> bool:
        """Whether this is where it is to be cut; in a written message, whether the sides are what they should be."""
        if self.message.second is not None:
            return cut.left.end < self.message.second <= cut.right.start
        return (cut.left.intent, cut.right.intent) == self.message.requests


@dataclass(frozen=True)
class Fold:
    """Training sentences, dealt out: those that are left out, and the others."""

    left_out: tuple[Labelled, ...]
    others: tuple[Labelled, ...]


def folds(sentences: Path) -> list[Fold]:
    """`FOLDS` of the sentences of a folder; each intent's go round."""
    dealt: list[list[Labelled]] = [[] for _ in range(FOLDS)]
    seen: dict[str, int] = defaultdict(int)
    for sentence in read_examples(sentences):
        dealt[seen[sentence.intent] % FOLDS].append(sentence)
        seen[sentence.intent] += 1
    return [Fold(tuple(part), tuple(one for other in dealt if other is not part for one in other)) for part in dealt]


def messages(
    sentences: Sequence[Labelled], joins: Joins, clauses: Clauses, n_two: int, n_one: int, draw: random.Random
) -> list[Message]:
    """The sentences as they are, `n_two` pairs of them with two requests and `n_one` with one."""
    of_intent: dict[str, list[str]] = defaultdict(list)
    for one in sentences:
        of_intent[one.intent].append(one.text)
    requests = {
        intent: [text for text in texts if len(text) <= LONGEST]
        for intent, texts in of_intent.items()
        if intent not in clauses.no_requests and intent != OUT_OF_SCOPE
    }
    joined: Iterable[Joined] = (
        *joins.two_requests(requests, clauses.evidence.topic_of, n_two, draw),
        *joins.one_request(requests, of_intent, n_one, draw),
    )
    return [Message(one.text) for one in sentences] + [Message(one.text, JOINED, second=one.second) for one in joined]


def written(content: Mapping[str, Any]) -> tuple[list[Message], list[Message]]:
    """Those of cuts.yml, to choose by and to check."""
    halves: tuple[list[Message], list[Message]] = ([], [])
    for kind, examples in content["two"].items():
        for place, example in enumerate(examples):
            ((text, requests),) = example.items()
            halves[place % 2].append(Message(text, kind, tuple(requests)))
    for kind, texts in content["one"].items():
        for place, text in enumerate(texts):
            halves[place % 2].append(Message(text, kind))
    return halves


async def looked_at(model: Path, clauses: Clauses, some: Iterable[Message]) -> list[Looked]:
    """The places of each message that `clauses` looks at with this model."""
    parse = remembering(Parser.load(model, SystemClock()))
    found = []
    for message in some:
        cutting = await clauses.cut(message.text, await parse(message.text), parse)
        found.append(Looked(message, cutting.looked_at))
    return found


def remembering(parser: Parser) -> Any:
    """Parses each text once."""
    known: dict[str, ParseData] = {}

    async def parse(text: str) -> ParseData:
        if text not in known:
            known[text] = {**await parser.agent.parse_message(text), "text": text}
        return known[text]

    return parse


def trained_on(sentences: Iterable[Labelled], folder: Path) -> Path:
    """A model of these sentences, intents and numbers only."""
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    pipeline = [component for component in config["pipeline"] if component["name"] != WITHOUT]
    importer = {"name": f"{LabelledLines.__module__}.{LabelledLines.__name__}"}
    kept = {key: config[key] for key in ("recipe", "language", "assistant_id")}
    (folder / "config.yml").write_text(
        yaml.safe_dump({**kept, "importers": [importer], "pipeline": pipeline}), encoding="utf-8"
    )
    lines = folder / "sentences.jsonl"
    lines.write_text("".join(_line(one) for one in sentences), encoding="utf-8")
    return rasa_archive(folder / "config.yml", lines, folder)


async def looked_at_left_out(fold: Fold, clauses: Clauses, some: Iterable[Message]) -> list[Looked]:
    """As `looked_at`, with a model that has learnt nothing of these."""
    with tempfile.TemporaryDirectory(prefix="sportello-cuts-") as folder:
        return await looked_at(trained_on(fold.others, Path(folder)), clauses, some)


def _line(sentence: Labelled) -> str:
    return json.dumps({"text": sentence.text, "intent": sentence.intent}) + "\n"
