"""Conversations in the words of a shop's own folder: live, by channel, by what is known, beside its own questions."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actions import context
from base.clock import FixedClock
from base.database import Database
from base.layers import Layers
from base.settings import Register
from rehearsal.ground import Ground
from shop.questions import FILE
from switchboard.live_texts import LOOK_S, LiveTexts

pytestmark = pytest.mark.model

TEXTS = """
responses:
  utter_you_are_welcome:
  - text: "È stato un piacere!"
  - channel: telegram
    text: "È stato un piacere, anche da qui!"
  - condition:
    - {type: slot, name: order_number, value: "104206"}
    text: "Figurati! Torniamo al tuo ordine."
"""
QUESTIONS = """
domande:
- domande: ["c'è un parcheggio per i clienti?", "dove lascio la macchina quando vengo?", "avete posti auto?"]
  titolo: "Parcheggio"
  risposta: "Sì, davanti al negozio."
"""


class Watch:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "responses").mkdir(parents=True)
    (folder / "responses" / "testi.yml").write_text(TEXTS, encoding="utf-8")
    (folder / FILE).write_text(QUESTIONS, encoding="utf-8")
    _read_beforehand(folder)
    return folder


def in_the_shop(talk: Any, agent: Any, home: Path, watch: Watch) -> Any:
    """The talk with everything the folder says, as it is at any moment."""
    talk.texts = agent.nlg.texts = LiveTexts(Layers(home=home).responses, Register.TU, watch)
    context.use(replace(context.context(), texts=talk.texts))
    return talk


@pytest.fixture
def shop_talk(home: Path, agent: Any, shop: Database, clock: FixedClock, watch: Watch) -> Any:
    from rehearsal.talk import Talk

    return in_the_shop(Talk(agent, shop, clock, Ground.of_shop(home)), agent, home, watch)


@pytest.fixture
def shop_chat(home: Path, agent: Any, shop: Database, clock: FixedClock, watch: Watch) -> Any:
    from tests.conversations.telegram_talk import RenderedTalk

    return in_the_shop(RenderedTalk(agent, shop, clock, Ground.of_shop(home)), agent, home, watch)


async def test_the_shops_text_and_its_own_question_are_said_and_the_rest_is_the_products(shop_talk: Any) -> None:
    await shop_talk.say("grazie mille")
    assert shop_talk.shown.words == "È stato un piacere!"

    await shop_talk.say("c'è un parcheggio per i clienti?")
    assert shop_talk.shown.words == "Parcheggio\nSì, davanti al negozio."

    await shop_talk.say("dov'è il mio ordine?")
    assert shop_talk.responses == ["utter_ask_order_status_form_order_number"]


async def test_telegram_has_words_of_its_own(shop_chat: Any) -> None:
    await shop_chat.say("grazie mille")

    assert shop_chat.shown.words == "È stato un piacere, anche da qui!"


async def test_words_for_a_condition_are_said_while_it_holds(shop_talk: Any) -> None:
    await shop_talk.say("dov'è il mio ordine 104206?")

    await shop_talk.say("grazie")

    assert shop_talk.shown.words.startswith("Figurati! Torniamo al tuo ordine.")


async def test_other_words_are_said_a_second_after_the_file_is_saved(shop_talk: Any, home: Path, watch: Watch) -> None:
    await shop_talk.say("grazie mille")
    changed = TEXTS.replace("È stato un piacere!", "Grazie a te, davvero!")
    (home / "responses" / "testi.yml").write_text(changed, encoding="utf-8")
    watch.now += LOOK_S

    await shop_talk.say("grazie mille")

    assert shop_talk.shown.words == "Grazie a te, davvero!"


def _read_beforehand(home: Path) -> None:
    """As the engine does when it starts: what is encoded then is remembered in the whole process."""
    from engine.shop_questions import shop_questions

    questions = shop_questions(Layers(home=home))
    assert questions
    questions.warm_up()
