"""Every conversation in the YAML files beside this one, held with the whole assistant (see talk.py).

Each is held in a web chat, on both databases, and in a Telegram chat, where words are read as Telegram shows them and
cards are lines of text. One in `CONNECTED_EVERY` goes through the whole Telegram channel, by HTTP.

- conversation: chiede dov'è l'ordine
  register: lei                                 # how the shop addresses its customers; `tu` if left out
  turns:
  - customer: "dov'è il mio ordine 104206?"     # what is written; or `button:` with the title of one that is used
    intent: track_order                         # what is understood: `sportello check` wants every intent named once
    bot: [utter_ask_order_status_form_email]    # the responses of the turn, all of them, in order
  - customer: "anna.rossi@example.it"
    says: ["in viaggio con GLS", "domani"]      # words that are in the answer
    never: ["Bruno"]                            # words that are not
    card: "Ordine 104206"                       # title of the card
    problem: "In giacenza"                      # note of the step at which the card stands still
    effects: [promise]                          # kinds; `staff_request/<reason>` for requests; none if left out
  - customer: "i miei dati"
    between: [ask_privacy, request_my_data]     # the model is made to hesitate between these, or to understand the one
  - files: 2                                    # photos that come with `customer:`, or alone
    kept: 2                                     # files that go with the conversation's requests after the turn
  - wait: 16                                    # minutes go past
  - session: "ws_2"                             # somebody else writes, from the same address
"""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from base.settings import Register
from check.conversations import TURN_KEYS

FOLDER = Path(__file__).parent
CONNECTED_EVERY = 6


def _conversations() -> list[Any]:
    files = sorted(FOLDER.glob("*.yml"))
    found = [(file.stem, item) for file in files for item in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]
    return [
        pytest.param(
            item["turns"],
            Register(item.get("register", "tu")),
            id=f"{topic}: {item['conversation']}",
            marks=[pytest.mark.xfail(strict=True, reason=item["known_failure"])] if "known_failure" in item else [],
        )
        for topic, item in found
    ]


CONVERSATIONS = _conversations()


@pytest.mark.model
@pytest.mark.parametrize(("turns", "register"), CONVERSATIONS)
async def test_the_conversation_goes_as_written(turns: list[dict[str, Any]], register: Register, talk: Any) -> None:
    await _hold(talk, turns, register)


@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("turns", "register"), CONVERSATIONS)
async def test_the_conversation_goes_the_same_way_on_telegram(
    turns: list[dict[str, Any]], register: Register, telegram_talk: Any
) -> None:
    await _hold(telegram_talk, turns, register)


@pytest.mark.model
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("turns", "register"), CONVERSATIONS[::CONNECTED_EVERY])
async def test_the_conversation_goes_the_same_way_through_the_telegram_channel(
    turns: list[dict[str, Any]], register: Register, connect: Any
) -> None:
    async with connect(register) as talk:
        await _hold(talk, turns, register)


async def _hold(talk: Any, turns: list[dict[str, Any]], register: Register) -> None:
    talk.addressed_as(register)
    for place, turn in enumerate(turns, start=1):
        assert set(turn) <= TURN_KEYS, f"turn {place}: unknown {set(turn) - TURN_KEYS}"
        if "wait" in turn:
            talk.wait(turn["wait"])
        elif "session" in turn:
            talk.somebody_else(turn["session"])
        else:
            files, written = turn.get("files", 0), turn.get("customer", "")
            if "button" in turn:
                await talk.press(turn["button"])
            else:
                await talk.say(written, turn.get("between", ()), files)
            _check(turn, talk, f"turn {place}, {written or turn.get('button') or files!r}: {talk.shown.words}")


def _check(turn: dict[str, Any], talk: Any, where: str) -> None:
    assert "{" not in talk.shown.words, where
    if "intent" in turn:
        assert talk.understood == turn["intent"], where
    if "bot" in turn:
        assert talk.responses == turn["bot"], where
    for words in turn.get("says", ()):
        assert words in talk.shown.words, where
    for words in turn.get("never", ()):
        assert words not in talk.shown.words, where
    if "card" in turn:
        assert talk.shown.cards == [turn["card"]], where
    if "problem" in turn:
        assert talk.stands_still(turn["problem"]), where
    if "kept" in turn:
        assert talk.files_with_requests() == turn["kept"], where
    assert [_named(effect) for effect in talk.effects] == turn.get("effects", []), where


def _named(effect: dict[str, Any]) -> str:
    return f"staff_request/{effect['reason']}" if effect["kind"] == "staff_request" else effect["kind"]
