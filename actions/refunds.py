"""Telling when a refund comes, and how much it is."""

from actions.proof import RecordRef
from actions.refund_words import say_refund
from actions.returns import say_return
from actions.status_forms import StatusForm
from actions.turn import Turn
from shop.errors import RecordNotFound
from shop.returns import refund_summary, return_progress


class ValidateRefundStatusForm(StatusForm):
    """Asks for the number of a return or an order and tells how its refund stands."""

    form = "refund_status_form"
    intent = "track_refund"
    kinds = ("return", "order")

    async def can_tell(self, turn: Turn, ref: RecordRef) -> bool:
        return ref.kind == "return" or bool(await turn.context.shop.refunds_of(ref.number))

    async def tell(self, turn: Turn, ref: RecordRef) -> None:
        if ref.kind == "return":
            await _tell_of_return(turn, ref.number)
        else:
            await _tell_of_order(turn, ref.number)


async def _tell_of_return(turn: Turn, number: str) -> None:
    returned = await turn.context.shop.return_case(number)
    if returned is None:
        raise RecordNotFound()
    if returned.refund:
        say_refund(turn, refund_summary(returned.refund), "return", number)
        return
    turn.say("utter_refund_none_for_return", return_number=number)
    say_return(turn, returned, return_progress(returned))


async def _tell_of_order(turn: Turn, number: str) -> None:
    refunds = await turn.context.shop.refunds_of(number)
    for refund in refunds:
        kind, about = ("return", refund.return_number) if refund.return_number else ("order", number)
        say_refund(turn, refund_summary(refund), kind, about)
    if refunds:
        return
    turn.say("utter_refund_none_for_order", order_number=number)
    for returned in await turn.context.shop.returns_of(number):
        say_return(turn, returned, return_progress(returned))
