"""Conversations about the shop's own questions, with a folder of the shop."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from base.clock import FixedClock
from base.database import Database
from base.layers import Layers
from base.settings import Register
from rehearsal.ground import Ground

pytestmark = pytest.mark.model

QUESTIONS = """
domande:
- domande: ["c'è un parcheggio per i clienti?", "dove lascio la macchina quando vengo?", "avete posti auto?"]
  titolo: "Parcheggio"
  risposta: "Sì, davanti al negozio: puoi stare due ore."
  lei: "Sì, davanti al negozio: può stare due ore."
- domande: ["c'è una rastrelliera per le biciclette?", "dove lego la bici quando vengo?"]
  titolo: "Biciclette"
  risposta: "La rastrelliera è nel cortile."
- domande: ["fate il pacchetto regalo?", "me lo incartate con un fiocco?"]
  titolo: "Confezione regalo"
  risposta: "Sì, gratis fino a Natale."
  valida_fino: 2026-12-24
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "domande.yml").write_text(QUESTIONS, encoding="utf-8")
    _read_beforehand(tmp_path)
    return tmp_path


@pytest.fixture
def shop_talk(home: Path, agent: Any, shop: Database, clock: FixedClock) -> Any:
    from rehearsal.talk import Talk

    return Talk(agent, shop, clock, Ground.of_shop(home))


async def test_a_question_is_answered_with_its_title(shop_talk: Any) -> None:
    await shop_talk.say("ma dove la posso parcheggiare la macchina quando vengo?")

    assert shop_talk.understood == "ask_shop_question"
    assert shop_talk.responses == ["utter_shop_question"]
    assert shop_talk.shown.words == "Parcheggio\nSì, davanti al negozio: puoi stare due ore."


async def test_the_answer_is_formal_where_the_shop_is(shop_talk: Any) -> None:
    shop_talk.addressed_as(Register.LEI)

    await shop_talk.say("c'è un parcheggio per i clienti?")

    assert "può stare due ore" in shop_talk.shown.words


@pytest.mark.parametrize("answer", ["button", "la seconda", "Biciclette"])
async def test_between_two_it_is_asked_which_and_the_choice_is_answered(shop_talk: Any, answer: str) -> None:
    await shop_talk.say("posso lasciarla fuori?", between=["out_of_scope"])
    assert shop_talk.responses == ["utter_which_question"]
    assert {"Biciclette", "Parcheggio", "Altro"} <= set(shop_talk.shown.buttons)

    if answer == "la seconda":
        wanted = shop_talk.shown.buttons[1]
        await shop_talk.say(answer)
    else:
        wanted = "Biciclette"
        await (shop_talk.press(wanted) if answer == "button" else shop_talk.say(answer))

    assert shop_talk.shown.words.startswith(f"{wanted}\n")


async def test_none_of_them_is_said_in_other_words(shop_talk: Any) -> None:
    await shop_talk.say("posso lasciarla fuori?", between=["out_of_scope"])

    await shop_talk.press("Altro")

    assert shop_talk.responses == ["utter_say_it_differently"]


async def test_a_yes_to_the_question_which_asks_again(shop_talk: Any) -> None:
    await shop_talk.say("posso lasciarla fuori?", between=["out_of_scope"])
    offered = shop_talk.shown.buttons

    await shop_talk.say("sì")

    assert shop_talk.responses == ["utter_which_one"] and shop_talk.shown.buttons == offered


async def test_a_question_inside_a_task_is_answered_and_the_task_goes_on(shop_talk: Any) -> None:
    await shop_talk.say("dov'è il mio ordine 104206?")

    await shop_talk.say("c'è un parcheggio per i clienti?")

    assert shop_talk.responses == ["utter_shop_question", "utter_ask_order_status_form_email"]


async def test_requests_of_the_product_are_what_they_were(shop_talk: Any) -> None:
    for text, response in {
        "dov'è il mio ordine 104206?": "utter_ask_order_status_form_email",
        "lascia perdere": "utter_task_cancelled",
        "come posso pagare?": "utter_payment_methods",
        "entro quanti giorni posso fare il reso?": "utter_return_policy",
        "grazie mille": "utter_you_are_welcome",
    }.items():
        await shop_talk.say(text)
        assert shop_talk.responses[0] == response, text


async def test_what_is_over_is_not_answered(shop_talk: Any, clock: FixedClock) -> None:
    await shop_talk.say("fate il pacchetto regalo?")
    assert shop_talk.responses == ["utter_shop_question"]
    clock.move(timedelta(days=40))

    await shop_talk.say("fate il pacchetto regalo?")

    assert "utter_shop_question" not in shop_talk.responses


async def test_an_edit_is_answered_without_training(shop_talk: Any, home: Path) -> None:
    await shop_talk.say("c'è un parcheggio per i clienti?")
    changed = QUESTIONS.replace("puoi stare due ore", "puoi stare tutto il giorno")
    (home / "domande.yml").write_text(changed, encoding="utf-8")
    shop_talk.addressed_as(Register.TU)  # a second later

    await shop_talk.say("dove lascio la macchina quando vengo?")

    assert "tutto il giorno" in shop_talk.shown.words


def _read_beforehand(home: Path) -> None:
    """As the engine does when it starts: what is encoded then is remembered in the whole process."""
    from engine.shop_questions import shop_questions

    questions = shop_questions(Layers(home=home))
    assert questions
    questions.warm_up()
