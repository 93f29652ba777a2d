"""Answers about products: is it there, what does it cost, what is it like.

A product is named in the message, or it is the one talked about before ("e in blu?"). A message that only names
something ("e la sedia Brina?") asks what was asked before.
"""

from abc import abstractmethod
from dataclasses import replace
from typing import Any, ClassVar, Mapping, Optional, Sequence

from rasa_sdk.events import SlotSet

from actions.base import SportelloAction
from actions.cards import product_card
from actions.turn import Card, Events, Turn
from shop.catalogue import (
    Choice,
    Meant,
    Stock,
    choice_of,
    colors_of,
    in_stock,
    pieces_in_stock,
    products_meant,
    products_named,
    sizes_of,
    stock_of,
    variants_of,
    words_about,
)
from shop.italian import telling, without_little, words_of
from shop.records import Product, Variant
from shop.stores import stores_at
from switchboard.body import ButtonMeaning

TALKED_ABOUT = "product_talked_about"
AVAILABILITY, PRICE, INFO = "ask_availability", "ask_price", "ask_product_info"
TOPICS = (AVAILABILITY, PRICE, INFO)
MOST_CHOICES = 4
MOST_AT_ONCE = 2  # products named in one message that are answered
MOST_TOTALLED = 9  # pieces; the price of more is a quote's
MADE_OF, MOST_WORDS_OF_A_KIND = "in", 2  # "e in pelle?", "in legno chiaro"
NO_CHOICE = Choice()


class ProductAnswer(SportelloAction):
    """Finds the product that is meant and answers, or helps to find it."""

    topic: ClassVar[str]

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    async def act(self, turn: Turn) -> Events:
        names = [name for name in dict.fromkeys(turn.entity_values("product")) if telling(words_of(name))]
        if not names:
            return await self._without_a_name(turn)
        events: Events = []
        for name in names[:MOST_AT_ONCE]:
            meant = await _named(turn, name)
            events = await self._answer(turn, meant, name) or events
        return events

    async def _without_a_name(self, turn: Turn) -> Events:
        """Nothing was marked as a product: the words themselves, or what was talked about."""
        words = telling(words_of(turn.text))
        meant = products_meant(words, await turn.context.shop.search_products(words), names_only=False)
        before = await _talked_about(turn)
        if before and not (meant.sure and (meant.by_kind or _only_names(turn, words, meant.products))):
            return await self._tell(turn, before)
        if meant.products:
            return await self._answer(turn, meant)
        turn.say(f"utter_which_product_{self.topic}")
        return []

    async def _answer(self, turn: Turn, meant: Meant, name: Optional[str] = None) -> Events:
        if len(meant.products) == 1 and (meant.sure or name is None):
            return await self._tell(turn, meant.products[0])
        if not meant.products:
            turn.say("utter_product_not_found", asked=name)
            return []
        shown = meant.products[:MOST_CHOICES]
        turn.say(
            _question(meant, name),
            choices=[_button(product, self._topic(turn, product)) for product in shown],
            asked=name,
            count=len(meant.products),
            products=turn.wording.listed([_with_price(turn, product) for product in shown]),
        )
        return []

    async def _tell(self, turn: Turn, product: Product) -> Events:
        topic = self._topic(turn, product)
        if topic == PRICE:
            _tell_price(turn, product)
        elif topic == INFO:
            _tell_what_it_is(turn, product)
        else:
            await _tell_availability(turn, product)
        return [SlotSet(TALKED_ABOUT, product.sku)]

    def _topic(self, turn: Turn, product: Product) -> str:
        """What is asked. A message that only names a product asks what was asked before, one that only names a colour
        or a size whether that is there.
        """
        words = without_little(words_of(turn.text))
        if _goes_on_about(turn, product) and _unheard_of(turn, product):
            return AVAILABILITY
        if not words or not _only_names(turn, words, (product,)):
            return self.topic
        if words_about(words, product, variants=False) != words:  # a colour or a size too
            return AVAILABILITY
        before = turn.previous_request()
        return before if before in TOPICS else INFO


class ActionTellAvailability(ProductAnswer):
    """Tells whether a product is there, in the colour and size asked for."""

    topic = AVAILABILITY

    def name(self) -> str:
        return "action_tell_availability"


class ActionTellPrice(ProductAnswer):
    """Tells what a product costs."""

    topic = PRICE

    def name(self) -> str:
        return "action_tell_price"


