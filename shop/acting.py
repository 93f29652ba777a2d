"""What people of the shop may do with a record from the desk, and when: the rules, and what a shop offers for it.

A shop that offers nothing of this has no `ShopActs`; the desk then shows no such buttons.
"""

from datetime import date, datetime
from enum import Enum
from typing import Mapping, Protocol, Union, runtime_checkable

from shop.quotes import quote_progress
from shop.records import Order, Quote, QuoteState, Return, ReturnState


class Act(str, Enum):
    CANCEL_RETURN = "cancel_return"
    ACCEPT_QUOTE = "accept_quote"
    DECLINE_QUOTE = "decline_quote"


KIND_OF: Mapping[Act, str] = {Act.CANCEL_RETURN: "return", Act.ACCEPT_QUOTE: "quote", Act.DECLINE_QUOTE: "quote"}
LEADS_TO: Mapping[Act, Union[ReturnState, QuoteState]] = {
    Act.CANCEL_RETURN: ReturnState.CANCELLED,
    Act.ACCEPT_QUOTE: QuoteState.ACCEPTED,
    Act.DECLINE_QUOTE: QuoteState.DECLINED,
}
BEFORE_IT_LEFT = (ReturnState.REQUESTED, ReturnState.APPROVED)


class NotPossible(Exception):
    """There is no such record, or it has gone too far for this."""


@runtime_checkable
class ShopActs(Protocol):
    """A shop that lets its people act from the desk."""

    async def act(self, act: Act, number: str, at: datetime) -> bool:
        """Do it, once; False where it was done before.

        Raises:
            NotPossible: `acts_for` does not allow it, or there is no such record. Nothing was changed.
            shop.errors.ShopUnavailable: the shop cannot say now.
        """


def acts_for(record: Union[Order, Return, Quote], today: date) -> tuple[Act, ...]:
    """What may be done: a return is cancelled before it left, a quote is answered while it is valid.

    Args:
        today: the Italian local date.
    """
    if isinstance(record, Return):
        return (Act.CANCEL_RETURN,) if record.state in BEFORE_IT_LEFT else ()
    if isinstance(record, Quote):
        is_open = quote_progress(record, today).state is QuoteState.SENT
        return (Act.ACCEPT_QUOTE, Act.DECLINE_QUOTE) if is_open else ()
    return ()
