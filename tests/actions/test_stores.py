from dataclasses import replace
from typing import Iterator

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import context
from actions.context import Context
from actions.stores import ActionFindStore
from base.clock import FixedClock
from shop.records import Store
from tests.actions.helpers import Said, bot, tracker, use_context, user


class ShopWithStores:
    def __init__(self, *stores: Store) -> None:
        self._stores = stores

    async def stores(self) -> tuple[Store, ...]:
        return self._stores


STORE = Store("BO-01", "Casa Lume Bologna", "via Po 1", "40121", "Bologna", "BO", ((),) * 7)


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    context.use(None)


async def ask(*events: dict) -> Said:
    dispatcher = CollectingDispatcher()
    await ActionFindStore().run(dispatcher, tracker(*events), {})
    return Said(dispatcher)


async def test_place_and_day_of_the_question_before_still_hold(reading_context: Context) -> None:
    before = [
        user("siete aperti domenica a Bologna?", "find_store", place="Bologna", date="domenica"),
        bot("utter_store"),
    ]

    said = await ask(*before, user("e a Milano?", "find_store", "ms_2", place="Milano"))

    assert "Domenica 29 novembre: 11:00–19:00." in said.words


async def test_a_place_asked_before_something_else_does_not_hold(reading_context: Context) -> None:
    before = [user("a Bologna?", "find_store", place="Bologna"), user("quanto costa?", "ask_price", "ms_2")]

    said = await ask(*before, user("dove siete?", "find_store", "ms_3"))

    assert said.responses == ["utter_stores"]


async def test_two_towns_in_one_question_are_both_told(reading_context: Context) -> None:
    said = await ask(user("a Milano o a Torino siete aperti?", "find_store"))

    assert said.responses == ["utter_stores"] and "Bologna" not in said.words and "Torino" in said.words


async def test_many_stores_are_asked_about_by_town(clock: FixedClock, clean: None, reading_context: Context) -> None:
    towns = [replace(STORE, code=f"X-{number}", city=f"Paese {number}") for number in range(9)]
    use_context(reading_context.database, clock, ShopWithStores(*towns))

    said = await ask(user("dove siete?", "find_store"))

    assert said.responses == ["utter_many_stores"] and len(said.dispatcher.messages[0]["buttons"]) == 4


async def test_without_stores_a_person_is_offered(clock: FixedClock, clean: None, reading_context: Context) -> None:
    use_context(reading_context.database, clock, ShopWithStores())

    said = await ask(user("dove siete?", "find_store"))

    assert said.responses == ["utter_stores_unknown"]


async def test_a_store_that_is_never_open_and_has_no_telephone_leaves_no_hole(
    clock: FixedClock, clean: None, reading_context: Context
) -> None:
    use_context(reading_context.database, clock, ShopWithStores(STORE))

    said = await ask(user("dove siete?", "find_store"))

    assert said.words == (
        "Casa Lume Bologna, via Po 1, 40121 Bologna (BO). Adesso è chiuso. "
        "Orari: da lunedì a domenica chiuso. Qui non si ritirano gli ordini."
    )