class ActionTellProduct(ProductAnswer):
    """Tells what a product is like."""

    topic = INFO

    def name(self) -> str:
        return "action_tell_product"


def _question(meant: Meant, name: Optional[str]) -> str:
    """What to ask when several products, or none for sure, are meant by `name`."""
    if not meant.sure and name is not None:
        return "utter_product_not_found_but_these"
    return "utter_which_of_many" if len(meant.products) > MOST_CHOICES else "utter_which_of_these"


async def _named(turn: Turn, name: str) -> Meant:
    """The products that a name means; the rest of the message, and what was talked about, decide between several."""
    meant = await products_named(name, turn.context.shop)
    if len(meant.products) == 1 or not meant.sure:
        return meant
    closer = products_meant(telling(words_of(turn.text)), meant.products, names_only=False)
    before = [product for product in closer.products if product.sku == turn.slot(TALKED_ABOUT)]
    return Meant(tuple(before) or closer.products or meant.products, sure=True, by_kind=True)


async def _talked_about(turn: Turn) -> Optional[Product]:
    sku = turn.slot(TALKED_ABOUT)
    return await turn.context.shop.product(sku) if sku else None


def _only_names(turn: Turn, words: tuple[str, ...], products: Sequence[Product]) -> bool:
    """Whether the message holds nothing but a product, a colour, a size."""
    marked = {word for kind in ("product", "color", "size") for v in turn.entity_values(kind) for word in words_of(v)}
    about = {word for product in products for word in words_about(words, product)}
    return set(words) <= marked | about


def _tell_price(turn: Turn, product: Product) -> None:
    wording, values = turn.wording, {"product": _title(turn, product), "sku": product.sku}
    if product.price is None:
        turn.say("utter_price_by_quote", **values)
        return
    pieces = _pieces(turn)
    if pieces and pieces <= MOST_TOTALLED:
        values |= {"pieces": str(pieces), "total": wording.money(product.price * pieces)}
    response = "utter_price_of_pieces" if "pieces" in values else "utter_price"
    turn.say(response, card=_card(turn, product), price=wording.money(product.price), **values)


def _tell_what_it_is(turn: Turn, product: Product) -> None:
    turn.say(
        "utter_product_info" if product.description else "utter_product_info_unknown",
        card=_card(turn, product),
        product=_title(turn, product),
        description=turn.wording.sentence(product.description) if product.description else None,
        colors=_sentence(turn, "product_colors", colors_of(product)),
        sizes=_sentence(turn, "product_sizes", sizes_of(product)),
        price=_price(turn, product),
        sku=product.sku,
    )


async def _tell_availability(turn: Turn, product: Product) -> None:
    choice = _choice(turn, product)
    pieces = pieces_in_stock(product, choice) if choice.made else 0
    response = _availability(product, choice, pieces, _pieces(turn))
    turn.say(
        response,
        card=_card(turn, product) if choice.made else None,
        product=_title(turn, product, choice),
        wanted=_wanted(turn, choice),
        pieces=_pieces(turn),
        stock=pieces,
        there_are=_there_are(turn, product, choice if pieces else NO_CHOICE),
        sku=product.sku,
    )
    await _tell_whom_to_ask_there(turn, product)


def _choice(turn: Turn, product: Product) -> Choice:
    """The colour and size asked for; what "e in blu?" leaves out was said in the question before."""
    choice = choice_of(product, words_of(turn.text), turn.entity_values("color"), turn.entity_values("size"))
    if not _goes_on_about(turn, product):
        return choice
    before = choice_of(product, words_of(turn.previous_text()), (), ())
    unheard = _unheard_of(turn, product)
    if unheard and not choice.chosen:
        return replace(choice, unknown_color=unheard)
    return replace(
        choice,
        color=choice.color or (None if choice.unknown_color else before.color),
        size=choice.size or (None if choice.unknown_size else before.size),
    )


def _goes_on_about(turn: Turn, product: Product) -> bool:
    """Whether the message names no product and follows a question about this one."""
    named = turn.entity_values("product") or turn.slot(TALKED_ABOUT) != product.sku
    return not named and turn.previous_request() in TOPICS


