"""Which products a customer means, and what of them is in stock.

Words are compared as people write them (`shop/italian.py`). A product's name says what it is and ends with its own
name: "sedia Alba". Nothing here invents a date for what is sold out: the shop knows none.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Iterable, Optional, Sequence

from shop.gateway import ShopGateway
from shop.italian import italian_words, same_word, slipped, telling, words_of
from shop.records import Product, Variant

FEW = 3  # pieces; from here down "few are left"
SHORTEST_BARE_SIZE = 3  # letters of a size that says what it is without its unit: "da 160"
SLIPPED, SAME = 1, 2  # how well a word fits another

Words = tuple[str, ...]

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,38}")


class Stock(Enum):
    AVAILABLE = "available"
    FEW = "few"
    NONE = "none"
    UNKNOWN = "unknown"  # the shop does not say


@dataclass(frozen=True)
class Meant:
    """What a search found.

    `sure`: the words name these products, or this kind of product; otherwise they are only the likest ones.
    `by_kind`: something says what it is ("sedia"), not only a word that may be anybody's name ("sole", "tempo").
    """

    products: tuple[Product, ...] = ()
    sure: bool = False
    by_kind: bool = False


@dataclass(frozen=True)
class Choice:
    """The colour and size somebody asked for, in the shop's own words; what no variant has is in `unknown_…`."""

    color: Optional[str] = None
    size: Optional[str] = None
    unknown_color: Optional[str] = None
    unknown_size: Optional[str] = None

    @property
    def made(self) -> bool:
        """Whether the product exists like this."""
        return self.unknown_color is None and self.unknown_size is None

    @property
    def chosen(self) -> bool:
        """Whether anything was asked for."""
        return any((self.color, self.size, self.unknown_color, self.unknown_size))


def likeness(words: Words, name: str, category: str, least: int = SLIPPED) -> int:
    """How much a product looks like what was written; 0: not at all. Words of its name count more than its category.

    Args:
        least: `SLIPPED` forgives a typing error in each word, `SAME` does not.
    """
    own, kind = words_of(name), words_of(category)
    fits = ((_fit(word, own), _fit(word, kind)) for word in set(words))
    return sum(in_name * 3 if in_name >= least else in_kind if in_kind >= least else 0 for in_name, in_kind in fits)


def products_meant(words: Words, candidates: Sequence[Product], names_only: bool = True) -> Meant:
    """The products among `candidates` that `words` mean.

    Args:
        words: the telling words of what was written.
        candidates: what the shop found for them.
        names_only: the words are the name of something, so that one no product has makes it another thing
            ("sedia a dondolo"); otherwise they are a whole sentence, in which only exact words count.

    Returns:
        If some products fit all that was said, those that fit it best, surely meant; otherwise the likest ones.
    """
    least = SLIPPED if names_only else SAME
    score = {product.sku: likeness(words, product.name, product.category, least) for product in candidates}
    alike = sorted((p for p in candidates if score[p.sku]), key=lambda product: -score[product.sku])
    vocabulary = {word for product in alike for word in _named(product)}
    sure = [product for product in alike if _fits(words, product, vocabulary, names_only)]
    best = max((score[product.sku] for product in sure), default=0)
    meant = tuple(product for product in sure if score[product.sku] == best) or tuple(alike)
    by_kind = bool(meant) and all(_says_what_it_is(words, product) for product in meant)
    return Meant(meant, bool(sure), by_kind)


async def products_named(name: str, shop: ShopGateway) -> Meant:
    """The products that a name, or a code, means.

    Raises:
        shop.errors.ShopUnavailable: the shop cannot say now.
    """
    product = await shop.product(name) if is_code(name) else None
    if product:
        return Meant((product,), sure=True, by_kind=True)
    words = telling(words_of(name))
    return products_meant(words, await shop.search_products(words))


def is_code(text: str) -> bool:
    """Whether a text looks like a product's code, which a button carries: `SED-ALBA`."""
    return _CODE.fullmatch(text) is not None


def words_about(words: Words, product: Product, variants: bool = True) -> Words:
    """Those of `words` that name the product, and with `variants` one of its colours and sizes."""
    own = {*_named(product), *(_variant_words(product) if variants else ())}
    return tuple(word for word in words if _fit(word, own))


