"""Customers who write anything at any moment: every turn is answered, nothing breaks, nothing goes round in circles.

What they write is drawn from the sentences of `data/nlu`, from numbers and e-mails of the shop in shop.json, from
noise, and from the buttons on screen. The seed is fixed; a failure prints the whole conversation.
"""

import random
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from base.apology import FAILED_TURN
from base.settings import ROOT
from tests.deep import DEEP, more

CONVERSATIONS = 2_000 if DEEP else 25
TURNS = 8
SEED = 20261123
ALL_ENDED = 5  # "forget it" so often ends whatever was begun: a task and the three that wait
DETAILS = (
    "104206",
    "104207",
    "R-20803",
    "P-3003",
    "anna.rossi@example.it",
    "non ce l'ho",
    "104206 anna.rossi@example.it",
    "no scusa, era il 104207",
)
NOISE = ("…", "?", "boh", "asdf qwer", "😂😂", "ok", "<b>ciao</b>", "/restart", "a" * 300, "1", "sì", "no", "grazie")
JOINTS = (" e poi ", "? inoltre ", ", e ", "\n")  # two things in one message
MARKED = re.compile(r"\[([^]]+)\](?:\([^)]*\)|\{[^}]*\})")


def _sentences() -> list[str]:
    files = sorted((ROOT / "data" / "nlu").glob("*.yml"))
    items = (item for file in files for item in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"])
    lines = (line for item in items if "intent" in item for line in item["examples"].splitlines())
    return [MARKED.sub(r"\1", line.removeprefix("- ").strip()) for line in lines]


@more
@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_customers_write_they_are_answered(talk: Any) -> None:
    await _fuzz(talk)


@more
@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_customers_write_on_telegram_they_are_answered(telegram_talk: Any) -> None:
    await _fuzz(telegram_talk)


async def _fuzz(talk: Any) -> None:
    chance, sentences = random.Random(SEED), _sentences()
    for number in range(CONVERSATIONS):
        talk.somebody_else(f"ws_{number}")
        held: list[str] = []
        said_before: list[str] = []
        for _ in range(TURNS):
            await _write(talk, chance, sentences, held)
            assert talk.responses and talk.shown.words, held
            assert FAILED_TURN not in talk.effects, held
            said_before.append(talk.shown.words)
            assert not _round_in_circles(said_before, held), held
        for _ in range(ALL_ENDED):
            await talk.say("lascia perdere")
        assert talk.responses == ["utter_nothing_to_cancel"], held


async def _write(talk: Any, chance: random.Random, sentences: list[str], held: list[str]) -> None:
    if talk.shown.buttons and chance.random() < 0.3:
        held.append(f"[{chance.choice(talk.shown.buttons)}]")
        return await talk.press(held[-1][1:-1])
    words = chance.choice(chance.choice((sentences, sentences, DETAILS, NOISE)))
    if chance.random() < 0.15:
        words += chance.choice(JOINTS) + chance.choice(sentences)
    held.append(words)
    await talk.say(held[-1])


def _round_in_circles(said: list[str], held: list[str]) -> bool:
    """The same words three times in a row to three different messages."""
    return len(said) >= 3 and len(set(said[-3:])) == 1 and len(set(held[-3:])) == 3
