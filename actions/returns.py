"""Telling where a return is."""

from typing import Optional

from actions.cards import timeline
from actions.proof import RecordRef
from actions.refund_words import say_refund
from actions.status_forms import StatusForm
from actions.turn import Card, Turn
from shop.errors import RecordNotFound
from shop.records import Return, ReturnState
from shop.returns import ReturnProgress, return_progress


class ValidateReturnStatusForm(StatusForm):
    """Asks for a return's number, or the order's, and tells where the return is."""

    form = "return_status_form"
    intent = "track_return"
    kinds = ("return", "order")

    async def can_tell(self, turn: Turn, ref: RecordRef) -> bool:
        return ref.kind == "return" or bool(await turn.context.shop.returns_of(ref.number))

    async def tell(self, turn: Turn, ref: RecordRef) -> None:
        if ref.kind == "return":
            returned = await turn.context.shop.return_case(ref.number)
            if returned is None:
                raise RecordNotFound()
            tell_return(turn, returned)
            return
        returns = await turn.context.shop.returns_of(ref.number)
        if not returns:
            turn.say("utter_return_none_for_order", order_number=ref.number)
        for returned in returns:
            tell_return(turn, returned)


def tell_return(turn: Turn, returned: Return) -> None:
    """Say where the return is, what has arrived, what was decided and, once it is accepted, how the money stands."""
    progress = return_progress(returned)
    say_return(turn, returned, progress)
    if progress.refund:
        say_refund(turn, progress.refund, "return", returned.number)


def say_return(turn: Turn, returned: Return, progress: ReturnProgress) -> None:
    """Say where the return is, with its card."""
    wording = turn.wording
    turn.say(
        f"utter_return_{progress.state.value}",
        card=_card(turn, returned, progress),
        return_number=returned.number,
        order_number=returned.order_number,
        send_by=wording.dated("return_send_by", returned.send_by),
        arrived=wording.dated("return_arrived_on", returned.received_at),
        counted=_counted(turn, progress),
        reason=wording.sentence(returned.refusal_reason or wording.label("return_no_reason")),
    )


def _counted(turn: Turn, progress: ReturnProgress) -> str:
    if progress.pieces_received is None:
        return ""
    label = "return_counted_partly" if progress.partly_received else "return_counted_all"
    return turn.wording.label(label, received=str(progress.pieces_received), pieces=str(progress.pieces))


def _card(turn: Turn, returned: Return, progress: ReturnProgress) -> Card:
    wording, refund = turn.wording, progress.refund
    to_send = returned.send_by if returned.state is ReturnState.APPROVED else None
    return timeline(
        wording,
        "return",
        returned.number,
        progress.steps,
        facts={
            "order": returned.order_number,
            "articles": ", ".join(line.description for line in returned.lines),
            "pieces_received": _pieces(turn, progress),
            "send_by": wording.day(to_send) if to_send else None,
            "refund": wording.money(refund.amount) if refund else None,
        },
        note=wording.label("return_note_cancelled") if returned.state is ReturnState.CANCELLED else None,
    )


def _pieces(turn: Turn, progress: ReturnProgress) -> Optional[str]:
    if progress.pieces_received is None:
        return None
    return turn.wording.label("pieces_of", received=str(progress.pieces_received), pieces=str(progress.pieces))
