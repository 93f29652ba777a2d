from decimal import Decimal
from typing import Optional

import pytest

from shop.catalogue import (
    Choice,
    Stock,
    choice_of,
    likeness,
    pieces_in_stock,
    products_meant,
    stock_of,
)
from shop.italian import telling, words_of
from shop.records import Product, Variant

SOFA = Product(
    "DIV-LIRA",
    "divano Lira",
    "divani",
    price=Decimal("749.00"),
    variants=(Variant("blu", "2 posti", 0), Variant("blu", "3 posti", 4), Variant("grigio", "2 posti", 2)),
)
RUG = Product("TAP-RIVA", "tappeto Riva", "tessili", variants=(Variant("blu", "160x230 cm", None),))
CATALOGUE = (
    Product("SED-ALBA", "sedia Alba", "sedie", stock=3),
    Product("SED-BRINA", "sedia Brina", "sedie"),
    Product("SGA-OLMO", "sgabello Olmo", "sedie"),
    Product("LET-LUNA", "letto Luna", "camera"),
    Product("SCA-PASSO", "scarpe Passo", "scarpe"),
    Product("ORO-TEMPO", "orologio Tempo", "decorazione"),
    Product("BIC-FONTE", "set bicchieri Fonte", "cucina"),
    SOFA,
    RUG,
)


def found(text: str, names_only: bool = True) -> tuple[bool, list[str]]:
    words = telling(words_of(text))
    alike = [product for product in CATALOGUE if likeness(words, product.name, product.category)]
    meant = products_meant(words, alike, names_only)
    return meant.sure, [product.name for product in meant.products]


@pytest.mark.parametrize(
    ("name", "products"),
    [
        ("sedia Alba", ["sedia Alba"]),
        ("SEDIE", ["sedia Alba", "sedia Brina"]),
        ("sedia Brinna", ["sedia Brina"]),
        ("modello Lira", ["divano Lira"]),
        ("sofà", ["divano Lira"]),
        ("divano blu", ["divano Lira"]),
        ("bicchieri", ["set bicchieri Fonte"]),
    ],
)
def test_a_name_finds_what_it_means(name: str, products: list[str]) -> None:
    assert found(name) == (True, products)


@pytest.mark.parametrize("name", ["sedia a dondolo", "sedia Luna", "scarpe da trekking", "tappeto persiano"])
def test_another_thing_of_the_same_kind_is_only_like_it(name: str) -> None:
    sure, products = found(name)

    assert not sure and products


def test_what_the_shop_does_not_sell_is_not_found() -> None:
    assert found("biciclette") == (False, [])


def test_a_sentence_counts_only_words_written_right() -> None:
    assert found("mi dite quanto viene il divano Lira?", names_only=False) == (True, ["divano Lira"])
    assert found("quanto costano le brinna?", names_only=False) == (False, [])


def test_a_word_that_is_only_somebodys_name_does_not_say_what_it_is() -> None:
    words = telling(words_of("per quanto tempo dura?"))

    meant = products_meant(words, CATALOGUE, names_only=False)

    assert [product.name for product in meant.products] == ["orologio Tempo"] and not meant.by_kind


@pytest.mark.parametrize(
    ("text", "colors", "sizes", "choice"),
    [
        ("in blu", [], [], Choice("blu")),
        ("quello grigia", ["grigia"], [], Choice("grigio")),
        ("blu da due posti", [], [], Choice("blu", "2 posti")),
        ("da 3 posti", [], ["3 posti"], Choice(None, "3 posti")),
        ("in viola", ["viola"], [], Choice(unknown_color="viola")),
        ("da 4 posti", [], ["4 posti"], Choice(unknown_size="4 posti")),
        ("è disponibile?", [], [], Choice()),
    ],
)
def test_a_choice_is_in_the_shops_words(text: str, colors: list[str], sizes: list[str], choice: Choice) -> None:
    assert choice_of(SOFA, words_of(text), colors, sizes) == choice


@pytest.mark.parametrize("written", ["160x230", "160 x 230 cm", "160 per 230"])
def test_a_size_is_known_however_it_is_written(written: str) -> None:
    assert choice_of(RUG, words_of(written), [], [written]).size == "160x230 cm"


def test_a_size_is_known_without_its_unit_and_without_being_marked() -> None:
    assert choice_of(RUG, words_of("quello da 160x230"), [], []).size == "160x230 cm"
    assert choice_of(SOFA, words_of("ne vorrei 2"), [], []).size is None


@pytest.mark.parametrize(
    ("product", "choice", "pieces", "stock"),
    [
        (SOFA, Choice(), 6, Stock.AVAILABLE),
        (SOFA, Choice("blu"), 4, Stock.AVAILABLE),
        (SOFA, Choice("blu", "2 posti"), 0, Stock.NONE),
        (SOFA, Choice("grigio"), 2, Stock.FEW),
        (CATALOGUE[0], Choice(), 3, Stock.FEW),
        (CATALOGUE[1], Choice(), None, Stock.UNKNOWN),
        (RUG, Choice(), None, Stock.UNKNOWN),
    ],
)
def test_stock_is_that_of_what_was_chosen(
    product: Product, choice: Choice, pieces: Optional[int], stock: Stock
) -> None:
    assert pieces_in_stock(product, choice) == pieces
    assert stock_of(pieces) is stock
