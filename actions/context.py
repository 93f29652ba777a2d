"""What actions need from outside: database, shop, clock, texts. Built once, at the first call; tests give their own."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Optional

from actions.dialogue import Dialogue
from base.clock import Clock, clock_for
from base.database import Database
from base.layers import Layers
from base.settings import Register, load_settings
from shop.connected import connected_shop
from shop.desk_rules import DeskRules
from shop.gateway import ShopGateway
from shop.questions import FILE, LiveQuestions
from switchboard.elsewhere import Elsewhere
from switchboard.live_texts import LiveTexts
from switchboard.texts import Texts


@dataclass(frozen=True)
class Context:
    """Everything outside the conversation that an action may use."""

    database: Database
    shop: ShopGateway
    clock: Clock
    texts: Texts
    dialogue: Dialogue
    codes: bool = False  # whether one-time codes can be sent
    record_proof: timedelta = timedelta(hours=24)  # how long a number with its e-mail opens that record
    desk: Optional[DeskRules] = None  # when people answer; None: nobody does in the chat
    elsewhere: Elsewhere = Elsewhere(telegram=False, chat_url="")  # where customers can go on
    questions: LiveQuestions = field(default_factory=lambda: LiveQuestions(tuple))  # the shop's own
    register: Register = Register.TU


_current: Optional[Context] = None


def context() -> Context:
    """The context of this process, built from the settings when first asked for.

    Raises:
        base.settings.SettingsError: the environment cannot be used.
    """
    if _current is None:
        use(_from_settings())
    return _current


def use(chosen: Optional[Context]) -> None:
    """Make `chosen` the context of this process; `None` means: build it anew when next asked for."""
    global _current
    _current = chosen


def _from_settings() -> Context:
    settings = load_settings()
    database, layers = Database(settings.database_url), Layers(home=settings.home)
    return Context(
        database,
        connected_shop(database),
        clock_for(settings.dev, settings.var),
        LiveTexts(layers.responses, settings.register),
        Dialogue.load(layers.files("dialogue.yml")),
        settings.codes,
        timedelta(hours=settings.record_proof_hours),
        DeskRules.load(layers.files("desk.yml")),
        Elsewhere(bool(settings.telegram_token), settings.chat_url),
        LiveQuestions(lambda: layers.files(FILE)),
        settings.register,
    )
