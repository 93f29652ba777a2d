"""The commands of the bot's menu: what each stands for. Their words are in data/responses/telegram.yml."""

import re
from dataclasses import dataclass
from typing import Optional

from switchboard.texts import Texts

START, ASK_HUMAN = "start", "operatore"
MENU = {
    "ordine": "track_order",
    "reso": "track_return",
    "preventivo": "track_quote",
    ASK_HUMAN: "ask_human",
    "sito": "continue_elsewhere",
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
    """A command, of the menu or invented, with what was written after it."""

    name: str
    rest: str

    @property
    def intent(self) -> Optional[str]:
        """What the customer certainly wants by it; None when that has to be understood from its words."""
        return INTENTS.get(self.name) if not self.rest or self.name in (START, ASK_HUMAN) else None

    @property
    def words(self) -> str:
        """The same as somebody writes it who does not know commands."""
        return f"{self.name} {self.rest}".strip()

    @property
    def asked_text(self) -> Optional[str]:
        """The response that says which record is asked for; None when more than its details was written."""
        details = self.rest.split()
        of_one = self.name in ASK_OF_ONE and 0 < len(self.rest) <= LONGEST_DETAILS
        return asked_text(self.name) if of_one and all(DETAIL.search(word) for word in details) else None


def read_command(text: str) -> Optional[Command]:
    """The command that `text` is, None when it is only a text."""
    found = COMMAND.fullmatch(text)
    return Command(found["name"].lower(), (found["rest"] or "").strip()) if found else None


def asked_text(name: str) -> str:
    """The response by which a customer asks for one record."""
    return f"utter_telegram_asked_{name}"


def menu_texts() -> tuple[str, ...]:
    """The responses that describe the menu."""
    return tuple(f"utter_telegram_menu_{name}" for name in MENU)


def menu(texts: Texts) -> list[tuple[str, str]]:
    """Every command of the menu with its description."""
    return [(name, texts.say(f"utter_telegram_menu_{name}")) for name in MENU]
