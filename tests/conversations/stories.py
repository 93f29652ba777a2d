"""The conversations in the YAML files beside this one: read here, and held on any channel (talk.py, telegram_talk.py).

- conversation: chiede dov'è l'ordine
  register: lei                                 # how the shop addresses its customers; `tu` if left out
  turns:
  - customer: "dov'è il mio ordine 104206?"     # what is written; or `button:` with the title of one that is used
    bot: [utter_ask_order_status_form_email]    # the responses of the turn, all of them, in order
  - customer: "anna.rossi@example.it"
    says: ["in viaggio con GLS", "domani"]      # words that are in the answer
    never: ["Bruno"]                            # words that are not
    card: "Ordine 104206"                       # title of the card
    problem: "In giacenza"                      # note of the step at which the card stands still
    effects: [promise]                          # kinds; `staff_request/<reason>` for requests; none if left out
  - customer: "i miei dati"
    between: [ask_privacy, request_my_data]     # the model is made to hesitate between these, or to understand the one
  - wait: 16                                    # minutes go past
  - session: "ws_2"                             # somebody else writes, from the same address
"""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from base.settings import Register

FOLDER = Path(__file__).parent
KEYS = {"customer", "between", "button", "wait", "session", "bot", "says", "never", "card", "problem", "effects"}


def conversations() -> list[Any]:
    """Every conversation as parameters of a test: its turns and the register."""
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


async def hold(turns: list[dict[str, Any]], register: Register, talk: Any) -> None:
    """Have this conversation as it is written.

    Raises:
        AssertionError: it goes differently.
    """
    talk.addressed_as(register)
    for place, turn in enumerate(turns, start=1):
        assert set(turn) <= KEYS, f"turn {place}: unknown {set(turn) - KEYS}"
        if "wait" in turn:
            talk.wait(turn["wait"])
        elif "session" in turn:
            talk.session = turn["session"]
        else:
            said = "customer" in turn
            await (talk.say(turn["customer"], turn.get("between", ())) if said else talk.press(turn["button"]))
            _check(turn, talk, f"turn {place}, {turn.get('customer') or turn['button']!r}: {talk.words}")


def _check(turn: dict[str, Any], talk: Any, where: str) -> None:
    assert "{" not in talk.words, where
    if "bot" in turn:
        assert talk.responses == turn["bot"], where
    for words in turn.get("says", ()):
        assert words in talk.words, where
    for words in turn.get("never", ()):
        assert words not in talk.words, where
    if "card" in turn:
        assert talk.titles == [turn["card"]], where
    if "problem" in turn:
        assert talk.stands_at(turn["problem"]), where
    assert [_named(effect) for effect in talk.effects] == turn.get("effects", []), where


def _named(effect: dict[str, Any]) -> str:
    return f"staff_request/{effect['reason']}" if effect["kind"] == "staff_request" else effect["kind"]
