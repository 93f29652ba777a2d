"""What a Telegram chat has beside texts is understood by the trained model: commands, places, contacts."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from base.settings import ROOT, Register
from switchboard.texts import Texts

TEXTS = Texts.load(ROOT / "data" / "responses", Register.TU)
CAPITALS = YAML(typ="safe").load((ROOT / "connectors" / "telegram" / "places.yml").read_text(encoding="utf-8"))
FIRST_CHAT = 1_001
EMAIL = "anna.rossi@example.it"
PALERMO, BOLOGNA = {"latitude": 38.1, "longitude": 13.4}, {"latitude": 44.5, "longitude": 11.3}

pytestmark = pytest.mark.model


@pytest.fixture
def backend() -> str:
    """One database is enough for what is understood."""
    return "sqlite"


@pytest.mark.parametrize(
    ("written", "responses"),
    [
        ("/ordine", ["utter_ask_order_status_form_order_number"]),
        ("/ordine 104206", ["utter_ask_order_status_form_email"]),
        ("/ordine@negozio_bot 104206", ["utter_ask_order_status_form_email"]),
        ("/ordine n. 104206", ["utter_ask_order_status_form_email"]),
        ("/ordine dov'è?", ["utter_ask_order_status_form_order_number"]),
        ("/reso", ["utter_ask_return_status_form_return_number"]),
        ("/reso R-20803", ["utter_ask_return_status_form_email"]),
        ("/preventivo", ["utter_ask_quote_status_form_quote_number"]),
        ("/preventivo P-3003", ["utter_ask_quote_status_form_email"]),
        ("/preventivo 3003", ["utter_ask_quote_status_form_email"]),
        ("/operatore", ["utter_person_requested"]),
        ("/operatore subito, per favore", ["utter_person_requested"]),
        ("/operatore siete dei ladri", ["utter_person_requested"]),
        ("/rimborso", ["utter_ask_refund_status_form_return_number"]),
        ("/privacy", ["utter_ask_privacy"]),
        ("/privacy cancellate i miei dati", ["utter_erasure_passed_on"]),
        ("/aiuto", ["utter_capabilities"]),
        ("/aiuto ordini", ["utter_capabilities"]),
        ("/help", ["utter_capabilities"]),
    ],
)
async def test_a_command_is_answered_with_and_without_words_after_it(
    written: str, responses: list[str], telegram_talk: Any
) -> None:
    await telegram_talk.say(written)

    assert telegram_talk.responses == responses


async def test_a_command_with_everything_needed_is_answered_at_once(telegram_talk: Any) -> None:
    await telegram_talk.say(f"/ordine 104206 {EMAIL}")

    assert telegram_talk.shown.cards == ["Ordine 104206"]


async def test_a_command_in_the_middle_of_something_else_is_what_is_meant(telegram_talk: Any) -> None:
    await telegram_talk.say("/preventivo")
    await telegram_talk.say(f"/ordine 104206 {EMAIL}")

    assert telegram_talk.shown.cards == ["Ordine 104206"]


async def test_a_location_finds_the_store_and_says_so_where_there_is_none(telegram_talk: Any) -> None:
    await telegram_talk.send(location=BOLOGNA)
    bologna = telegram_talk.responses
    await telegram_talk.send(location=PALERMO)
    palermo = telegram_talk.responses
    venue = {"location": BOLOGNA, "title": "Piazza", "address": "Piazza Maggiore, 6, 40124 Bologna BO, Italia"}
    await telegram_talk.send(location=BOLOGNA, venue=venue)

    assert (bologna, palermo, telegram_talk.responses) == (["utter_store"], ["utter_no_store_there"], ["utter_store"])


@pytest.mark.parametrize("owner", [{}, {"user_id": FIRST_CHAT}], ids=["nobody knows whose", "the customer's"])
async def test_a_contact_is_the_number_that_was_asked_for(owner: dict[str, int], telegram_talk: Any) -> None:
    await telegram_talk.say("mi potete richiamare?")
    asked = telegram_talk.responses
    await telegram_talk.send(contact={"phone_number": "393331234567", "first_name": "Anna", **owner})
    after = telegram_talk.responses
    await telegram_talk.say("domani mattina, per il divano Lira")

    assert (asked, after) == (
        ["utter_case_ask_phone"],
        ["utter_case_ask_description_request_callback"],
    )
    assert "+393331234567" in telegram_talk.shown.words


async def test_the_place_of_a_location_is_understood_wherever_it_is(agent: Any) -> None:
    not_understood = []
    for capital in CAPITALS:
        for key, words in (("utter_telegram_my_place", {}), ("utter_telegram_my_address", {"address": "via Roma 1"})):
            parsed = await agent.parse_message(TEXTS.say(key, place=capital, **words))
            places = [entity["value"] for entity in parsed["entities"] if entity["entity"] == "place"]
            if parsed["intent"]["name"] != "find_store" or capital not in places:
                not_understood.append((key, capital, parsed["intent"]["name"], places))

    assert not not_understood
