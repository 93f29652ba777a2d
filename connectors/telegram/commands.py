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
    "privacy": "ask_privacy",
    "aiuto": "ask_capabilities",
}
INTENTS = {**MENU, START: "greet", "help": "ask_capabilities"}  # Telegram's own two count as well
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


def read_command(text: str) -> Optional[Command]:
    """The command that `text` is, None when it is only a text."""
    found = COMMAND.fullmatch(text)
    return Command(found["name"].lower(), (found["rest"] or "").strip()) if found else None


def menu_texts() -> tuple[str, ...]:
    """The responses that describe the menu."""
    return tuple(f"utter_telegram_menu_{name}" for name in MENU)


def menu(texts: Texts) -> list[tuple[str, str]]:
    """Every command of the menu with its description."""
    return [(name, texts.say(f"utter_telegram_menu_{name}")) for name in MENU]