def _unheard_of(turn: Turn, product: Product) -> Optional[str]:
    """What "e in pelle?" names, when the product has nothing of the kind."""
    said = words_of(turn.text)
    words = telling(said) if MADE_OF in said[:2] else ()
    about = words_about(words, product)
    if not words:
        return None
    return " ".join(words) if len(words) <= MOST_WORDS_OF_A_KIND and not set(words) & set(about) else None


def _availability(product: Product, choice: Choice, pieces: Optional[int], wanted: Optional[int]) -> str:
    """The response that tells about so many pieces of what was chosen, when `wanted` were asked for."""
    if not choice.made:
        return "utter_variant_unknown"
    if product.price is None and pieces is None:
        return "utter_price_by_quote"
    if wanted and pieces and pieces < wanted:
        return "utter_not_enough_pieces"
    stock = stock_of(pieces)
    if stock is Stock.NONE and not in_stock(product):
        return "utter_stock_none_at_all"
    return f"utter_stock_{stock.value}"


async def _tell_whom_to_ask_there(turn: Turn, product: Product) -> None:
    """Stock is the shop's as a whole: somebody who asks about a store is told who knows."""
    places = [place for place in turn.entity_values("place") if not words_about(words_of(place), product)]
    if not places:
        return
    meant = stores_at(places[0], await turn.context.shop.stores())
    store = next((store for store in meant.stores if store.phone and not meant.near), None)
    if store:
        turn.say("utter_ask_the_store_itself", store=store.name, phone=store.phone)
    else:
        turn.say("utter_stock_is_not_by_store")


def _there_are(turn: Turn, product: Product, choice: Choice) -> str:
    """Which variants are in stock; nothing where `choice` leaves only one to speak of."""
    possible = variants_of(product, choice)
    found = [variant for variant in in_stock(product) if variant in possible]
    if not found or len(possible) < 2:
        return ""
    return turn.wording.label("product_there_are", variants=_by_color(turn, found))


def _by_color(turn: Turn, variants: Sequence[Variant]) -> str:
    """`cuoio (37, 39); nero (38)`, or plainly colours, or sizes."""
    sizes: dict[Optional[str], list[str]] = {}
    for variant in variants:
        sizes.setdefault(variant.color, []).extend([variant.size] if variant.size else [])
    if None in sizes:
        return turn.wording.listed(sizes[None])
    if not any(sizes.values()):
        return turn.wording.listed([color for color in sizes if color])
    return turn.wording.listed([f"{color} ({', '.join(of_color)})" for color, of_color in sizes.items()])


def _title(turn: Turn, product: Product, choice: Choice = NO_CHOICE) -> str:
    """`Divano Lira (blu, 3 posti)`."""
    chosen = [value for value in (choice.color, choice.size) if value]
    return turn.wording.opened(product.name) + (f" ({', '.join(chosen)})" if chosen else "")


def _wanted(turn: Turn, choice: Choice) -> str:
    """What no variant has, in the customer's words."""
    size = choice.unknown_size and turn.wording.label("wanted_size", size=choice.unknown_size)
    return ", ".join(value for value in (choice.unknown_color, size) if value)


def _sentence(turn: Turn, label: str, values: Sequence[str]) -> str:
    return turn.wording.label(label, values=turn.wording.listed(values)) if values else ""


def _price(turn: Turn, product: Product) -> str:
    return turn.wording.money(product.price) if product.price is not None else turn.wording.label("price_by_quote")


def _with_price(turn: Turn, product: Product) -> str:
    return f"{product.name} ({_price(turn, product)})"


def _card(turn: Turn, product: Product) -> Card:
    wording = turn.wording
    stock = stock_of(pieces_in_stock(product, NO_CHOICE))
    facts: Mapping[str, Any] = {
        "category": wording.opened(product.category),
        "colors": ", ".join(colors_of(product)),
        "sizes": ", ".join(sizes_of(product)),
        "stock": wording.label(f"stock_{stock.value}") if stock is not Stock.UNKNOWN else None,
    }
    return product_card(wording, wording.opened(product.name), _price(turn, product), facts)


def _button(product: Product, topic: str) -> ButtonMeaning:
    return ButtonMeaning(product.name[:1].upper() + product.name[1:], topic, {"product": product.sku})


def _pieces(turn: Turn) -> Optional[int]:
    """How many pieces were asked for, if more than one."""
    numbers = [word for value in turn.entity_values("quantity") for word in words_of(value) if word.isdigit()]
    return next((int(number) for number in numbers if int(number) > 1), None)
