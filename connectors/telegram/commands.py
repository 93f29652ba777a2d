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


def read_command(text: str) -> Optional[Command]:
    """The command that `text` begins with; None when it is none of ours, and only a text."""
    found = COMMAND.fullmatch(text)
    name = found["name"].lower() if found else ""
    return Command(name, (found["rest"] or "").strip()) if found and name in INTENTS else None


def menu_texts() -> tuple[str, ...]:
    """The responses that describe the menu."""
    return tuple(f"utter_telegram_menu_{name}" for name in MENU)


def menu(texts: Texts) -> list[tuple[str, str]]:
    """Every command of the menu with its description."""
    return [(name, texts.say(f"utter_telegram_menu_{name}")) for name in MENU]
