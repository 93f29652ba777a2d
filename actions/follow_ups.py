"""Messages that go on with a question about products or stores: "la sedia Alba", "a Torino", "taglia 42", "la Nina".

The names of a shop's products and towns are words that language understanding never saw.
"""

from typing import Optional

from actions.base import SportelloAction
from actions.catalogue import TOPICS, ActionTellProduct
from actions.stores import FIND_STORE, ActionFindStore
from actions.turn import Events, Turn
from shop.catalogue import products_meant, words_about
from shop.italian import without_little, words_of
from shop.stores import only_a_place

OF_PRODUCTS = {"product", "color", "size", "quantity"}
OF_STORES = {"place", "postal_code", "date"}


def shopping_answer(turn: Turn) -> Optional[SportelloAction]:
    """The action that answers details nobody had asked for; `None` when they are about something else."""
    before, entities = turn.previous_request(), turn.entities
    if before == FIND_STORE and entities & OF_STORES:
        return ActionFindStore()
    goes_on = before in TOPICS and entities <= OF_PRODUCTS
    return ActionTellProduct() if goes_on or "product" in entities else None


async def answer_to_a_name(turn: Turn) -> Optional[SportelloAction]:
    """The action that answers a message which only names a product or a place, after a question about one."""
    before = turn.previous_request()
    if before == FIND_STORE:
        return ActionFindStore() if only_a_place(turn.text, await turn.context.shop.stores()) else None
    words = without_little(words_of(turn.text))
    if before not in TOPICS or not words:
        return None
    meant = products_meant(words, await turn.context.shop.search_products(words), names_only=False)
    named = {word for product in meant.products for word in words_about(words, product, variants=False)}
    return ActionTellProduct() if named == set(words) else None


class ActionOutOfScope(SportelloAction):
    """Says what can be asked here, unless the message is a name in answer to a question."""

    def name(self) -> str:
        return "action_out_of_scope"

    async def act(self, turn: Turn) -> Events:
        answer = await answer_to_a_name(turn)
        if answer:
            return await answer.act(turn)
        turn.say("utter_out_of_scope")
        return []
