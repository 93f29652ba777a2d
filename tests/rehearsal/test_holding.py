"""What is told of a conversation that goes otherwise than written, and which conversations there are to hold."""

from pathlib import Path
from typing import Any, Optional, Sequence

import pytest

from base.layers import Layers
from base.settings import Register
from rehearsal.held import Mismatch
from rehearsal.holding import hold
from rehearsal.talk import NoSuchButton, Shown
from rehearsal.written import FOLDER, PRODUCT_SHOP, ConversationsUnreadable, read_folder, written_conversations

GREETED = "Ciao! Dimmi tutto."


class Parrot:
    """Greets whatever is said to it, and breaks when it is told to."""

    shown, understood = Shown("", (), ()), "greet"
    responses, effects = ["utter_greet"], [{"kind": "staff_request", "reason": "asked"}]
    waited = 0

    def addressed_as(self, register: Register) -> None:
        self.register = register

    def wait(self, minutes: int) -> None:
        self.waited += minutes

    def somebody_else(self, session: str) -> None:
        self.session = session

    async def say(self, text: str, between: Sequence[str] = (), files: int = 0) -> None:
        if text == "rompiti":
            raise ZeroDivisionError
        self.shown = Shown(GREETED, ("Sì",), ("Ordine 104206",))

    async def press(self, title: str) -> None:
        raise NoSuchButton(title, ["Sì"])

    def stands_still(self, note: Optional[str]) -> bool:
        return note == "In giacenza"

    def files_with_requests(self) -> int:
        return 0


RIGHT = {
    "customer": "ciao",
    "intent": "greet",
    "bot": ["utter_greet"],
    "says": ["Dimmi"],
    "never": ["Bruno"],
    "card": "Ordine 104206",
    "problem": "In giacenza",
    "kept": 0,
    "effects": ["staff_request/asked"],
}


async def test_a_conversation_that_goes_as_written_is_told_turn_by_turn() -> None:
    parrot = Parrot()

    held = await hold(parrot, "prova", [RIGHT, {"wait": 5}, {"session": "ws_2"}, RIGHT], Register.LEI)

    assert held.as_written and held.count == 4 and [turn.place for turn in held.turns] == [1, 4]
    assert (parrot.waited, parrot.session, parrot.register) == (5, "ws_2", Register.LEI)
    assert held.turns[0].words == GREETED and held.turns[0].effects == ("staff_request/asked",)


@pytest.mark.parametrize(
    ("changed", "mismatch"),
    [
        ({"intent": "thank"}, Mismatch("intent", "thank", "greet")),
        ({"bot": ["utter_a", "utter_b"]}, Mismatch("bot", "utter_a, utter_b", "utter_greet")),
        ({"says": ["Buongiorno"]}, Mismatch("says", "Buongiorno", GREETED)),
        ({"never": ["Ciao"]}, Mismatch("never", "Ciao", GREETED)),
        ({"card": "Ordine 1"}, Mismatch("card", "Ordine 1", "Ordine 104206")),
        ({"problem": None}, Mismatch("problem", "", GREETED)),
        ({"kept": 2}, Mismatch("kept", "2", "0")),
        ({"effects": []}, Mismatch("effects", "", "staff_request/asked")),
    ],
)
async def test_the_first_turn_that_goes_otherwise_ends_it_and_says_what_was_wanted(
    changed: dict[str, Any], mismatch: Mismatch
) -> None:
    held = await hold(Parrot(), "prova", [{**RIGHT, **changed}, RIGHT], Register.TU)

    assert not held.as_written and len(held.turns) == 1
    assert held.turns[0].mismatches == (mismatch,)


async def test_a_button_that_is_not_there_and_a_turn_that_breaks_are_findings() -> None:
    missing = await hold(Parrot(), "prova", [RIGHT, {"button": "No"}], Register.TU)
    broken = await hold(Parrot(), "prova", [{"customer": "rompiti"}], Register.TU)

    assert missing.turns[-1].mismatches == (Mismatch("button", "No", "Sì"),) and missing.turns[-1].pressed
    assert broken.turns[-1].mismatches == (Mismatch("broken", "", "ZeroDivisionError"),)


def test_a_shops_conversation_takes_the_place_of_the_products_with_its_title(tmp_path: Path) -> None:
    product, home = tmp_path / "product", tmp_path / "home"
    for folder, said in ((product, "ciao"), (home, "salve")):
        (folder / FOLDER).mkdir(parents=True)
        text = f'- conversation: saluta\n  turns:\n  - customer: "{said}"\n'
        (folder / FOLDER / "general.yml").write_text(text, encoding="utf-8")
    (product / FOLDER / "other.yml").write_text("- conversation: altro\n  turns: []\n", encoding="utf-8")
    (home / FOLDER / "shop.json").write_text("{}", encoding="utf-8")

    found = written_conversations(Layers(product, home))

    assert [(one.name, one.of_shop) for one in found] == [("other: altro", False), ("general: saluta", True)]
    assert found[1].turns[0]["customer"] == "salve"
    assert (found[0].shop, found[1].shop) == (PRODUCT_SHOP, home / FOLDER / "shop.json")


@pytest.mark.parametrize("text", ["- turns: []\n", "- conversation: x\n", "conversation: x\n", "- [\n", "ciao\n"])
def test_a_file_that_holds_no_conversations_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")

    with pytest.raises(ConversationsUnreadable, match="bad.yml"):
        read_folder(tmp_path)
