"""Reads conversations as trainers write them, in `tests/conversations/*.yml` of the product and of a shop's folder.

- conversation: chiede dov'è l'ordine
  register: lei                                 # how the shop addresses its customers; `tu` if left out
  turns:
  - customer: "dov'è il mio ordine 104206?"     # what is written; or `button:` with the title of one that is used
    intent: track_order                         # what is understood: `sportello check` wants every intent named once
    bot: [utter_ask_order_status_form_email]    # the responses of the turn, all of them, in order
  - customer: "anna.rossi@example.it"
    says: ["in viaggio con GLS", "domani"]      # words that are in the answer
    never: ["Bruno"]                            # words that are not
    card: "Ordine 104206"                       # title of the card
    problem: "In giacenza"                      # note of the step at which the card stands still
    effects: [promise]                          # kinds; `staff_request/<reason>` for requests; none if left out
  - customer: "i miei dati"
    between: [ask_privacy, request_my_data]     # the model is made to hesitate between these, or to understand the one
  - files: 2                                    # photos that come with `customer:`, or alone
    kept: 2                                     # files that go with the conversation's requests after the turn
  - wait: 16                                    # minutes go past
  - session: "ws_2"                             # somebody else writes, from the same address

With `known_failure: why` a conversation is known not to go as written yet.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence

from ruamel.yaml.error import YAMLError

from base.layers import Layers
from base.settings import ROOT, Register
from base.yaml_text import read_yaml

FOLDER = Path("tests") / "conversations"
SHOP_DATA = "shop.json"
PRODUCT_SHOP = ROOT / FOLDER / SHOP_DATA


class ConversationsUnreadable(Exception):
    """A file is no YAML, or holds no conversations; the message is its path."""


@dataclass(frozen=True)
class Written:
    """A conversation as it is written.

    Attributes:
        topic: the file's name.
        turns: each with the keys above.
        shop: the file of the shop that it is held in.
        of_shop: whether it lies in a shop's own folder.
    """

    topic: str
    title: str
    register: Register
    turns: Sequence[Mapping[str, Any]]
    shop: Path
    of_shop: bool = False
    known_failure: Optional[str] = None

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.topic}: {self.title}"


def written_conversations(layers: Layers) -> tuple[Written, ...]:
    """The product's, then those of the shop's folder; one of the shop's with the same title replaces the product's.

    Raises:
        ConversationsUnreadable: see there.
    """
    product, own = read_folder(layers.product / FOLDER), ()
    if layers.home:
        own = read_folder(layers.home / FOLDER, of_shop=True)
    replaced = {one.title for one in own}
    return (*(one for one in product if one.title not in replaced), *own)


def read_folder(folder: Path, of_shop: bool = False) -> tuple[Written, ...]:
    """The conversations of the YAML files in `folder`, in the order of their names.

    Raises:
        ConversationsUnreadable: see there.
    """
    beside = folder / SHOP_DATA
    shop = beside if beside.is_file() else PRODUCT_SHOP
    return tuple(one for file in sorted(folder.glob("*.yml")) for one in _of_file(file, shop, of_shop))


def _of_file(file: Path, shop: Path, of_shop: bool) -> list[Written]:
    try:
        items = read_yaml(file.read_text(encoding="utf-8")) or []
        return [
            Written(
                file.stem,
                item["conversation"],
                Register(item.get("register", Register.TU.value)),
                item["turns"],
                shop,
                of_shop,
                item.get("known_failure"),
            )
            for item in items
        ]
    except (YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ConversationsUnreadable(str(file)) from error