def choice_of(product: Product, words: Words, colors: Iterable[str], sizes: Iterable[str]) -> Choice:
    """The colour and size that were asked for.

    Args:
        words: all words of the message.
        colors, sizes: what language understanding marked as such.
    """
    color = next((c for c in colors_of(product) if _said(words_of(c), words, colors)), None)
    size = next((s for s in sizes_of(product) if _said_size(s, words, sizes)), None)
    return Choice(
        color,
        size,
        unknown_color=None if color else next(iter(colors), None),
        unknown_size=None if size else next(iter(sizes), None),
    )


def colors_of(product: Product) -> tuple[str, ...]:
    """The product's colours, each once."""
    return tuple(dict.fromkeys(variant.color for variant in product.variants if variant.color))


def sizes_of(product: Product) -> tuple[str, ...]:
    """The product's sizes, each once."""
    return tuple(dict.fromkeys(variant.size for variant in product.variants if variant.size))


def variants_of(product: Product, choice: Choice) -> tuple[Variant, ...]:
    """The variants that have the chosen colour and size."""
    return tuple(
        variant
        for variant in product.variants
        if (choice.color in (None, variant.color)) and (choice.size in (None, variant.size))
    )


def pieces_in_stock(product: Product, choice: Choice) -> Optional[int]:
    """How many pieces there are of the product as it was chosen; `None` when the shop does not say."""
    if not product.variants:
        return product.stock
    known = [variant.stock for variant in variants_of(product, choice) if variant.stock is not None]
    silent = len(known) < len(variants_of(product, choice))
    return None if silent and not sum(known) else sum(known)


def stock_of(pieces: Optional[int]) -> Stock:
    """What to say of so many pieces."""
    if pieces is None:
        return Stock.UNKNOWN
    return Stock.NONE if pieces == 0 else Stock.FEW if pieces <= FEW else Stock.AVAILABLE


def in_stock(product: Product) -> tuple[Variant, ...]:
    """The variants there are pieces of."""
    return tuple(variant for variant in product.variants if variant.stock)


def _fit(word: str, own: Iterable[str]) -> int:
    """`SAME`: it is one of these words; `SLIPPED`: but for a typing error; 0: it is not."""
    own = tuple(own)
    if any(same_word(word, other) for other in own):
        return SAME
    return SLIPPED if any(slipped(word, other) for other in own) else 0


def _fits(words: Words, product: Product, vocabulary: set[str], names_only: bool) -> bool:
    own = {*_named(product), *_variant_words(product)}
    rest = [word for word in words if not _fit(word, own)]
    if any(_fit(word, vocabulary) == SAME for word in rest):  # it names another product as well
        return False
    name = words_of(product.name)[1:]
    return not rest or not names_only or any(_fit(word, name) == SAME for word in words)


def _says_what_it_is(words: Words, product: Product) -> bool:
    name = words_of(product.name)
    kind = (*(name[:-1] or name), *words_of(product.category))
    return any(_fit(word, kind) for word in words)


def _named(product: Product) -> Words:
    return (*words_of(product.name), *words_of(product.category))


def _variant_words(product: Product) -> Words:
    return tuple(word for value in (*colors_of(product), *sizes_of(product)) for word in words_of(value))


def _said(value: Words, words: Words, marked: Iterable[str]) -> bool:
    """Whether a colour was written, all its words, or marked as one with at most a typing error."""
    written = all(any(same_word(part, word) for word in words) for part in value)
    return written or any(all(_fit(part, words_of(one)) for part in value) for one in marked)


def _said_size(size: str, words: Words, marked: Iterable[str]) -> bool:
    wanted = words_of(size)
    bare = _bare(wanted)
    written = any(words[i : i + len(wanted)] == wanted for i in range(len(words)))
    written = written or (bare in words and len(bare) >= SHORTEST_BARE_SIZE)
    return written or any(_bare(words_of(one)) == bare for one in marked)


def _bare(size: Words) -> str:
    """`160 x 230 cm` as `160x230`."""
    units = italian_words().units
    return "".join("x" if word == "per" else word for word in size if word not in units)
