"""The commands of the bot's menu: what each stands for. Their words are in data/responses/telegram.yml."""

import re
from dataclasses import dataclass
from typing import Optional

from switchboard.texts import Texts

START = "start"
MENU = {
    "ordine": "track_order",
    "reso": "track_return",
    "preventivo": "track_quote",
    "operatore": "ask_human",
    "privacy": "ask_privacy",
    "aiuto": "ask_capabilities",
}
INTENTS = {**MENU, START: "greet", "help": "ask_capabilities"}  # Telegram's own two are understood as well
ASK_OF_ONE = ("ordine", "reso", "preventivo")  # with a number or an e-mail behind them they ask for that one
LONGEST_DETAILS = 200
DETAIL = re.compile(r"[0-9@]")  # no word of a sentence, as a rule
COMMAND = re.compile(r"/(?P<name>[A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A known command, with what was written after it."""

    name: str
    rest: str

    @property
    def intent(self) -> str:
        """What the customer wants by it."""
        return INTENTS[self.name]

    @property
    def asked_text(self) -> Optional[str]:
        """The response that says which record is asked for; None when more than its details was written."""
        details = self.rest.split()
        of_one = self.name in ASK_OF_ONE and 0 < len(self.rest) <= LONGEST_DETAILS
        return asked_text(self.name) if of_one and all(DETAIL.search(word) for word in details) else None


def read_command(text: str) -> Optional[Command]:
    """The command that `text` begins with; None when it is none of ours, and only a text."""
    found = COMMAND.fullmatch(text)
    name = found["name"].lower() if found else ""
    return Command(name, (found["rest"] or "").strip()) if found and name in INTENTS else None


def asked_text(name: str) -> str:
    """The response by which a customer asks for one record."""
    return f"utter_telegram_asked_{name}"


def menu_texts() -> tuple[str, ...]:
    """The responses that describe the menu."""
    return tuple(f"utter_telegram_menu_{name}" for name in MENU)


def menu(texts: Texts) -> list[tuple[str, str]]:
    """Every command of the menu with its description."""
    return [(name, texts.say(f"utter_telegram_menu_{name}")) for name in MENU]
