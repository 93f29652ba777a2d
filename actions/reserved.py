"""Cases that the shop reserves to people: by what is asked, and by how much money it is about (data/dialogue.yml)."""

from decimal import Decimal
from typing import Optional

from actions.proof import RecordRef
from actions.turn import Turn

ORDER, QUOTE = "order", "quote"


async def is_reserved(turn: Turn, intent: str, ref: Optional[RecordRef]) -> bool:
    """Whether a person takes this over at once: `at_once` names the request, or its record is worth `from_euro`."""
    dialogue = turn.context.dialogue
    if intent in dialogue.at_once:
        return True
    worth = await _worth(turn, ref) if ref else None
    return worth is not None and worth >= dialogue.at_once_from


async def _worth(turn: Turn, ref: RecordRef) -> Optional[Decimal]:
    """What the order or quote comes to, VAT included, in euro; None where that is not known."""
    if ref.kind == ORDER:
        order = await turn.context.shop.order(ref.number)
        return order.total if order else None
    if ref.kind == QUOTE:
        quote = await turn.context.shop.quote(ref.number)
        return quote.amount if quote else None
    return None
