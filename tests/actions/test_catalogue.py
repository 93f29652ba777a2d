from typing import Any, Iterator

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import context
from actions.catalogue import TALKED_ABOUT, ActionTellAvailability, ActionTellPrice, ActionTellProduct, ProductAnswer
from actions.context import Context
from actions.follow_ups import shopping_answer
from actions.stores import ActionFindStore
from base.clock import FixedClock
from base.database import Database
from shop.catalogue import Stock
from shop.errors import ShopUnavailable
from tests.actions.helpers import TEXTS, Said, bot, tracker, turn_of, use_context, user

ACTIONS = [ActionTellAvailability(), ActionTellPrice(), ActionTellProduct(), ActionFindStore()]


class SilentShop:
    """A shop that cannot say anything now."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object) -> None:
            raise ShopUnavailable("asleep")

        return fail


@pytest.fixture
def silent_shop(tmp_path: Any, clock: FixedClock) -> Iterator[Context]:
    yield use_context(Database(f"sqlite:///{tmp_path / 'never-opened.db'}"), clock, SilentShop())
    context.use(None)


async def run(action: Any, *events: dict, talked_about: str | None = None) -> tuple[Said, list]:
    dispatcher = CollectingDispatcher()
    slots = {TALKED_ABOUT: talked_about}
    return Said(dispatcher), await action.run(dispatcher, tracker(*events, slots=slots), {})


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name())
async def test_a_silent_shop_is_said_to_be_silent(action: Any, silent_shop: Context) -> None:
    said, events = await run(action, user("quanto costa la sedia Alba a Bologna?", "ask_price", product="sedia Alba"))

    assert said.responses == ["utter_error_shop_unavailable"] and events == []


async def test_the_price_of_some_pieces_is_added_up(reading_context: Context) -> None:
    message = user("quanto vengono quattro sedie Alba?", "ask_price", product="sedie Alba", quantity="quattro")

    said, _ = await run(ActionTellPrice(), message)

    assert said.responses == ["utter_price_of_pieces"]
    assert said.words == "Sedia Alba, 4 pezzi: 239,60 €, cioè 59,90 € al pezzo, IVA compresa."


async def test_what_was_told_about_is_remembered(reading_context: Context) -> None:
    _, events = await run(ActionTellPrice(), user("quanto costa la sedia Alba?", "ask_price", product="sedia Alba"))

    assert [(event["name"], event["value"]) for event in events] == [(TALKED_ABOUT, "SEDIA-ALBA")]


@pytest.mark.parametrize("action", ACTIONS[:3], ids=lambda action: action.name())
async def test_a_button_names_its_product_by_code(action: ProductAnswer, reading_context: Context) -> None:
    said, events = await run(action, user("Divano Lira", action.topic, product="DIVANO-LIRA"))

    assert [event["value"] for event in events] == ["DIVANO-LIRA"]
    assert said.cards[0]["kind"] == "product" and said.cards[0]["title"] == "Divano Lira"


async def test_a_card_says_what_the_text_says(reading_context: Context) -> None:
    said, _ = await run(ActionTellProduct(), user("com'è il divano Lira?", "ask_product_info", product="divano Lira"))

    [card] = said.cards
    facts = {fact["label"]: fact["value"] for fact in card["facts"]}
    assert card["price"].replace("\xa0", " ") == "749,00 €"
    assert facts == {
        "Categoria": "Divani",
        "Colori": "blu, grigio",
        "Misure": "2 posti, 3 posti",
        "Disponibilità": "in magazzino",
    }


async def test_choices_are_four_at_most_and_carry_the_code(reading_context: Context) -> None:
    said, events = await run(ActionTellPrice(), user("quanto costano le sedie?", "ask_price", product="sedie"))

    [message] = said.dispatcher.messages
    assert message["response"] == "utter_which_of_these" and events == []
    assert [(b["title"], b["payload"]) for b in message["buttons"]] == [
        ("Sedia Alba", '/ask_price{"product": "SEDIA-ALBA"}'),
        ("Sedia Brina", '/ask_price{"product": "SEDIA-BRINA"}'),
    ]


async def test_among_several_the_one_talked_about_is_meant(reading_context: Context) -> None:
    message = user("quanto costa la sedia?", "ask_price", product="sedia")

    said, _ = await run(ActionTellPrice(), message, talked_about="SEDIA-BRINA")

    assert "64,50" in said.words


async def test_a_word_that_happens_to_be_a_name_does_not_change_the_subject(reading_context: Context) -> None:
    message = user("che altezza ha da terra?", "ask_product_info")

    said, _ = await run(ActionTellProduct(), message, talked_about="SEDIA-ALBA")

    assert said.words.startswith("Sedia Alba.")


async def test_a_product_that_was_taken_off_the_shelf_is_forgotten(reading_context: Context) -> None:
    said, _ = await run(ActionTellPrice(), user("quanto costa?", "ask_price"), talked_about="NON-PIU")

    assert said.responses == ["utter_which_product_ask_price"]


@pytest.mark.parametrize(
    ("before", "entities", "answer"),
    [
        ("ask_price", {"product": "sedia Alba"}, ActionTellProduct),
        ("ask_availability", {"size": "42"}, ActionTellProduct),
        ("find_store", {"place": "Torino"}, ActionFindStore),
        ("find_store", {"date": "domani"}, ActionFindStore),
        ("ask_price", {"phone": "3331234567"}, type(None)),
        ("track_order", {"place": "Torino"}, type(None)),
    ],
)
def test_details_go_on_with_what_was_asked(before: str, entities: dict, answer: type, bare_context: Context) -> None:
    events = [user("…", before), bot("utter_price"), user("…", "give_details", "ms_2", **entities)]

    turn, _ = turn_of(tracker(*events), bare_context)

    assert isinstance(shopping_answer(turn), answer)


def test_every_stock_has_its_words() -> None:
    assert {f"utter_stock_{stock.value}" for stock in Stock} <= set(TEXTS.responses)
    assert {f"utter_which_product_{action.topic}" for action in ACTIONS[:3]} <= set(TEXTS.responses)
